// The vectors of one embedding space in shared memory: written on one thread, searched on others at the same time.

import { ensure, GlimpseError } from '../../common/errors.ts';
import { checkVector } from '../vector-check.ts';
import { ALIVE, Block } from './block.ts';
import { IdIndex } from './id-index.ts';
import { allocateBlock, type BlockHandle, type Encoding, type SpaceLayout, spaceLayout } from './layout.ts';
import { checkAttributes, checkId, NO_ATTRIBUTES, type RowAttributes } from './row-attributes.ts';
import { RowLedger, type Snapshot } from './row-ledger.ts';

export interface VectorStoreOptions {
  readonly dimension: number;
  /** `exact` by default. */
  readonly encoding?: Encoding;
  readonly rowsPerBlock?: number;
}

/** Changes of one write; all of them become visible together, or none. */
export interface StoreWriter {
  /** Adds a row, or replaces the one of this id. Throws `bad-data` or `not-finite` for a vector that is no embedding. */
  put(id: number, vector: Float32Array, attributes?: RowAttributes): void;
  /** Whether the id was there. */
  remove(id: number): boolean;
  /** Changes attributes and leaves the vector alone. Whether the id was there. */
  relabel(id: number, changes: Partial<RowAttributes>): boolean;
}

/** A reserved row whose vector has been written. */
export interface FilledRow {
  readonly row: number;
  readonly id: number;
  readonly attributes: RowAttributes;
}

interface Change {
  readonly id: number;
  /** −1 where there was none. */
  readonly oldRow: number;
  /** −1 where there is none. */
  readonly newRow: number;
}

/**
 * One embedding space: unit vectors of D float32 by id, with attributes to filter and group by. Memory grows block by block
 * and is never copied. A row is never changed where it lies: replacing writes a new row, so a search that runs meanwhile
 * sees all of a write or nothing of it. Rows that are gone are zeroed and used again once no running search sees them.
 */
export class VectorStore {
  readonly layout: SpaceLayout;
  readonly #blocks: Block[] = [];
  readonly #index = new IdIndex();
  readonly #ledger = new RowLedger();
  readonly #growthListeners = new Set<(block: BlockHandle) => void>();
  #isWriting = false;

  constructor(options: VectorStoreOptions) {
    this.layout = spaceLayout(options.dimension, options.encoding ?? 'exact', options.rowsPerBlock);
  }

  get dimension(): number {
    return this.layout.dimension;
  }

