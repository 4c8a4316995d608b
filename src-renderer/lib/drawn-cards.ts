// Which cards of a grid show their content: some more each frame, so that a jump to another place draws no frame for long.

export interface Card<Face> {
  readonly index: number;
  /** Null where it is not drawn yet. */
  readonly face: Face | null;
}

/**
 * Those of `drawn` that are still in sight, and at most so many more that are ready, first ones first. The very `drawn` where
 * nothing changes.
 */
export function nextDrawn(
  drawn: ReadonlySet<number>,
  sight: { readonly first: number; readonly end: number },
  isReady: (index: number) => boolean,
  most: number,
): ReadonlySet<number> {
  const now = new Set<number>();
  let added = 0;
  for (let index = sight.first; index < sight.end; index++) {
    if (!isReady(index)) continue;
    if (!drawn.has(index)) {
      if (added === most) continue;
      added++;
    }
    now.add(index);
  }
  return added === 0 && now.size === drawn.size ? drawn : now;
}

/** Those in sight, in order; one that is as it was is the very object of `before`, so that nothing of it is worked out again. */
export function cardsInSight<Face>(
  before: readonly Card<Face>[],
  sight: { readonly first: number; readonly end: number },
  faceOf: (index: number) => Face | null,
): Card<Face>[] {
  const firstBefore = before[0]?.index ?? 0;
  return Array.from({ length: sight.end - sight.first }, (_, at) => {
    const index = sight.first + at;
    const face = faceOf(index);
    const old = before[index - firstBefore];
    return old?.face === face ? old : { index, face };
  });
}
