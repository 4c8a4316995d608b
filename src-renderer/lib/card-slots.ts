// Which card of a long grid stands in which of few elements: some change places each frame, so that a jump to another place draws no
// frame for long, and what is out of sight is not touched until its element is wanted. Rows therefore stand in the document in turns,
// not from top to bottom: each card says its number.

/** Element → index of the card in it; null where there is none. */
export type Slots = readonly (number | null)[];

export interface Sight {
  /** Indices of cards, first inclusive, end exclusive. */
  readonly first: number;
  readonly end: number;
  /** As many elements as there are, and at least as many as are ever in sight: card `i` stands in element `i % most`. */
  readonly most: number;
  /** All cards. */
  readonly count: number;
  /** A card that is there at once, ready or not: keys lead to it. */
  readonly urgent: number;
}

/**
 * One step to where every card in sight that is ready stands in its element: at most `step` come in, first ones first. What is in
 * sight and not ready any more goes at once, and so does what is not there any more. The very `slots` where nothing changes.
 */
export function nextSlots(
  slots: Slots,
  { first, end, most, count, urgent }: Sight,
  isReady: (index: number) => boolean,
  step: number,
): Slots {
  const isInSight = (index: number): boolean => index >= first && index < end;
  const next = slots.length === most ? [...slots] : moved(slots, most, isInSight);
  let changes = next.length === slots.length ? 0 : 1;
  for (const [slot, index] of next.entries()) {
    if (index === null || index < count) continue;
    next[slot] = null;
    changes++;
  }
  let added = 0;
  for (let index = first; index < end; index++) {
    const slot = index % most;
    const isThere = next[slot] === index;
    const isWanted = index === urgent || (isReady(index) && (isThere || added < step));
    if (isThere === isWanted) continue;
    next[slot] = isWanted ? index : null;
    if (isWanted) added++;
    changes++;
  }
  return changes === 0 ? slots : next;
}

/** After another number of elements, the cards in sight stand in others. */
function moved(slots: Slots, most: number, isInSight: (index: number) => boolean): (number | null)[] {
  const next: (number | null)[] = Array.from({ length: most }, () => null);
  for (const index of slots) if (index !== null && isInSight(index)) next[index % most] = index;
  return next;
}
