import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupTemplates } from '../../../../src-main/gallery/search/group-templates.ts';
import { CHUNK_ROWS } from '../../../../src-main/gallery/search/layout.ts';
import { NO_ATTRIBUTES } from '../../../../src-main/gallery/search/row-attributes.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';

test('fuses tracks and subjects by quality, in order, without what belongs to none', () => {
  const store = new VectorStore({ dimension: 3, rowsPerBlock: CHUNK_ROWS });
  const put = (
    id: number,
    axis: number,
    trackId: number,
    subjectId: number | null,
    quality: number,
  ): void => {
    const vector = Float32Array.from({ length: 3 }, (_, index) => (index === axis ? 1 : 0));
    store.put(id, vector, { ...NO_ATTRIBUTES, trackId: trackId || null, subjectId, quality });
  };
  put(1, 0, 20, 5, 0.75);
  put(2, 1, 10, 5, 1);
  put(3, 1, 20, 5, 1);
  put(4, 2, 0, null, 1);
  put(5, 2, 20, 5, 1);
  store.remove(5);
  const tracks = [...groupTemplates(store, 'track')];
  assert.deepEqual(
    tracks.map(({ id, faces, attributes }) => [id, faces, attributes.faces, attributes.quality]),
    [
      [10, 1, 1, 1],
      [20, 2, 2, 1],
    ],
  );
  assert.deepEqual([...tracks[0].vector], [0, 1, 0]);
  [0.6, 0.8, 0].forEach((value, index) => {
    assert.ok(Math.abs(tracks[1].vector[index] - value) < 1e-6);
  });
  const subjects = [...groupTemplates(store, 'subject')];
  assert.deepEqual(
    subjects.map(({ id, faces }) => [id, faces]),
    [[5, 3]],
  );
  // Templates are rows like any others.
  const templates = new VectorStore({ dimension: 3 });
  for (const { id, vector, attributes } of tracks) templates.put(id, vector, attributes);
  assert.equal(templates.attributes(20)?.faces, 2);
});

test('a compact store has nothing to fuse', () => {
  const store = new VectorStore({ dimension: 3, encoding: 'compact' });
  assert.throws(() => [...groupTemplates(store, 'track')], { code: 'unsupported' });
});
