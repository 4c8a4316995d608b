// One picture to the faces that are enrolled of it: found and aligned, or taken as the crop it is.

import { alignFace, TEMPLATE_PX } from '../../imaging/align.ts';
import type { Box } from '../../imaging/box.ts';
import { encodePng } from '../../imaging/encode.ts';
import type { FaceFinder } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { FiveLandmarks } from '../../imaging/landmarks.ts';
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
  /** The same as PNG, as the gallery stores it. */
  readonly png: Uint8Array;
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
        png: await encodePng(crop),
      };
    }),
  );
}

/** A picture that is a face already, aligned as the student expects it. `png` is made anew, so that no metadata stays. */
export async function takeCrop(picture: RgbImage): Promise<PictureFace> {
  const quality = assessCrop(picture);
  return {
    box: { x: 0, y: 0, width: picture.width, height: picture.height },
    landmarks: null,
    detectionScore: null,
    quality,
    weight: qualityWeight(quality),
    crop: picture,
    png: await encodePng(picture),
  };
}
