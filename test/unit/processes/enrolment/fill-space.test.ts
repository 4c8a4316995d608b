import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProgressReport, ProgressToken } from '../../../../src-main/common/progress.ts';
import type { Space } from '../../../../src-main/gallery/db/queries/spaces.ts';
import { fillSpace, type SpaceStore } from '../../../../src-main/processes/enrolment/fill-space.ts';

const KEY = {
  modelDigest: 'a'.repeat(64),
  profileDigest: null,
  preprocessing: 1,
  frameDigest: 'f'.repeat(64),
  side: 'lr',
  dimension: 1,
} as const;
const SPACE: Space = { ...KEY, id: 7, state: 'filling', isActive: false };
const FACES = 300;

/** Faces 1 … 300, whose crop is their number; what is stored is a number, too. */
function madeStore(): { store: SpaceStore; stored: Map<number, number> } {
  const stored = new Map<number, number>();
  const store: SpaceStore = {
    begin: async () => ({ space: SPACE, faces: FACES, embedded: stored.size }),
    todo: async (space, after, limit) => {
      assert.equal(space, 7);
      const all = Array.from({ length: FACES }, (_, at) => at + 1);
      const missing = all.filter((id) => id > after && !stored.has(id));
      return missing.slice(0, limit).map((id) => ({ id, crop: String(id) }));
    },
    fill: async (_, entries) => {
      for (const { faceId, vector } of entries) stored.set(faceId, vector[0]);
    },
  };
  return { store, stored };
}

test('stopped between batches, it goes on without embedding a face twice', async () => {
  const { store, stored } = madeStore();
  const embedded: number[] = [];
  const controller = new AbortController();
  const embed = async (crops: readonly string[]): Promise<Float32Array[]> => {
    embedded.push(...crops.map(Number));
    if (embedded.length > 200) controller.abort();
    return crops.map((crop) => Float32Array.of(Number(crop) * 2));
  };
  const token = new ProgressToken(() => {}, controller.signal);
  await assert.rejects(fillSpace(store, { space: KEY, profile: null }, embed, token), { code: 'cancelled' });
  assert.ok(stored.size > 0 && stored.size < FACES, `${stored.size} stored`);
  assert.equal(stored.size, embedded.length, 'the batch under way is kept');

  const reports: ProgressReport[] = [];
  const again = new ProgressToken((report) => reports.push(report), new AbortController().signal);
  const done = await fillSpace(store, { space: KEY, profile: null }, embed, again);
  assert.deepEqual(done, { space: SPACE, faces: FACES });
  assert.equal(embedded.length, FACES);
  assert.deepEqual(
    [...stored].sort(([one], [other]) => one - other),
    Array.from({ length: FACES }, (_, at) => [at + 1, (at + 1) * 2]),
  );
  assert.ok(reports[0].done > 0, 'what was there counts as done');
  assert.equal(reports.at(-1)?.done, FACES);
});

test('a failed batch stores nothing of itself', async () => {
  const { store, stored } = madeStore();
  const embed = async (): Promise<Float32Array[]> => {
    throw new Error('the engine ended');
  };
  await assert.rejects(
    fillSpace(store, { space: KEY, profile: null }, embed, ProgressToken.silent()),
    /the engine ended/,
  );
  assert.equal(stored.size, 0);
});
