// Which part of a grid of equal cards is in sight, so that a million of them cost no more than a screenful.

export interface GridSize {
  /** Of the scrolled area, px. */
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
}

export interface GridWindow {
  readonly columns: number;
  readonly rows: number;
  /** Indices of cards, first inclusive, end exclusive. */
  readonly first: number;
  readonly end: number;
  /** As many cards as are ever in it at once, at this size. */
  readonly most: number;
  /** Where the first card's row stands inside the scrolled content, px. */
  readonly offset: number;
  /** Whether a place in the content stands for a longer one in the whole: a row has no place of its own in it then. */
  readonly isScaled: boolean;
  /** Of the scrolled content, px; no more than browsers lay out. */
  readonly contentHeight: number;
}

/** Above and below the sight, so that scrolling meets cards that are there. */
const ROWS_BESIDE = 2;
/** Chromium clamps lengths near 2²⁵ px: longer content scrolls at a scale. */
const MOST_HEIGHT = 16_000_000;

export function gridWindow(count: number, size: GridSize): GridWindow {
  const { width, height, scrollTop, cardWidth, cardHeight } = size;
  const columns = Math.max(1, Math.floor(width / cardWidth));
  const rows = Math.ceil(count / columns);
  const wholeHeight = rows * cardHeight;
  const contentHeight = Math.min(wholeHeight, MOST_HEIGHT);
  // A place in the content stands for a place in the whole.
  const range = Math.max(1, contentHeight - height);
  const place = Math.min(scrollTop, range) * (Math.max(0, wholeHeight - height) / range);
  const firstRow = Math.max(0, Math.floor(place / cardHeight) - ROWS_BESIDE);
  const endRow = Math.min(rows, Math.ceil((place + height) / cardHeight) + ROWS_BESIDE);
  return {
    columns,
    rows,
    first: Math.min(count, firstRow * columns),
    end: Math.min(count, endRow * columns),
    most: (Math.ceil(height / cardHeight) + 1 + 2 * ROWS_BESIDE) * columns,
    offset: scrollTop + firstRow * cardHeight - place,
    isScaled: wholeHeight > contentHeight,
    contentHeight,
  };
}

/** Where a card stands in the content, px; above all of it where it is out of sight and has no place of its own. */
export function topOf(index: number, seen: GridWindow, cardHeight: number): number {
  const row = Math.floor(index / seen.columns);
  if (!seen.isScaled) return row * cardHeight;
  if (index < seen.first || index >= seen.end) return -cardHeight;
  return seen.offset + (row - seen.first / seen.columns) * cardHeight;
}

/** Where to scroll so that a card is in sight; null where it is. */
export function scrollToCard(index: number, count: number, size: GridSize): number | null {
  const { columns, rows, contentHeight } = gridWindow(count, size);
  const { height, scrollTop, cardHeight } = size;
  const wholeHeight = rows * cardHeight;
  const scale = Math.max(0, wholeHeight - height) / Math.max(1, contentHeight - height);
  const place = scrollTop * scale;
  const top = Math.floor(index / columns) * cardHeight;
  if (top >= place && top + cardHeight <= place + height) return null;
  const wanted = top < place ? top : top + cardHeight - height;
  return scale === 0 ? 0 : wanted / scale;
}
