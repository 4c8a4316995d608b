// One picture to the faces that are enrolled of it: found and aligned, or taken as the crop it is.

import { ensure } from '../../common/errors.ts';
import type { EnrolledFace } from '../../gallery/enrol/faces.ts';
import { alignFace, TEMPLATE_PX } from '../../imaging/align.ts';
import type { Box } from '../../imaging/box.ts';
import { encodePng } from '../../imaging/encode.ts';
import type { FaceFinder } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { FiveLandmarks } from '../../imaging/landmarks.ts';
import { bareJpeg } from '../../imaging/plain-picture.ts';
import { assessCrop, assessQuality, type FaceQuality, qualityWeight } from '../../imaging/quality.ts';

export interface PictureFace {
  /** In the picture's pixels. */
  readonly box: Box;
  /** Null for a crop taken as it is. */
  readonly landmarks: FiveLandmarks | null;
  /** Null for a crop taken as it is: nobody looked for a face in it. */
  readonly detectionScore: number | null;
  readonly quality: FaceQuality;
  /** Weight in templates, 0 … 1. */
  readonly weight: number;
  /** What is embedded, now and for every later space: 112×112 on the template, or the crop as it came. */
  readonly crop: RgbImage;
  /** The same as the gallery stores it: PNG, or the JPEG that it came as. */
  readonly cropFile: Uint8Array;
}

/** Every face of a picture, surest first. */
export async function findFaces(finder: FaceFinder, picture: RgbImage): Promise<PictureFace[]> {
  const found = await finder.find(picture);
  return Promise.all(
    found.map(async (face) => {
      const crop = alignFace(picture, face, TEMPLATE_PX);
      const quality = assessQuality(face, crop);
      const { box, landmarks, score } = face;
      return {
        box,
        landmarks,
        detectionScore: score,
        quality,
        weight: qualityWeight(quality),
        crop,
        cropFile: await encodePng(crop),
      };
    }),
  );
}

/** A side longer than this is that of a whole picture, taken for a crop by mistake. */
const LONGEST_CROP_PX = 1024;

/**
 * A picture that is a face already, aligned as the student expects it, and the bytes it was decoded from, of which no metadata
 * stays. `name` is for messages. Throws `bad-image` for a picture that is too large to be one.
 */
export async function takeCrop(picture: RgbImage, bytes: Uint8Array, name: string): Promise<PictureFace> {
  ensure(
    Math.max(picture.width, picture.height) <= LONGEST_CROP_PX,
    'bad-image',
    `${name} is ${picture.width}×${picture.height} px, and a face crop has at most ${LONGEST_CROP_PX}: enrol it as a picture, and the face in it is found`,
  );
  const quality = assessCrop(picture);
  return {
    box: { x: 0, y: 0, width: picture.width, height: picture.height },
    landmarks: null,
    detectionScore: null,
    quality,
    weight: qualityWeight(quality),
    crop: picture,
    cropFile: bareJpeg(bytes) ?? (await encodePng(picture)),
  };
}

/** As the gallery stores it; `embeddings` by the number of their space. */
export function toEnrolledFace(
  face: PictureFace,
  embeddings: ReadonlyMap<number, Float32Array>,
  isNamed: boolean,
): EnrolledFace {
  const { box, landmarks, detectionScore, quality, weight, cropFile } = face;
  const isPosed = landmarks !== null;
  return {
    box,
    landmarks: landmarks && Float32Array.from(landmarks.flatMap(({ x, y }) => [x, y])),
    sizePx: quality.sizePx,
    sharpness: quality.sharpness,
    turn: isPosed ? quality.turn : null,
    rollDegrees: isPosed ? quality.rollDegrees : null,
    detectionScore,
    weight,
    reasons: quality.reasons,
    cropFile,
    embeddings,
    isNamed,
  };
}
