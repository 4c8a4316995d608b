// Pictures of faces by number, wherever they lie: in files, in one packed file, or cut out of larger pictures.

import { join } from 'node:path';
import { GlimpseError } from '../common/errors.ts';
import { decodeImage, decodeImageFile } from '../imaging/decode.ts';
import type { RgbImage } from '../imaging/image.ts';
import type { FaceDataset } from './identity-folders.ts';
import { readImage } from './image-report.ts';

/** Files below a root. */
export type FileList = Pick<FaceDataset, 'root' | 'paths'>;

export interface FaceSource {
  /** What each picture is called in messages and reports, each once. */
  readonly names: readonly string[];
  /** Throws `bad-image`, or `bad-dataset` for a damaged packed file. */
  read(index: number): Promise<RgbImage>;
  /** Null for a picture that decodes, else why it does not, fit to stand behind its name. */
  problemOf(index: number): Promise<string | null>;
}

/** A list of files as a source; sources come back as they are. */
export function asFaceSource(faces: FileList | FaceSource): FaceSource {
  return 'names' in faces ? faces : fileSource(faces);
}

export function fileSource({ root, paths }: FileList): FaceSource {
  return {
    names: paths,
    read: (index) => decodeImageFile(join(root, paths[index])),
    problemOf: async (index) => {
      const { size, reason } = await readImage(join(root, paths[index]), paths[index]);
      return size === null ? reason : null;
    },
  };
}

/** Encoded pictures that `bytesOf` hands out, such as those of a packed file. */
export function encodedSource(
  names: readonly string[],
  bytesOf: (index: number) => Promise<Uint8Array> | Uint8Array,
): FaceSource {
  const read = async (index: number): Promise<RgbImage> => decodeImage(await bytesOf(index), names[index]);
  return { names, read, problemOf: (index) => problemOfReading(names[index], () => read(index)) };
}

/** Some of a source's pictures, in the given order. */
export function subsetSource(source: FaceSource, indices: readonly number[]): FaceSource {
  return {
    names: indices.map((index) => source.names[index]),
    read: (index) => source.read(indices[index]),
    problemOf: (index) => source.problemOf(indices[index]),
  };
}

/** The reason why a picture cannot be read, without its name in front; other failures are thrown. */
export async function problemOfReading(name: string, read: () => Promise<RgbImage>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!(error instanceof GlimpseError) || error.code === 'cancelled') throw error;
    return error.message.startsWith(`${name} `) ? error.message.slice(name.length + 1) : error.message;
  }
}
