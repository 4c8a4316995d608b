import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowOf } from '../../../../src-main/common/matrix.ts';
import type { BlockHandle } from '../../../../src-main/gallery/search/layout.ts';
import { CHUNK_ROWS } from '../../../../src-main/gallery/search/layout.ts';
import { NO_ATTRIBUTES } from '../../../../src-main/gallery/search/row-attributes.ts';
import type { Snapshot } from '../../../../src-main/gallery/search/row-ledger.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';
import { randomUnitRows } from '../../../support/unit-rows.ts';

const DIMENSION = 24;
const VECTORS = randomUnitRows(4000, DIMENSION, 1);

function vectorOf(index: number): Float32Array {
  return rowOf(VECTORS, index);
}

function smallStore(): VectorStore {
  return new VectorStore({ dimension: DIMENSION, rowsPerBlock: CHUNK_ROWS });
}

/** Ids that a snapshot sees, in order, and whether each one's planes still hold anything. */
function idsSeen(store: VectorStore, snapshot: Snapshot): number[] {
  const ids: number[] = [];
  for (const block of store.blocks) {
    for (let offset = 0; offset < block.rows; offset++) {
      if (block.isVisible(offset, snapshot.version)) ids.push(block.ids[offset]);
    }
  }
  return ids.sort((left, right) => left - right);
}

/** Rows whose planes are not all zero. */
function filledRows(store: VectorStore): number {
  let filled = 0;
  for (const block of store.blocks) {
    const size = store.layout.paddedDimension / 2;
    for (let offset = 0; offset < block.rows; offset++) {
      const planes = [block.upper, block.lower].map((plane) =>
        plane.subarray(offset * size, (offset + 1) * size),
      );
      if (planes.some((plane) => plane.some((value) => value !== 0))) filled++;
    }
  }
  return filled;
}

test('a vector comes back bit for bit, with its attributes', () => {
  const store = smallStore();
  const attributes = {
    trackId: 3,
    subjectId: 4,
    cameraId: 5,
    capturedAtMs: 1_700_000_000_123,
    quality: 0.5,
    sizePx: 16,
    faces: 2,
  };
  store.put(7, vectorOf(0), attributes);
  store.put(8, vectorOf(1));
  assert.deepEqual(store.vector(7), vectorOf(0).slice());
  assert.deepEqual(store.attributes(7), attributes);
  assert.deepEqual(store.attributes(8), NO_ATTRIBUTES);
  assert.equal(store.vector(9), null);
  assert.equal(store.attributes(9), null);
  assert.equal(store.size, 2);
});

test('replacing, relabelling and removing work by id', () => {
  const store = smallStore();
  store.put(1, vectorOf(0), { ...NO_ATTRIBUTES, trackId: 9 });
  store.put(1, vectorOf(1));
  assert.deepEqual(store.vector(1), vectorOf(1).slice());
  assert.equal(store.size, 1);
  assert.equal(store.relabel(1, { subjectId: 6 }), true);
  assert.deepEqual(store.vector(1), vectorOf(1).slice());
  assert.deepEqual(store.attributes(1), { ...NO_ATTRIBUTES, subjectId: 6 });
  assert.equal(store.remove(1), true);
  assert.equal(store.remove(1), false);
  assert.equal(store.relabel(1, { subjectId: 7 }), false);
  assert.equal(store.size, 0);
  assert.equal(store.has(1), false);
});

test('refuses what is no embedding of this space, and stays as it was', () => {
  const store = smallStore();
  store.put(1, vectorOf(0));
  const spoilt = vectorOf(1).slice();
  spoilt[5] = Number.NaN;
  assert.throws(() => store.put(1, spoilt), { code: 'not-finite', message: /embedding 1 / });
  assert.throws(
    () =>
      store.put(
        2,
        vectorOf(1).map((value) => 1.01 * value),
      ),
    { code: 'bad-data' },
  );
  assert.throws(() => store.put(2, vectorOf(1).subarray(1)), { code: 'bad-data', message: /23 dimensions/ });
  assert.throws(() => store.put(-1, vectorOf(1)), { code: 'bad-data', message: /not -1/ });
  assert.throws(() => store.put(2 ** 32, vectorOf(1)), { code: 'bad-data' });
  const noTrack = { ...NO_ATTRIBUTES, trackId: 0 };
  assert.throws(() => store.put(2, vectorOf(1), noTrack), { code: 'bad-data', message: /track id/ });
  assert.deepEqual(store.vector(1), vectorOf(0).slice());
  assert.equal(store.size, 1);
  assert.equal(filledRows(store), 1);
});

test('a write that throws leaves nothing behind', () => {
  const store = smallStore();
  store.put(1, vectorOf(0));
  store.put(2, vectorOf(1));
  const before = store.pin();
  assert.throws(
    () =>
      store.write((writer) => {
        writer.put(3, vectorOf(2));
        writer.put(1, vectorOf(3));
        writer.put(1, vectorOf(4));
        writer.remove(2);
        writer.relabel(1, { subjectId: 5 });
        throw new Error('stop');
      }),
    /stop/,
  );
  assert.deepEqual(idsSeen(store, store.pin()), [1, 2]);
  assert.deepEqual(idsSeen(store, before), [1, 2]);
  assert.deepEqual(store.vector(1), vectorOf(0).slice());
  assert.deepEqual(store.attributes(1), NO_ATTRIBUTES);
  assert.deepEqual(store.vector(2), vectorOf(1).slice());
  assert.equal(store.has(3), false);
  assert.equal(filledRows(store), 2);
});

