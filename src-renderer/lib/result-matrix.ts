// The cells of a result as a matrix: a row per model and FaceBN mode, a column per resolution, scenario and kind of probe.

export interface MatrixCell {
  readonly id: string;
  readonly model: string;
  readonly role: string;
  readonly resolutionPx: number;
  readonly scenario: 'lr-lr' | 'lr-hr';
  readonly adaptation: string;
  readonly group: string | null;
  readonly share: number;
}

export interface MatrixColumn {
  readonly key: string;
  readonly resolutionPx: number;
  readonly scenario: 'lr-lr' | 'lr-hr';
  readonly group: string | null;
  /** The highest share of the column; null where it has one cell alone. */
  readonly best: number | null;
}

export interface MatrixRow<Cell extends MatrixCell> {
  readonly key: string;
  readonly model: string;
  readonly role: string;
  readonly adaptation: string;
  /** One per column; null where there is none. */
  readonly cells: readonly (Cell | null)[];
}

export interface Matrix<Cell extends MatrixCell> {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow<Cell>[];
}

export function matrixOf<Cell extends MatrixCell>(cells: readonly Cell[]): Matrix<Cell> {
  const byColumn = groupedBy(cells, columnKey);
  const columns = [...byColumn]
    .map(([key, own]): MatrixColumn => {
      const [{ resolutionPx, scenario, group }] = own;
      const best = own.length > 1 ? Math.max(...own.map(({ share }) => share)) : null;
      return { key, resolutionPx, scenario, group, best };
    })
    .sort(
      (left, right) =>
        // LR-LR before LR-HR, as the paper prints them.
        right.scenario.localeCompare(left.scenario) ||
        left.resolutionPx - right.resolutionPx ||
        (left.group ?? '').localeCompare(right.group ?? ''),
    );
  const rows = [...groupedBy(cells, ({ model, adaptation }) => `${model} ${adaptation}`)].map(
    ([key, own]): MatrixRow<Cell> => {
      const [{ model, role, adaptation }] = own;
      const at = new Map(own.map((cell) => [columnKey(cell), cell]));
      return { key, model, role, adaptation, cells: columns.map((column) => at.get(column.key) ?? null) };
    },
  );
  return { columns, rows };
}

function columnKey({ resolutionPx, scenario, group }: MatrixCell): string {
  return `${scenario} ${resolutionPx} ${group ?? ''}`;
}

/** In the order of first appearance. (Chromium 108 has no `Map.groupBy`.) */
function groupedBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, [Item, ...Item[]]> {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const own = groups.get(keyOf(item));
    if (own === undefined) groups.set(keyOf(item), [item]);
    else own.push(item);
  }
  return groups;
}
