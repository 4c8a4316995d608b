// Probes: faces of one picture, found or taken as the crop it is, embedded by the models that a search will ask for.

import { readFile } from 'node:fs/promises';
import { sha256 } from '../../common/files.ts';
import type { Box } from '../../imaging/box.ts';
import { decodeImage } from '../../imaging/decode.ts';
import { encodePng } from '../../imaging/encode.ts';
import { mainFace } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { FiveLandmarks } from '../../imaging/landmarks.ts';
import { resizeBicubic } from '../../imaging/resample.ts';
import type { CropEmbedder } from '../enrolment/crop-embedder.ts';
import { findFaces, takeCrop } from '../enrolment/picture-faces.ts';
import type { OpenModels, ProbeModel } from './open-models.ts';

export interface ProbeRequest {
  /** The picture's file; what it is called in messages where `bytes` hold it. */
  readonly path: string;
  readonly bytes: Uint8Array | null;
  /** The picture is an aligned face already. */
  readonly isCrop: boolean;
  readonly models: readonly ProbeModel[];
}

export interface EmbeddedProbe {
  readonly width: number;
  readonly height: number;
  /** Of the picture's bytes, hex. */
  readonly sha256: string;
  /** The picture for people, as PNG of at most 1,600 px. */
  readonly preview: Uint8Array;
  /** The large and central face, from 1; null where there is none. */
  readonly mainFace: number | null;
  /** Surest first. */
  readonly faces: readonly {
    readonly box: Box;
    readonly landmarks: FiveLandmarks | null;
    readonly detectionScore: number | null;
    readonly sizePx: number;
    readonly weight: number;
    readonly reasons: readonly string[];
    /** The aligned crop as a gallery stores it. */
    readonly cropFile: Uint8Array;
    /** Unit embeddings, one per model, in the order asked for. */
    readonly embeddings: readonly { readonly space: CropEmbedder['space']; readonly vector: Float32Array }[];
  }[];
}

const LONGEST_PREVIEW_PX = 1600;

export class ProbeEmbedder {
  readonly #models: OpenModels;

  constructor(models: OpenModels) {
    this.#models = models;
  }

  /** Throws `bad-image` for what is no picture. A picture without a face comes back without faces. */
  async embed({ path, bytes, isCrop, models }: ProbeRequest): Promise<EmbeddedProbe> {
    const content = bytes ?? (await readFile(path));
    const picture = await decodeImage(content, path);
    const faces = isCrop
      ? [await takeCrop(picture, content, path)]
      : await findFaces(await this.#models.finder(), picture);
    const crops = faces.map(({ crop }) => crop);
    const main = faces.length === 0 ? null : mainFace(faces, picture);
    const rows: { space: CropEmbedder['space']; vectors: Float32Array[] }[] = [];
    for (const model of faces.length === 0 ? [] : models) {
      await this.#models.use(model, async (embedder) => {
        rows.push({ space: embedder.space, vectors: await embedder.embed(crops) });
      });
    }
    return {
      width: picture.width,
      height: picture.height,
      sha256: sha256(content),
      preview: await encodePng(previewOf(picture)),
      mainFace: main === null ? null : faces.indexOf(main) + 1,
      faces: faces.map(({ box, landmarks, detectionScore, quality, weight, cropFile }, at) => ({
        box,
        landmarks,
        detectionScore,
        sizePx: quality.sizePx,
        weight,
        reasons: quality.reasons,
        cropFile,
        embeddings: rows.map(({ space, vectors }) => ({ space, vector: vectors[at] })),
      })),
    };
  }
}

function previewOf(picture: RgbImage): RgbImage {
  const scale = LONGEST_PREVIEW_PX / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const side = (pixels: number): number => Math.max(1, Math.round(pixels * scale));
  return resizeBicubic(picture, side(picture.width), side(picture.height));
}
