// From an id to its row: an open-addressed table over typed arrays, 16 bytes an entry where a Map takes 40 and more.

const FIRST_CAPACITY = 1024;
/** Golden ratio · 2³²: spreads consecutive ids. */
const SPREAD = 0x9e3779b1;

/** Ids and rows are whole numbers from 0 to 2³² − 2. */
export class IdIndex {
  #ids = new Uint32Array(FIRST_CAPACITY);
  /** Row + 1; 0 is an empty slot. */
  #rows = new Uint32Array(FIRST_CAPACITY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The row of an id, or −1. */
  get(id: number): number {
    return this.#rows[this.#slotOf(id)] - 1;
  }

  set(id: number, row: number): void {
    if (2 * (this.#size + 1) > this.#ids.length) this.#grow();
    const slot = this.#slotOf(id);
    if (this.#rows[slot] === 0) this.#size++;
    this.#ids[slot] = id;
    this.#rows[slot] = row + 1;
  }

  /** Whether the id was there. Entries behind it move up, so no tombstones are left. */
  delete(id: number): boolean {
    const mask = this.#ids.length - 1;
    let hole = this.#slotOf(id);
    if (this.#rows[hole] === 0) return false;
    this.#size--;
    for (let slot = (hole + 1) & mask; this.#rows[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#homeOf(this.#ids[slot]);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#ids[hole] = this.#ids[slot];
      this.#rows[hole] = this.#rows[slot];
      hole = slot;
    }
    this.#rows[hole] = 0;
    return true;
  }

  #homeOf(id: number): number {
    return Math.imul(id, SPREAD) >>> (Math.clz32(this.#ids.length) + 1);
  }

  /** The slot that holds the id, or the empty one where it belongs. */
  #slotOf(id: number): number {
    const mask = this.#ids.length - 1;
    let slot = this.#homeOf(id);
    while (this.#rows[slot] !== 0 && this.#ids[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const ids = this.#ids;
    const rows = this.#rows;
    this.#ids = new Uint32Array(2 * ids.length);
    this.#rows = new Uint32Array(2 * ids.length);
    for (let old = 0; old < ids.length; old++) {
      if (rows[old] === 0) continue;
      const slot = this.#slotOf(ids[old]);
      this.#ids[slot] = ids[old];
      this.#rows[slot] = rows[old];
    }
  }
}