test('a write is seen whole or not at all', () => {
  const store = smallStore();
  store.put(1, vectorOf(0));
  const before = store.pin();
  store.write((writer) => {
    writer.put(2, vectorOf(1));
    assert.throws(() => store.pin(), { code: 'bad-usage' });
    assert.throws(() => store.put(3, vectorOf(2)), { code: 'bad-usage' });
    assert.deepEqual(idsSeen(store, before), [1]);
    writer.remove(1);
    assert.deepEqual(idsSeen(store, before), [1]);
  });
  assert.deepEqual(idsSeen(store, before), [1]);
  const after = store.pin();
  assert.deepEqual(idsSeen(store, after), [2]);
  assert.deepEqual([before.size, after.size], [1, 1]);
});

test('a pinned snapshot keeps its rows, and what is gone is zeroed once nothing is pinned', () => {
  const store = smallStore();
  for (let id = 0; id < 100; id++) store.put(id, vectorOf(id));
  const pinned = store.pin();
  for (let id = 0; id < 100; id++) store.put(id, vectorOf(100 + id));
  store.remove(50);
  assert.equal(idsSeen(store, pinned).length, 100);
  assert.equal(filledRows(store), 200);
  assert.equal(store.rowsInUse, 199 + 1);
  store.release(pinned);
  assert.equal(filledRows(store), 99);
  assert.equal(store.rowsInUse, 99);
});

test('rows are used again: replacing for ever takes no more memory', () => {
  const store = smallStore();
  for (let round = 0; round < 20; round++) {
    const pinned = store.pin();
    store.write((writer) => {
      for (let id = 0; id < 400; id++) writer.put(id, vectorOf((id + round) % 4000));
    });
    store.release(pinned);
  }
  assert.equal(store.blocks.length, 1);
  assert.deepEqual(store.vector(399), vectorOf(399 + 19).slice());
});

test('grows block by block, tells listeners, and moves nothing', () => {
  const store = smallStore();
  const grown: BlockHandle[] = [];
  const stop = store.onGrowth((block) => grown.push(block));
  for (let id = 0; id < CHUNK_ROWS; id++) store.put(id, vectorOf(id));
  const first = store.blocks[0].upper.buffer;
  assert.equal(grown.length, 1);
  store.put(CHUNK_ROWS, vectorOf(CHUNK_ROWS));
  assert.deepEqual(
    store.blocks.map(({ handle }) => handle),
    grown,
  );
  assert.equal(grown.length, 2);
  stop();
  for (let id = 0; id < 2500; id++) store.put(id, vectorOf(id));
  assert.equal(store.blocks.length, 3);
  assert.equal(grown.length, 2);
  assert.equal(store.blocks[0].upper.buffer, first);
  assert.ok(first instanceof SharedArrayBuffer);
  assert.deepEqual(store.vector(0), vectorOf(0).slice());
  assert.deepEqual(store.vector(2499), vectorOf(2499).slice());
});

test('memory and columns stay within a twentieth above the raw matrix', () => {
  const { blocks, layout } = ((): VectorStore => {
    const store = new VectorStore({ dimension: 512 });
    store.put(1, randomUnitRows(1, 512, 1).values);
    return store;
  })();
  const bytes = blocks[0].handle.vectors.buffer.byteLength + blocks[0].handle.columns.byteLength;
  assert.ok(bytes <= 1.05 * 4 * 512 * layout.rowsPerBlock, `${bytes} bytes`);
});

test('masks hold one bit per row', () => {
  const store = smallStore();
  for (let id = 0; id < 70; id++) {
    store.put(id, vectorOf(id), { ...NO_ATTRIBUTES, cameraId: 1 + (id % 3) });
  }
  store.remove(4);
  assert.deepEqual([...store.maskOf([0, 5, 33, 999])], [0b100001, 0b10, 0]);
  const others = [0xffff_ffff - 0b100001, 0xffff_ffff - 0b10, 0b111111];
  assert.deepEqual([...store.maskWithout([0, 5, 33, 999])], others, 'no bit for rows that are written later');
  const mask = store.maskWhere((id, { cameraId }) => id < 12 && cameraId === 2);
  // Ids 1, 4, 7 and 10, without the removed one.
  assert.deepEqual([...mask], [0b10010000010, 0, 0]);
});

test('a compact store keeps no float32', () => {
  const store = new VectorStore({ dimension: DIMENSION, encoding: 'compact', rowsPerBlock: CHUNK_ROWS });
  store.put(1, vectorOf(0));
  assert.throws(() => store.vector(1), { code: 'unsupported' });
  const [block] = store.blocks;
  const codes = block.codes.slice(0, 32);
  assert.ok(codes.some((code) => Math.abs(code) === 127));
  assert.equal(store.relabel(1, { subjectId: 3 }), true);
  // The copy took the next row, and the one before was wiped.
  assert.deepEqual(block.codes.slice(32, 64), codes);
  assert.deepEqual(block.codes.slice(0, 32), new Int8Array(32));
  assert.equal(store.attributes(1)?.subjectId, 3);
});

test('dimensions and blocks that cannot be are refused', () => {
  assert.throws(() => new VectorStore({ dimension: 0 }), { code: 'bad-data' });
  assert.throws(() => new VectorStore({ dimension: 5000 }), { code: 'bad-data' });
  assert.throws(() => new VectorStore({ dimension: 8, rowsPerBlock: 1000 }), { code: 'bad-data' });
});
