// Faces brought to the ArcFace 112×112 template: least-squares similarity through five landmarks, then a warp.

import type { Box } from './box.ts';
import { cropImage, type RgbImage } from './image.ts';
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

/** Above this many picture pixels per output pixel bicubic shrinks first, down to it: 1.5 came nearest to ideal (EXPERIMENTS.md). */
const MOST_WARP_SHRINK = 1.5;
/** Output pixels around the face that the bicubic kernel may reach for. */
const REGION_MARGIN = 4;

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

/**
 * The face on the template, `sizePx` × `sizePx`. Shrinking by more than 1.5 goes through bicubic first, on the face's part
 * of the picture alone, since the bilinear warp would skip pixels.
 */
export function alignFace(
  image: RgbImage,
  face: { readonly landmarks: FiveLandmarks },
  sizePx: number = TEMPLATE_PX,
): RgbImage {
  const template = templateAt(sizePx);
  const toImage = fitSimilarity(template, face.landmarks);
  const shrink = Math.hypot(toImage.a, toImage.b);
  if (shrink <= MOST_WARP_SHRINK) return warpSimilarity(image, toImage, sizePx, sizePx);
  const region = regionOf(image, toImage, sizePx, shrink * REGION_MARGIN);
  const part = cropImage(image, region);
  const smaller = resizeBicubic(
    part,
    Math.max(1, Math.round((part.width * MOST_WARP_SHRINK) / shrink)),
    Math.max(1, Math.round((part.height * MOST_WARP_SHRINK) / shrink)),
  );
  const scaleX = smaller.width / part.width;
  const scaleY = smaller.height / part.height;
  const landmarks = face.landmarks.map(({ x, y }) => ({
    x: (x - region.x + 0.5) * scaleX - 0.5,
    y: (y - region.y + 0.5) * scaleY - 0.5,
  }));
  return warpSimilarity(smaller, fitSimilarity(template, landmarks), sizePx, sizePx);
}

/** The whole pixels of the picture that the warped square and `margin` more on each side show; at least one. */
function regionOf(image: RgbImage, toImage: Similarity, sizePx: number, margin: number): Box {
  const corners = [0, sizePx - 1].flatMap((x) =>
    [0, sizePx - 1].map((y) => applySimilarity(toImage, { x, y })),
  );
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const left = clamp(Math.floor(Math.min(...xs) - margin), 0, image.width - 1);
  const top = clamp(Math.floor(Math.min(...ys) - margin), 0, image.height - 1);
  const right = clamp(Math.ceil(Math.max(...xs) + margin), left, image.width - 1);
  const bottom = clamp(Math.ceil(Math.max(...ys) + margin), top, image.height - 1);
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** The template for another output size; pixel centres lie on whole numbers. */
function templateAt(sizePx: number): Point[] {
  const scale = sizePx / TEMPLATE_PX;
  return ARCFACE_TEMPLATE.map(({ x, y }) => ({ x: (x + 0.5) * scale - 0.5, y: (y + 0.5) * scale - 0.5 }));
}
