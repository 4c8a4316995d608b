// Keys of a matrix of buttons: arrows walk the cells as they lie, over the gaps. Use as an attachment.

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Cells are the elements with `data-row` and `data-column`. */
export function matrixKeys(grid: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const cell = event.target as HTMLElement;
    if (step === undefined || cell.dataset.row === undefined) return;
    event.preventDefault();
    nextCell(grid, cell, step)?.focus();
  };
  grid.addEventListener('keydown', onKey);
  return () => grid.removeEventListener('keydown', onKey);
}

/** The nearest one in that direction; null at the border. */
function nextCell(
  grid: HTMLElement,
  cell: HTMLElement,
  [rows, columns]: readonly [number, number],
): HTMLElement | null {
  const cells = [...grid.querySelectorAll<HTMLElement>('[data-row]')];
  const from = placeOf(cell);
  const ahead = cells
    .map((other) => ({ other, place: placeOf(other) }))
    .filter(({ place }) =>
      rows === 0
        ? place.row === from.row && (place.column - from.column) * columns > 0
        : place.column === from.column && (place.row - from.row) * rows > 0,
    )
    .sort((left, right) => distance(left.place, from) - distance(right.place, from));
  return ahead[0]?.other ?? null;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

function placeOf({ dataset }: HTMLElement): Place {
  return { row: Number(dataset.row), column: Number(dataset.column) };
}

function distance(left: Place, right: Place): number {
  return Math.abs(left.row - right.row) + Math.abs(left.column - right.column);
}
