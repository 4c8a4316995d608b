// Faces brought to the ArcFace 112×112 template: least-squares similarity through five landmarks, then a warp.

import type { RgbImage } from './image.ts';
import type { FiveLandmarks, Point } from './landmarks.ts';
import { resizeBicubic } from './resample.ts';
import { type Similarity, warpSimilarity } from './warp.ts';

export const TEMPLATE_PX = 112;

/** Where ArcFace (Deng et al., 2019) wants the five landmarks in 112 × 112 pixels. */
export const ARCFACE_TEMPLATE: FiveLandmarks = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** Above this many picture pixels per template pixel the picture is shrunk by bicubic first. */
const MOST_WARP_SHRINK = 2;

/** The similarity that moves `from` onto `to` with the least squared error (Umeyama, 1991; no reflection). */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const centreFrom = meanOf(from);
  const centreTo = meanOf(to);
  let along = 0;
  let across = 0;
  let spread = 0;
  for (const [index, point] of from.entries()) {
    const fromX = point.x - centreFrom.x;
    const fromY = point.y - centreFrom.y;
    const toX = to[index].x - centreTo.x;
    const toY = to[index].y - centreTo.y;
    along += fromX * toX + fromY * toY;
    across += fromX * toY - fromY * toX;
    spread += fromX * fromX + fromY * fromY;
  }
  const a = along / spread;
  const b = across / spread;
  return {
    a,
    b,
    tx: centreTo.x - a * centreFrom.x + b * centreFrom.y,
    ty: centreTo.y - b * centreFrom.x - a * centreFrom.y,
  };
}

/** The point a similarity moves `point` to. */
export function applySimilarity({ a, b, tx, ty }: Similarity, point: Point): Point {
  return { x: a * point.x - b * point.y + tx, y: b * point.x + a * point.y + ty };
}

function meanOf(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x / points.length;
    y += point.y / points.length;
  }
  return { x, y };
}

/** The face on the template, `sizePx` × `sizePx`. */
export function alignFace(
  image: RgbImage,
  face: { readonly landmarks: FiveLandmarks },
  sizePx: number = TEMPLATE_PX,
): RgbImage {
  return warpToTemplate(image, face.landmarks, sizePx);
}

function warpToTemplate(image: RgbImage, landmarks: FiveLandmarks, sizePx: number): RgbImage {
  const toImage = fitSimilarity(templateAt(sizePx), landmarks);
  const shrink = Math.hypot(toImage.a, toImage.b);
  if (shrink <= MOST_WARP_SHRINK) return warpSimilarity(image, toImage, sizePx, sizePx);
  const scale = MOST_WARP_SHRINK / shrink;
  const smaller = resizeBicubic(
    image,
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
  const scaleX = smaller.width / image.width;
  const scaleY = smaller.height / image.height;
  const moved = landmarks.map(({ x, y }) => ({
    x: (x + 0.5) * scaleX - 0.5,
    y: (y + 0.5) * scaleY - 0.5,
  }));
  return warpSimilarity(smaller, fitSimilarity(templateAt(sizePx), moved), sizePx, sizePx);
}

/** The template for another output size; pixel centres lie on whole numbers. */
function templateAt(sizePx: number): Point[] {
  const scale = sizePx / TEMPLATE_PX;
  return ARCFACE_TEMPLATE.map(({ x, y }) => ({ x: (x + 0.5) * scale - 0.5, y: (y + 0.5) * scale - 0.5 }));
}
