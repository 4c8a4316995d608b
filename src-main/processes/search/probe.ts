// Probe pictures to one or several embeddings, in the frame of the gallery that is asked.

import { ensure } from '../../common/errors.ts';
import { sha256OfFile } from '../../common/files.ts';
import { matrix } from '../../common/matrix.ts';
import { fuseTemplate } from '../../common/template.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import { decodeImageFile } from '../../imaging/decode.ts';
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
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
}

export interface Probe {
  readonly faces: readonly ProbeFace[];
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
  const all = matrix(Float32Array.from(vectors.flatMap((vector) => [...vector])), embedder.space.dimension);
  const weights = faces.map(({ about }) => about.weight);
  return {
    faces: faces.map(({ about }) => about),
    vectors: fusion === 'max' ? vectors : [fuseTemplate(all, [...vectors.keys()], weights)],
    space: embedder.space,
  };
}

async function faceOf(
  path: string,
  wanted: number | null,
  finder: FaceFinder | null,
): Promise<{ about: ProbeFace; picture: PictureFace }> {
  const image = await decodeImageFile(path);
  const sha256 = await sha256OfFile(path);
  const found = finder === null ? [await takeCrop(image, path)] : await findFaces(finder, image);
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
    sha256,
    face: found.indexOf(picture) + 1,
    facesInPicture: found.length,
    sizePx: quality.sizePx,
    weight,
    reasons: quality.reasons,
  };
  return { about, picture };
}
