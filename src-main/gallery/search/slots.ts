// Rows of columns by id: which slot an id has, columns that grow together, slots that are used again.

import { IdIndex } from './id-index.ts';

type Column = Uint32Array | Float64Array;
type Columns = Readonly<Record<string, Column>>;
type Kinds<C extends Columns> = { readonly [K in keyof C]: new (length: number) => C[K] };

const FIRST_CAPACITY = 1024;

/** Slot 0 stands for none, so that a column of slots may start as zeros. */
export class Slots<C extends Columns> {
  readonly #kinds: Kinds<C>;
  readonly #index = new IdIndex();
  readonly #free: number[] = [];
  #columns: C;
  #capacity = FIRST_CAPACITY;
  #end = 1;

  constructor(kinds: Kinds<C>) {
    this.#kinds = kinds;
    this.#columns = this.#allocate(FIRST_CAPACITY);
  }

  /** Slots in use. */
  get size(): number {
    return this.#index.size;
  }

  /** One more than the last slot that was ever used. */
  get end(): number {
    return this.#end;
  }

  /** Valid until the next `take`. */
  get columns(): C {
    return this.#columns;
  }

  /** The slot of an id, or 0. */
  of(id: number): number {
    return this.#index.get(id) + 1;
  }

  /** A slot of zeros for a new id. */
  take(id: number): number {
    const slot = this.#free.pop() ?? this.#end++;
    if (slot >= this.#capacity) this.#grow();
    this.#index.set(id, slot - 1);
    return slot;
  }

  giveBack(id: number): void {
    const slot = this.of(id);
    this.#index.delete(id);
    for (const column of Object.values(this.#columns)) column[slot] = 0;
    this.#free.push(slot);
  }

  #allocate(length: number): C {
    const entries = Object.entries(this.#kinds).map(([name, Kind]) => [name, new Kind(length)]);
    return Object.fromEntries(entries) as C;
  }

  #grow(): void {
    this.#capacity *= 2;
    const larger = this.#allocate(this.#capacity);
    for (const [name, column] of Object.entries(larger)) column.set(this.#columns[name] as Float64Array);
    this.#columns = larger;
  }
}
