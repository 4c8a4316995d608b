// The cheapest pairing of rows with columns in which anyone may stay alone (the assignment problem).
//
// The Hungarian method in its form with shortest augmenting paths (H. Kuhn 1955; R. Jonker, A. Volgenant 1987), O(rows² ·
// columns). A scene has tens of faces; the packages that do this bring a linear algebra library along.

import { assert } from '../../common/assert.ts';

/**
 * @param costs rows × columns, row-major; Infinity forbids a pair
 * @param alone what a row costs that gets no column: a pair is only made where it costs less
 * @returns the column of each row, −1 for none; the sum of all costs is the least there is
 */
export function assignCheapest(
  costs: ArrayLike<number>,
  rows: number,
  columns: number,
  alone: number,
): Int32Array {
  assert(
    costs.length === rows * columns,
    `${rows} × ${columns} pairs need as many costs, not ${costs.length}`,
  );
  // Each row has a column of its own behind the real ones, where it stays alone.
  const width = columns + rows;
  const costOf = (row: number, column: number): number => {
    if (column < columns) return Math.min(costs[row * columns + column], FORBIDDEN);
    return column === columns + row ? alone : FORBIDDEN;
  };
  const rowPrices = new Float64Array(rows);
  const columnPrices = new Float64Array(width);
  const rowOfColumn = new Int32Array(width).fill(-1);
  for (let row = 0; row < rows; row++) addRow(row, width, costOf, rowPrices, columnPrices, rowOfColumn);
  const columnOfRow = new Int32Array(rows).fill(-1);
  for (let column = 0; column < columns; column++) {
    const row = rowOfColumn[column];
    if (row !== -1 && costOf(row, column) < alone) columnOfRow[row] = column;
  }
  return columnOfRow;
}

/** Larger than any sum of costs, and small enough that adding costs to it loses nothing that matters. */
const FORBIDDEN = 1e9;

/** Finds the shortest path of re-assignments that gives the row a column (Dijkstra on reduced costs), and makes them. */
function addRow(
  row: number,
  width: number,
  costOf: (row: number, column: number) => number,
  rowPrices: Float64Array,
  columnPrices: Float64Array,
  rowOfColumn: Int32Array,
): void {
  const distance = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(width).fill(-1);
  const isDone = new Uint8Array(width);
  let at = -1; // the column whose row is being looked at; −1 is the new row itself
  let atRow = row;
  let reached = 0;
  do {
    let nearest = -1;
    for (let column = 0; column < width; column++) {
      if (isDone[column] === 1) continue;
      const length = reached + costOf(atRow, column) - rowPrices[atRow] - columnPrices[column];
      if (length < distance[column]) {
        distance[column] = length;
        cameFrom[column] = at;
      }
      if (nearest === -1 || distance[column] < distance[nearest]) nearest = column;
    }
    isDone[nearest] = 1;
    reached = distance[nearest];
    at = nearest;
    atRow = rowOfColumn[at];
  } while (atRow !== -1);
  rowPrices[row] += reached;
  for (let column = 0; column < width; column++) {
    if (isDone[column] === 0 || column === at) continue;
    rowPrices[rowOfColumn[column]] += reached - distance[column];
    columnPrices[column] -= reached - distance[column];
  }
  while (at !== -1) {
    const before = cameFrom[at];
    rowOfColumn[at] = before === -1 ? row : rowOfColumn[before];
    at = before;
  }
}
