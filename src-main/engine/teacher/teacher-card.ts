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
  /** Faces per call: 1 where the file fixes the batch. */
  readonly batchSize: number;
}