  /** Vectors that a search sees now. */
  get size(): number {
    return this.#index.size;
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** Rows in use, dead ones that a running search still holds included. */
  get rowsInUse(): number {
    return this.#index.size + this.#ledger.heldRows;
  }

  has(id: number): boolean {
    return this.#index.get(id) >= 0;
  }

  attributes(id: number): RowAttributes | null {
    const row = this.#index.get(id);
    return row < 0 ? null : this.#blockOf(row).attributes(this.#offsetOf(row));
  }

  /** The float32 vector of an id, bit for bit; null for an unknown id. Throws `unsupported` for a compact store. */
  vector(id: number): Float32Array | null {
    if (this.layout.encoding !== 'exact') {
      throw new GlimpseError('unsupported', 'a compact vector store does not keep float32 vectors');
    }
    const row = this.#index.get(id);
    return row < 0 ? null : this.#blockOf(row).vector(this.#offsetOf(row));
  }

  put(id: number, vector: Float32Array, attributes?: RowAttributes): void {
    this.write((writer) => writer.put(id, vector, attributes));
  }

  remove(id: number): boolean {
    return this.write((writer) => writer.remove(id));
  }

  relabel(id: number, changes: Partial<RowAttributes>): boolean {
    return this.write((writer) => writer.relabel(id, changes));
  }

  /** A row that another thread may fill, and that nobody sees before it is published or given back. */
  reserve(): number {
    return this.#takeRow();
  }

  /** Shows filled rows, all at once. */
  publish(rows: readonly FilledRow[]): void {
    const replaced: number[] = [];
    for (const { row, id, attributes } of rows) {
      checkId(id);
      checkAttributes(attributes);
      const { oldRow } = this.#swap(id, row, attributes);
      if (oldRow >= 0) replaced.push(oldRow);
    }
    this.#ledger.commit(replaced);
    this.#reclaim();
  }

  /** A reserved row that was not filled after all. */
  giveBack(row: number): void {
    this.#ledger.giveBack(row);
  }

  /** Runs the changes; what they wrote is searchable on return, and undone if they throw. Not to be nested. */
  write<T>(change: (writer: StoreWriter) => T): T {
    ensure(!this.#isWriting, 'bad-usage', 'a write to a vector store may not run inside another');
    const changes: Change[] = [];
    this.#isWriting = true;
    try {
      const result = change(this.#writerInto(changes));
      this.#ledger.commit(changes.filter(({ oldRow }) => oldRow >= 0).map(({ oldRow }) => oldRow));
      return result;
    } catch (error) {
      for (const undone of changes.reverse()) this.#undo(undone);
      throw error;
    } finally {
      this.#isWriting = false;
      this.#reclaim();
    }
  }

  /** What is visible now stays as it is for this snapshot until it is released. */
  pin(): Snapshot {
    ensure(!this.#isWriting, 'bad-usage', 'a vector store may not be pinned in the middle of a write');
    return this.#ledger.pin(this.size);
  }

  release(snapshot: Snapshot): void {
    this.#ledger.unpin(snapshot);
    if (!this.#isWriting) this.#reclaim();
  }

  /** Hands every further block to the listener before a row in it is visible. Returns what ends that. */
  onGrowth(listener: (block: BlockHandle) => void): () => void {
    this.#growthListeners.add(listener);
    return () => this.#growthListeners.delete(listener);
  }

  /** One bit per row, set for the given ids: a filter that the database has answered. Unknown ids are left out. */
  maskOf(ids: Iterable<number>): Uint32Array {
    const mask = this.#emptyMask();
    for (const id of ids) {
      const row = this.#index.get(id);
      if (row >= 0) mask[row >>> 5] |= 1 << (row & 31);
    }
    return mask;
  }

  /** One bit per row, set for all but the given ids. */
  maskWithout(ids: Iterable<number>): Uint32Array {
    const mask = this.#emptyMask().fill(0xffff_ffff);
    // Rows written later are not in it.
    const last = this.#ledger.rows & 31;
    if (last > 0) mask[mask.length - 1] = 2 ** last - 1;
    for (const id of ids) {
      const row = this.#index.get(id);
      if (row >= 0) mask[row >>> 5] &= ~(1 << (row & 31));
    }
    return mask;
  }

  /** One bit per row, set where the predicate holds: it is asked once for each visible row. */
  maskWhere(predicate: (id: number, attributes: RowAttributes) => boolean): Uint32Array {
    const mask = this.#emptyMask();
    const { version, rows } = this.#ledger;
    for (let row = 0; row < rows; row++) {
      const block = this.#blockOf(row);
      const offset = this.#offsetOf(row);
      if (!block.isVisible(offset, version)) continue;
      if (predicate(block.ids[offset], block.attributes(offset))) mask[row >>> 5] |= 1 << (row & 31);
    }
    return mask;
  }

  #writerInto(changes: Change[]): StoreWriter {
    return {
      put: (id, vector, attributes = NO_ATTRIBUTES) => {
        checkId(id);
        checkVector(id, vector, this.dimension);
        checkAttributes(attributes);
        const row = this.#takeRow();
        this.#blockOf(row).writeVector(this.#offsetOf(row), vector);
        changes.push(this.#swap(id, row, attributes));
      },
      remove: (id) => {
        const oldRow = this.#index.get(id);
        if (oldRow < 0) return false;
        this.#blockOf(oldRow).retire(this.#offsetOf(oldRow), this.#ledger.version + 1);
        this.#index.delete(id);
        changes.push({ id, oldRow, newRow: -1 });
        return true;
      },
      relabel: (id, difference) => {
        const oldRow = this.#index.get(id);
        if (oldRow < 0) return false;
        const attributes = { ...this.#blockOf(oldRow).attributes(this.#offsetOf(oldRow)), ...difference };
        checkAttributes(attributes);
        const row = this.#takeRow();
        this.#blockOf(row).copyVector(this.#offsetOf(row), this.#blockOf(oldRow), this.#offsetOf(oldRow));
        changes.push(this.#swap(id, row, attributes));
        return true;
      },
    };
  }

  /** Makes a filled row the one of its id as of the next version, in place of the one it had. */
  #swap(id: number, newRow: number, attributes: RowAttributes): Change {
    const next = this.#ledger.version + 1;
    const block = this.#blockOf(newRow);
    const offset = this.#offsetOf(newRow);
    block.ids[offset] = id;
    block.setAttributes(offset, attributes);
    block.bear(offset, next);
    const oldRow = this.#index.get(id);
    if (oldRow >= 0) this.#blockOf(oldRow).retire(this.#offsetOf(oldRow), next);
    this.#index.set(id, newRow);
    return { id, oldRow, newRow };
  }

  #undo({ id, oldRow, newRow }: Change): void {
    if (newRow >= 0) {
      this.#wipe(newRow);
      this.#ledger.giveBack(newRow);
    }
    if (oldRow >= 0) {
      this.#blockOf(oldRow).retire(this.#offsetOf(oldRow), ALIVE);
      this.#index.set(id, oldRow);
    } else {
      this.#index.delete(id);
    }
  }

  #takeRow(): number {
    const row = this.#ledger.takeRow();
    if (row >= this.#blocks.length * this.layout.rowsPerBlock) {
      const block = new Block(allocateBlock(this.layout), this.layout);
      this.#blocks.push(block);
      for (const listener of this.#growthListeners) listener(block.handle);
    }
    return row;
  }

  #reclaim(): void {
    this.#ledger.reclaim((row) => this.#wipe(row));
  }

  /** Nothing of a face stays in memory once it is gone. */
  #wipe(row: number): void {
    const block = this.#blockOf(row);
    const offset = this.#offsetOf(row);
    block.retire(offset, 0);
    block.ids[offset] = 0;
    block.setAttributes(offset, NO_ATTRIBUTES);
    block.wipeVector(offset);
  }

  #emptyMask(): Uint32Array {
    return new Uint32Array(Math.ceil(this.#ledger.rows / 32));
  }

  #blockOf(row: number): Block {
    return this.#blocks[Math.floor(row / this.layout.rowsPerBlock)];
  }

  #offsetOf(row: number): number {
    return row % this.layout.rowsPerBlock;
  }
}
