// What is recorded of an imported teacher: enough to run it again and to know that it is the same.

/** Saved as JSON beside the imported model file. */
export interface TeacherCard {
  readonly version: 1;
  readonly name: string;
  /** SHA-256 of the model file. */
  readonly digest: string;
  readonly source: string;
  readonly licence: string;
  readonly inputName: string;
  readonly outputName: string;
  /** Input is [batch, 3, size, size]. */
  readonly inputSizePx: number;
  readonly channelOrder: 'rgb' | 'bgr';
  /** Pixels enter as (value − mean) / scale. */
  readonly pixelMean: number;
  readonly pixelScale: number;
  readonly embeddingSize: number;
  /** Faces per call. */
  readonly batchSize: number;
  /** The file takes exactly `batchSize` faces, never fewer. */
  readonly isBatchFixed: boolean;
}

/** What embeddings depend on, as a file name: the model and how pixels enter it. Whatever is kept of embeddings goes by it. */
export function embeddingKey(card: TeacherCard): string {
  const { digest, channelOrder, pixelMean, pixelScale } = card;
  return `${digest.slice(0, 16)}-${channelOrder}-${pixelMean}-${pixelScale}`;
}
