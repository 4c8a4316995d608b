// Stored crops to embeddings: which network, which input, and the space that the embeddings belong to.

import { rowOf } from '../../common/matrix.ts';
import { createEmbedder, type Embedder } from '../../engine/embed.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { createPictureDecoder, type DecodePicture } from '../../engine/runtime/picture-decoder.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import type { StoredProfile } from '../../gallery/db/queries/profiles.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import { TEMPLATE_PX } from '../../imaging/align.ts';
import { decodeImage } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { resizeBicubic } from '../../imaging/resample.ts';
import type { OpenStudent } from '../jobs/student.ts';

/** 1: bicubic to the network's input as bytes, (v − 127.5) / 127.5 or the teacher's own. A new way gets a new number. */
export const PREPROCESSING_VERSION = 1;

export interface CropEmbedder {
  readonly space: SpaceKey;
  /** What the space's `profileDigest` stands for. */
  readonly profile: StoredProfile | null;
  /** Crops decoded: as `decodeImage` does it, faster where TensorFlow is loaded. */
  readonly decode: DecodePicture;
  /** Unit embeddings, one per crop. */
  embed(crops: readonly RgbImage[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** The low-resolution side: a student; with a FaceBN profile, `content` is the profile's file. */
export function studentCropEmbedder(
  runtime: Runtime,
  student: OpenStudent,
  content: Uint8Array | null,
): CropEmbedder {
  const { trained, profile, digest } = student;
  const stored =
    profile === null || content === null
      ? null
      : { digest: profile.digest, modelDigest: digest, name: profile.header.name, content };
  const embedder = createEmbedder(runtime, trained, profile?.statistics ?? trained.statistics);
  return {
    space: {
      modelDigest: digest,
      profileDigest: stored?.digest ?? null,
      preprocessing: PREPROCESSING_VERSION,
      frameDigest: trained.card.teacherDigest ?? digest,
      side: 'lr',
      dimension: embedder.embeddingSize,
    },
    profile: stored,
    decode: createPictureDecoder(runtime),
    embed: (crops) => embedCrops(embedder, crops),
    dispose: async () => embedder.dispose(),
  };
}

/** The decoder of the embedder that has the faster one. */
export function decoderOf(embedders: readonly Pick<CropEmbedder, 'decode'>[]): DecodePicture {
  return embedders.find(({ decode }) => decode !== decodeImage)?.decode ?? decodeImage;
}

/** Unit embeddings of crops, one each. */
export async function embedCrops(
  embedder: Pick<Embedder, 'resolutionPx' | 'embed'>,
  crops: readonly RgbImage[],
): Promise<Float32Array[]> {
  const { resolutionPx } = embedder;
  const pixelCount = resolutionPx ** 2 * 3;
  const pixels = new Uint8Array(crops.length * pixelCount);
  for (const [at, crop] of crops.entries()) pixels.set(sized(crop, resolutionPx).data, at * pixelCount);
  const rows = await embedder.embed(pixels);
  return crops.map((_, at) => rowOf(rows, at).slice());
}

/** The full-resolution side: a teacher. */
export function teacherCropEmbedder(teacher: Teacher): CropEmbedder {
  return {
    space: {
      modelDigest: teacher.card.digest,
      profileDigest: null,
      preprocessing: PREPROCESSING_VERSION,
      frameDigest: teacher.card.digest,
      side: 'hr',
      dimension: teacher.card.embeddingSize,
    },
    profile: null,
    decode: decodeImage,
    embed: (crops) => teacher.embed(crops.map((crop) => sized(crop, TEMPLATE_PX))),
    dispose: () => teacher.dispose(),
  };
}

/** A crop as a network sees it: bicubic to its input, or as it is. */
export function sized(crop: RgbImage, sizePx: number): RgbImage {
  return crop.width === sizePx && crop.height === sizePx ? crop : resizeBicubic(crop, sizePx, sizePx);
}
