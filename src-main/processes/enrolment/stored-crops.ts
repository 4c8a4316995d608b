// Crops of a gallery by their digest, read and checked where they are embedded.

import type { DecodePicture } from '../../engine/runtime/picture-decoder.ts';
import type { CropStore } from '../../gallery/db/crops.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { CropEmbedder } from './crop-embedder.ts';
import type { EmbedCrops } from './fill-space.ts';

/** Throws `not-found` for a crop that is missing, `bad-data` for one that is not what its name says. */
export async function readCrop(crops: CropStore, digest: string, decode: DecodePicture): Promise<RgbImage> {
  const bytes = Buffer.from(digest, 'hex');
  return decode(crops.read(bytes), crops.pathOf(bytes));
}

export function embedStored(crops: CropStore, embedder: CropEmbedder): EmbedCrops {
  return async (digests) =>
    embedder.embed(await Promise.all(digests.map((digest) => readCrop(crops, digest, embedder.decode))));
}
