// The pairs that look alike under two names are those of a comparison of everybody with everybody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { UNKNOWN_SUBJECT } from '../../../../src-main/evaluation/meaning/compared-items.ts';
import { findMostSimilarOfDifferent, type NamedItems } from '../../../../src-main/evaluation/self-check.ts';
import { findLookAlikes } from '../../../../src-main/processes/search/look-alikes.ts';
import { makeFaces } from '../../../support/made-embeddings.ts';

function namedFaces(seed: number, people: number, scatter: number): NamedItems {
  const rng = Rng.seeded(seed);
  const made = makeFaces(rng, {
    faces: Array.from({ length: people }, () => 1 + rng.int(9)),
    dimension: 32,
    scatter,
  });
  // Numbers as a gallery has them, from 1; one in twelve is nobody known.
  const subjects = Int32Array.from(made.subjects, (subject) =>
    subject % 12 === 5 ? UNKNOWN_SUBJECT : subject + 1,
  );
  return { vectors: made.vectors, subjects };
}

test('the same pairs as by comparing everybody with everybody, one of each two subjects', async () => {
  for (const [seed, people, scatter] of [
    [1, 3, 0.4],
    [2, 60, 0.4],
    [3, 200, 2],
    [4, 300, 0.1],
  ]) {
    const items = namedFaces(seed, people, scatter);
    for (const count of [1, 7, 8, 40, 300]) {
      const [found, expected] = await Promise.all([
        findLookAlikes(items, count, ProgressToken.silent()),
        findMostSimilarOfDifferent(items, { count }),
      ]);
      const said = `seed ${seed}, ${count} pairs`;
      assert.equal(found.length, expected.length, said);
      for (const [at, { left, right, score }] of found.entries()) {
        assert.ok(Math.abs(score - expected[at].score) < 1e-6, said);
        assert.notEqual(items.subjects[left], items.subjects[right], said);
      }
      const keys = found.map(({ left, right }) =>
        [items.subjects[left], items.subjects[right]].sort().join(),
      );
      assert.equal(new Set(keys).size, found.length, said);
    }
  }
});

test('one face as alike to many people as to itself: all of them are in the list', async () => {
  const items = namedFaces(5, 50, 0.3);
  const first = items.vectors.values.slice(0, 32);
  // Sixty people with the very same face, under names of their own.
  const values = Float32Array.from([...Array(60).keys()].flatMap(() => [...first]));
  const vectors = { ...items.vectors, rows: 60, values };
  const found = await findLookAlikes(
    { vectors, subjects: Int32Array.from({ length: 60 }, (_, at) => at + 1) },
    500,
    ProgressToken.silent(),
  );
  assert.equal(found.length, 500);
  assert.ok(found.every(({ score }) => Math.abs(score - 1) < 1e-6));
});

test('it tells how far it is, and stops when it is cancelled', async () => {
  const items = namedFaces(6, 200, 0.4);
  const told: number[] = [];
  const controller = new AbortController();
  await findLookAlikes(items, 10, new ProgressToken(({ done }) => told.push(done), controller.signal));
  assert.equal(told.at(-1), items.subjects.length - unknownOf(items));
  controller.abort();
  const cancelled = new ProgressToken(() => {}, controller.signal);
  await assert.rejects(findLookAlikes(items, 10, cancelled), { code: 'cancelled' });
});

function unknownOf({ subjects }: NamedItems): number {
  return Array.from(subjects).filter((subject) => subject === UNKNOWN_SUBJECT).length;
}
