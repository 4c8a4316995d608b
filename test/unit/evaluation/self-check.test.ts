import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, rowOf } from '../../../src-main/common/matrix.ts';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { UNKNOWN_SUBJECT } from '../../../src-main/evaluation/meaning/compared-items.ts';
import {
  findLeastSimilarOfSame,
  findMostSimilarOfDifferent,
  mostSimilarOfDifferent,
  type NamedItems,
} from '../../../src-main/evaluation/self-check.ts';
import type { ScoredPair } from '../../../src-main/evaluation/top-pairs.ts';
import { makeFaces } from '../../support/made-embeddings.ts';

const FACES = makeFaces(Rng.seeded(1), {
  faces: Array.from({ length: 150 }, (_, subject) => 1 + (subject % 4)),
  dimension: 8,
  scatter: 0.8,
});

function naivePairs(
  { vectors, subjects }: NamedItems,
  isWanted: (a: number, b: number) => boolean,
): ScoredPair[] {
  const pairs: ScoredPair[] = [];
  for (let left = 0; left < vectors.rows; left++) {
    for (let right = left + 1; right < vectors.rows; right++) {
      if (!isWanted(subjects[left], subjects[right])) continue;
      pairs.push({ left, right, score: dot(rowOf(vectors, left), rowOf(vectors, right)) });
    }
  }
  return pairs;
}

/** The best of each key, then the best of all. */
function naiveTop(pairs: ScoredPair[], keyOf: (pair: ScoredPair) => string, perKey: number, count: number) {
  const taken = new Map<string, number>();
  return pairs
    .filter((pair) => {
      const ofKey = taken.get(keyOf(pair)) ?? 0;
      taken.set(keyOf(pair), ofKey + 1);
      return ofKey < perKey;
    })
    .slice(0, count);
}

function assertSamePairs(actual: readonly ScoredPair[], expected: readonly ScoredPair[]): void {
  const rows = (pairs: readonly ScoredPair[]) =>
    pairs.map(({ left, right }) => `${Math.min(left, right)} ${Math.max(left, right)}`);
  assert.deepEqual(rows(actual), rows(expected));
}

const isDifferent = (a: number, b: number) => a !== b && a !== UNKNOWN_SUBJECT && b !== UNKNOWN_SUBJECT;

test('the most similar pairs of different subjects are those of a naive search, at most so many of two subjects', async () => {
  const keyOf = ({ left, right }: ScoredPair) =>
    [FACES.subjects[left], FACES.subjects[right]].sort((a, b) => a - b).join();
  const sorted = naivePairs(FACES, isDifferent).sort((a, b) => b.score - a.score);
  for (const perSubjects of [1, 2, 100]) {
    const expected = naiveTop(sorted, keyOf, perSubjects, 40);
    const found = await findMostSimilarOfDifferent(FACES, { count: 40, perSubjects });
    assertSamePairs(found, expected);
    assertSamePairs(mostSimilarOfDifferent(sorted.toReversed(), FACES, { count: 40, perSubjects }), expected);
  }
});

test('the least similar pairs of one subject are those of a naive search', async () => {
  const sorted = naivePairs(FACES, (a, b) => a === b).sort((a, b) => a.score - b.score);
  const keyOf = ({ left }: ScoredPair) => `${FACES.subjects[left]}`;
  const found = await findLeastSimilarOfSame(FACES, Rng.seeded(1), { count: 30, perSubject: 2 });
  assertSamePairs(found, naiveTop(sorted, keyOf, 2, 30));
});

test('a person under two names and a face under a wrong name lead the lists; unknown faces are in neither', async () => {
  const faces = makeFaces(Rng.seeded(2), {
    faces: Array.from({ length: 60 }, () => 6),
    dimension: 32,
    scatter: 0.5,
  });
  const subjects = Int32Array.from(faces.subjects);
  // Half of subject 7 is called 60, one face of subject 20 is called 33, and all of subject 40 is unknown.
  for (const face of [42, 43, 44]) subjects[face] = 60;
  subjects[120] = 33;
  for (let face = 240; face < 246; face++) subjects[face] = UNKNOWN_SUBJECT;
  const items = { vectors: faces.vectors, subjects };
  const [different, next] = await findMostSimilarOfDifferent(items, { count: 5 });
  const pairOf = ({ left, right }: ScoredPair) => [subjects[left], subjects[right]].sort((a, b) => a - b);
  assert.deepEqual([pairOf(different), pairOf(next)].sort(), [
    [20, 33],
    [7, 60],
  ]);
  const least = await findLeastSimilarOfSame(items, Rng.seeded(1), { count: 10, perSubject: 5 });
  for (const { left, right } of least.slice(0, 5))
    assert.ok(left === 120 || right === 120, `${left} ${right}`);
});

test('a subject of many items is sampled within bounds, and its stranger is still found', async () => {
  const faces = makeFaces(Rng.seeded(3), { faces: [900, 1], dimension: 16, scatter: 0.5 });
  const items = { vectors: faces.vectors, subjects: new Int32Array(901) };
  const [least] = await findLeastSimilarOfSame(items, Rng.seeded(1), { count: 1 });
  assert.ok(least.left === 900 || least.right === 900);
});

test('it reports progress, stops when cancelled, and names bad input', async () => {
  const reports: number[] = [];
  const controller = new AbortController();
  await findMostSimilarOfDifferent(
    FACES,
    {},
    new ProgressToken(({ done }) => reports.push(done), controller.signal),
  );
  assert.equal(reports.at(-1), 3);
  controller.abort();
  const cancelled = new ProgressToken(() => {}, controller.signal);
  await assert.rejects(findMostSimilarOfDifferent(FACES, {}, cancelled), { code: 'cancelled' });
  await assert.rejects(findLeastSimilarOfSame(FACES, Rng.seeded(1), {}, cancelled), { code: 'cancelled' });
  await assert.rejects(findMostSimilarOfDifferent({ ...FACES, subjects: [1] }), { code: 'bad-data' });
  await assert.rejects(findMostSimilarOfDifferent(FACES, { count: 0 }), { code: 'bad-usage' });
  assert.throws(() => mostSimilarOfDifferent([{ left: 0, right: 9999, score: 1 }], FACES), {
    code: 'bad-data',
  });
});
