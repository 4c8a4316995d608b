// Probe pictures to one or several embeddings, in the frame of the gallery that is asked.

import { ensure } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import { matrix } from '../../common/matrix.ts';
import { fuseTemplate } from '../../common/template.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import { decodeImage, readImageFile } from '../../imaging/decode.ts';
import { type FaceFinder, mainFace } from '../../imaging/face-finder.ts';
import type { CropEmbedder } from '../enrolment/crop-embedder.ts';
import { findFaces, type PictureFace, takeCrop } from '../enrolment/picture-faces.ts';

export interface ProbePicture {
  readonly path: string;
  /** Which of its faces, from 1, surest first; null takes the large and central one. */
  readonly face: number | null;
}

/** One face of a probe as it was embedded. */
export interface ProbeFace {
  readonly path: string;
  /** Of the picture's file, hex. */
  readonly sha256: string;
  /** From 1, surest first; how many the picture has. */
  readonly face: number;
  readonly facesInPicture: number;
  /** Of a video, from 0; null for a picture. */
  readonly frame: number | null;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
}

export interface Probe {
  readonly faces: readonly ProbeFace[];
  /** The crop of each, as a gallery stores crops. */
  readonly crops: readonly Uint8Array[];
  /** `template`: the quality-weighted mean. `max`: one vector per face, of which each answer takes the best. */
  readonly vectors: readonly Float32Array[];
  readonly space: SpaceKey;
}

/** Throws `not-found` for a picture without a face, or without that many. */
export async function makeProbe(
  pictures: readonly ProbePicture[],
  embedder: CropEmbedder,
  finder: FaceFinder | null,
  fusion: 'template' | 'max',
): Promise<Probe> {
  const faces: { readonly about: ProbeFace; readonly picture: PictureFace }[] = [];
  for (const { path, face } of pictures) faces.push(await faceOf(path, face, finder));
  const vectors = await embedder.embed(faces.map(({ picture }) => picture.crop));
  const entries = faces.map(({ about, picture }, at) => ({
    about,
    cropFile: picture.cropFile,
    vector: vectors[at],
  }));
  return fuseProbe(entries, embedder.space, fusion);
}

/** A face of a probe with its crop and embedding, wherever they come from. */
export interface ProbeEntry {
  readonly about: ProbeFace;
  readonly cropFile: Uint8Array;
  readonly vector: Float32Array;
}

/** One weighted template of all, or one vector for each. */
export function fuseProbe(
  entries: readonly ProbeEntry[],
  space: SpaceKey,
  fusion: 'template' | 'max',
): Probe {
  const vectors = entries.map(({ vector }) => vector);
  const values = new Float32Array(entries.length * space.dimension);
  for (const [at, vector] of vectors.entries()) values.set(vector, at * space.dimension);
  const weights = entries.map(({ about }) => about.weight);
  const template = () => fuseTemplate(matrix(values, space.dimension), [...vectors.keys()], weights);
  return {
    faces: entries.map(({ about }) => about),
    crops: entries.map(({ cropFile }) => cropFile),
    vectors: fusion === 'max' ? vectors : [template()],
    space,
  };
}

async function faceOf(
  path: string,
  wanted: number | null,
  finder: FaceFinder | null,
): Promise<{ about: ProbeFace; picture: PictureFace }> {
  const bytes = await readImageFile(path);
  const image = await decodeImage(bytes, path);
  const found = finder === null ? [await takeCrop(image, bytes, path)] : await findFaces(finder, image);
  ensure(
    found.length > 0,
    'not-found',
    `no face was found in ${path}: is it a crop already? then add --crops`,
  );
  ensure(
    wanted === null || wanted <= found.length,
    'not-found',
    `${path} has ${found.length} ${found.length === 1 ? 'face' : 'faces'}, not ${wanted}`,
  );
  const picture = wanted === null ? (mainFace(found, image) as PictureFace) : found[wanted - 1];
  const { quality, weight } = picture;
  const about = {
    path,
    sha256: sha256(bytes),
    face: found.indexOf(picture) + 1,
    facesInPicture: found.length,
    frame: null,
    sizePx: quality.sizePx,
    weight,
    reasons: quality.reasons,
  };
  return { about, picture };
}
