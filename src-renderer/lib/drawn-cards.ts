// Which cards of a grid show their content: some more each frame, so that a jump to another place draws no frame for long.

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
