import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../../../src-main/common/matrix.ts';
import { fuseFlipped, pairSimilarities } from '../../../src-main/evaluation/similarity.ts';

const rows = (...values: number[][]) => matrix(Float32Array.from(values.flat()), values[0].length);
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

test('cosines, worked by hand; left and right may be different matrices (LR-HR)', () => {
  const student = rows([1, 0], [0.6, 0.8]);
  const teacher = rows([0, 1], [-1, 0], [0.8, 0.6]);
  const scores = pairSimilarities(student, teacher, [
    { left: 0, right: 0 },
    { left: 0, right: 1 },
    { left: 1, right: 2 },
  ]);
  near(scores[0], 0);
  near(scores[1], -1);
  near(scores[2], 0.96);
  near(pairSimilarities(student, student, [{ left: 0, right: 1 }])[0], 0.6);
});

test('rounding of the stored length does not reach the cosine', () => {
  const slightlyLong = rows([1.0005, 0]);
  assert.equal(pairSimilarities(slightlyLong, slightlyLong, [{ left: 0, right: 0 }])[0], 1);
});

test('what is no embedding is refused, with its row', () => {
  const good = rows([1, 0]);
  const against = (values: number[]) => () =>
    pairSimilarities(rows([1, 0], values), good, [
      { left: 0, right: 0 },
      { left: 1, right: 0 },
    ]);
  assert.throws(against([2, 0]), {
    code: 'bad-data',
    message: 'left embedding 1 has length 2.00000, embeddings must have length 1',
  });
  assert.throws(against([0, 0]), { code: 'bad-data' });
  assert.throws(against([Number.NaN, 0]), { code: 'not-finite' });
  assert.throws(against([Number.POSITIVE_INFINITY, 0]), { code: 'not-finite' });
  assert.throws(() => pairSimilarities(good, rows([1, 0, 0]), []), {
    code: 'bad-data',
    message: 'embeddings of 2 and 3 dimensions cannot be compared',
  });
  for (const row of [-1, 1, 0.5]) {
    assert.throws(() => pairSimilarities(good, good, [{ left: 0, right: row }]), { code: 'bad-data' });
  }
  // A row that no pair uses does not matter: it belongs to an image that could not be decoded.
  assert.equal(pairSimilarities(rows([1, 0], [Number.NaN, 0]), good, [{ left: 0, right: 0 }])[0], 1);
});

test('flip fusion is the unit mean, and leaves its arguments alone', () => {
  const plain = rows([1, 0], [0.6, 0.8], [1, 0]);
  const mirrored = rows([0, 1], [0.6, 0.8], [-1, 0]);
  const fused = fuseFlipped(plain, mirrored);
  near(fused.values[0], Math.SQRT1_2);
  near(fused.values[1], Math.SQRT1_2);
  near(fused.values[2], 0.6);
  near(fused.values[3], 0.8);
  assert.deepEqual([...fused.values.subarray(4)], [0, 0]);
  assert.deepEqual([...plain.values.subarray(0, 2)], [1, 0]);
  assert.throws(() => pairSimilarities(fused, fused, [{ left: 2, right: 0 }]), { code: 'bad-data' });
  assert.throws(() => fuseFlipped(plain, rows([1, 0])), { code: 'bad-data' });
});
