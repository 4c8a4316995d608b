// Which rows are taken, since which version, and which may be used again: no row that a running search may see.

/** What one search sees: rows below `rows` that were born at or before `version` and died after it. */
export interface Snapshot {
  readonly rows: number;
  readonly version: number;
  /** Rows that are visible. */
  readonly size: number;
}

interface Retired {
  readonly row: number;
  readonly diedAt: number;
}

export class RowLedger {
  #version = 0;
  #rows = 0;
  #free: number[] = [];
  /** In the order of `diedAt`; those before `#firstRetired` are done with. */
  #retired: Retired[] = [];
  #firstRetired = 0;
  readonly #pins = new Set<Snapshot>();

  /** The version that searches see now. */
  get version(): number {
    return this.#version;
  }

  /** Rows ever taken: the scan's end. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that are neither alive nor free because a running search may still see them. */
  get heldRows(): number {
    return this.#retired.length - this.#firstRetired;
  }

  takeRow(): number {
    return this.#free.pop() ?? this.#rows++;
  }

  /** A row that was taken and never became visible. */
  giveBack(row: number): void {
    this.#free.push(row);
  }

  /** What was written becomes visible; the rows were replaced or removed by it. */
  commit(retired: readonly number[]): void {
    this.#version++;
    for (const row of retired) this.#retired.push({ row, diedAt: this.#version });
  }

  pin(size: number): Snapshot {
    const snapshot = { rows: this.#rows, version: this.#version, size };
    this.#pins.add(snapshot);
    return snapshot;
  }

  unpin(snapshot: Snapshot): void {
    this.#pins.delete(snapshot);
  }

  /** Frees the rows that no pinned snapshot sees any more, and hands each to `wipe` first. */
  reclaim(wipe: (row: number) => void): void {
    let oldest = this.#version;
    for (const { version } of this.#pins) oldest = Math.min(oldest, version);
    while (this.#firstRetired < this.#retired.length && this.#retired[this.#firstRetired].diedAt <= oldest) {
      const { row } = this.#retired[this.#firstRetired++];
      wipe(row);
      this.#free.push(row);
    }
    if (this.#firstRetired === this.#retired.length) {
      this.#retired = [];
      this.#firstRetired = 0;
    }
  }
}
