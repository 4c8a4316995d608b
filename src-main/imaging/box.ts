// Boxes in a picture: overlap measures and non-maximum suppression.

/** Pixels, measured from edges: x = 0 is the left edge of the first column, whose centre is 0.5. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ScoredBox extends Box {
  /** Face probability, 0 … 1. */
  readonly score: number;
}

export function intersectionArea(left: Box, right: Box): number {
  const width = Math.min(left.x + left.width, right.x + right.width) - Math.max(left.x, right.x);
  const height = Math.min(left.y + left.height, right.y + right.height) - Math.max(left.y, right.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0 … 1; 0 for empty boxes. */
export function intersectionOverUnion(left: Box, right: Box): number {
  const shared = intersectionArea(left, right);
  const union = left.width * left.height + right.width * right.height - shared;
  return union > 0 ? shared / union : 0;
}

/** How much of the smaller box lies inside the larger one, 0 … 1. */
export function intersectionOverSmaller(left: Box, right: Box): number {
  const smaller = Math.min(left.width * left.height, right.width * right.height);
  return smaller > 0 ? intersectionArea(left, right) / smaller : 0;
}

export interface SuppressionLimits {
  /** A box goes when its intersection over union with a better one exceeds this. */
  readonly union: number;
  /** It also goes when this share of the smaller of the two lies inside the other. */
  readonly smaller: number;
}

/** Keeps the best box of each heap, best first: greedy, equal scores in the given order. */
export function suppressOverlaps<T extends ScoredBox>(boxes: readonly T[], limits: SuppressionLimits): T[] {
  const kept: T[] = [];
  for (const box of boxes.toSorted((left, right) => right.score - left.score)) {
    const isCovered = kept.some(
      (better) =>
        intersectionOverUnion(box, better) > limits.union ||
        intersectionOverSmaller(box, better) > limits.smaller,
    );
    if (!isCovered) kept.push(box);
  }
  return kept;
}
