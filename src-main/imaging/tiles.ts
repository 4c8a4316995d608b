// Overlapping tiles that cover a large picture, each answering for the faces of its own core.

/** One tile, in the picture's pixels, and the core in which it answers for a face's centre. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly core: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
}

interface Span {
  readonly start: number;
  readonly size: number;
  readonly coreStart: number;
  readonly coreEnd: number;
}

/** One axis: as few spans of at most `size` as leave `overlap` between neighbours, evenly spread; cores meet half-way. */
function spansOf(length: number, size: number, overlap: number): Span[] {
  if (length <= size) return [{ start: 0, size: length, coreStart: 0, coreEnd: length }];
  const count = Math.ceil((length - overlap) / (size - overlap));
  const starts = Array.from({ length: count }, (_, index) =>
    Math.round((index * (length - size)) / (count - 1)),
  );
  return starts.map((start, index) => ({
    start,
    size,
    coreStart: index === 0 ? 0 : (starts[index - 1] + size + start) / 2,
    coreEnd: index === count - 1 ? length : (starts[index + 1] + start + size) / 2,
  }));
}

/** Tiles of at most `maxWidth` × `maxHeight` over a picture; neighbours share at least `overlap` pixels. */
export function tilesOf(
  picture: { readonly width: number; readonly height: number },
  maxWidth: number,
  maxHeight: number,
  overlap: number,
): Tile[] {
  const columns = spansOf(picture.width, maxWidth, overlap);
  return spansOf(picture.height, maxHeight, overlap).flatMap((row) =>
    columns.map((column) => ({
      x: column.start,
      y: row.start,
      width: column.size,
      height: row.size,
      core: {
        left: column.coreStart,
        top: row.coreStart,
        right: column.coreEnd,
        bottom: row.coreEnd,
      },
    })),
  );
}
