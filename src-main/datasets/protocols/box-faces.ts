// Faces cut out of larger pictures by boxes, turned onto the aligned template; each picture is decoded once for all its boxes.

import { alignFace } from '../../imaging/align.ts';
import type { Box } from '../../imaging/box.ts';
import { landmarksFromBox } from '../../imaging/box-landmarks.ts';
import { decodeImageFile } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { type FaceSource, problemOfReading } from '../face-source.ts';

/** One face: where it lies, and what it is called. */
export interface BoxFace {
  readonly name: string;
  /** The picture's path. */
  readonly path: string;
  readonly box: Box;
}

/** Pictures that stay decoded; those of a survey camera have tens of megapixels, 50 MB each. */
const PICTURES_KEPT = 3;
const DECODES_IN_FLIGHT = 2;

/** Faces in an order in which one picture's follow each other are read fastest. Landmarks are guessed from the box. */
export function boxSource(faces: readonly BoxFace[]): FaceSource {
  const pictures = new Map<string, Promise<RgbImage>>();
  const lanes: Promise<unknown>[] = Array.from({ length: DECODES_IN_FLIGHT }, () => Promise.resolve());
  // A batch of faces asks for many pictures at once: they are decoded in turn.
  const decodeInTurn = (path: string): Promise<RgbImage> => {
    const decoding = (lanes.shift() ?? Promise.resolve()).then(() => decodeImageFile(path));
    lanes.push(decoding.catch(() => {}));
    return decoding;
  };
  const pictureOf = (path: string): Promise<RgbImage> => {
    const known = pictures.get(path);
    if (known !== undefined) return known;
    const decoding = decodeInTurn(path);
    // Whoever asked hears of a failure; here it only must not count as unhandled.
    decoding.catch(() => {});
    pictures.set(path, decoding);
    const [oldest] = pictures.keys();
    if (pictures.size > PICTURES_KEPT) pictures.delete(oldest);
    return decoding;
  };
  const read = async (index: number): Promise<RgbImage> => {
    const { path, box } = faces[index];
    return alignFace(await pictureOf(path), { landmarks: landmarksFromBox(box) });
  };
  return {
    names: faces.map(({ name }) => name),
    read,
    problemOf: (index) => problemOfReading(faces[index].path, () => read(index)),
  };
}
