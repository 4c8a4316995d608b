import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFilter, type RowFilter } from '../../../../src-main/gallery/search/filter.ts';
import { CHUNK_ROWS } from '../../../../src-main/gallery/search/layout.ts';
import { NO_ATTRIBUTES, type RowAttributes } from '../../../../src-main/gallery/search/row-attributes.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';

const EAST = Float32Array.of(1, 0);

const ROWS: readonly Partial<RowAttributes>[] = [
  { trackId: 1, subjectId: 10, cameraId: 1, capturedAtMs: 1000, quality: 0.9, sizePx: 40 },
  { trackId: 2, subjectId: 11, cameraId: 2, capturedAtMs: 2000, quality: 0.5, sizePx: 16 },
  { trackId: 3, cameraId: 1, capturedAtMs: 3000, quality: 0.1, sizePx: 12 },
  {},
];

/** Ids (0…3) of the rows above that pass. */
function passing(filter: RowFilter): number[] {
  const store = new VectorStore({ dimension: 2, rowsPerBlock: CHUNK_ROWS });
  ROWS.forEach((attributes, id) => {
    store.put(id, EAST, { ...NO_ATTRIBUTES, ...attributes });
  });
  const passes = compileFilter(filter);
  assert.ok(passes !== null);
  const [block] = store.blocks;
  return ROWS.map((_, id) => id).filter((id) => passes(block, id, id));
}

for (const { name, filter, ids } of [
  { name: 'camera', filter: { cameraIds: [1, 9] }, ids: [0, 2] },
  { name: 'from a time on, inclusive', filter: { capturedFromMs: 2000 }, ids: [1, 2] },
  { name: 'until a time, exclusive', filter: { capturedUntilMs: 2000 }, ids: [0] },
  { name: 'a time range', filter: { capturedFromMs: 1000, capturedUntilMs: 3000 }, ids: [0, 1] },
  { name: 'quality', filter: { minimumQuality: 0.5 }, ids: [0, 1] },
  { name: 'size', filter: { minimumSizePx: 13 }, ids: [0, 1] },
  { name: 'known', filter: { subject: 'known' }, ids: [0, 1] },
  { name: 'unknown', filter: { subject: 'unknown' }, ids: [2, 3] },
  { name: 'subjects', filter: { subjectIds: [11] }, ids: [1] },
  { name: 'without subjects', filter: { excludeSubjectIds: [10] }, ids: [1, 2, 3] },
  { name: 'without tracks', filter: { excludeTrackIds: [2, 3] }, ids: [0, 3] },
  { name: 'without ids', filter: { excludeIds: [0, 3] }, ids: [1, 2] },
  { name: 'a mask that ends early', filter: { mask: Uint32Array.of(0b1010) }, ids: [1, 3] },
  { name: 'an empty mask', filter: { mask: new Uint32Array(0) }, ids: [] },
  { name: 'all at once', filter: { cameraIds: [1], minimumQuality: 0.2, subject: 'known' }, ids: [0] },
] satisfies { name: string; filter: RowFilter; ids: number[] }[]) {
  test(`filters by ${name}`, () => assert.deepEqual(passing(filter), ids));
}

test('no condition is no filter', () => {
  assert.equal(compileFilter(undefined), null);
  assert.equal(compileFilter({}), null);
});

test('a time range that ends before it starts is refused', () => {
  assert.throws(() => compileFilter({ capturedFromMs: 2, capturedUntilMs: 2 }), { code: 'bad-data' });
});
