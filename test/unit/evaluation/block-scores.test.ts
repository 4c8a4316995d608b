import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, matrix, rowOf } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { scoreBlocks } from '../../../src-main/evaluation/block-scores.ts';
import { randomDirection } from '../../support/made-embeddings.ts';

function randomRows(rng: Rng, rows: number, dimension: number) {
  return matrix(
    Float32Array.from(Array.from({ length: rows }, () => [...randomDirection(rng, dimension)]).flat()),
    dimension,
  );
}

test('blocks hold every pair once, equal to plain inner products, at any block size', () => {
  const rng = Rng.seeded(3);
  const left = randomRows(rng, 13, 7);
  const right = randomRows(rng, 22, 7);
  for (const rows of [1, 3, 4, 5, 8, 64]) {
    const seen = new Map<string, number>();
    for (const block of scoreBlocks(left, right, { rows })) {
      for (let i = 0; i < block.leftRows; i++) {
        for (let j = 0; j < block.rightRows; j++) {
          const key = `${block.leftFirst + i},${block.rightFirst + j}`;
          assert.ok(!seen.has(key));
          seen.set(key, block.scores[i * block.rightRows + j]);
        }
      }
    }
    assert.equal(seen.size, 13 * 22);
    for (const [key, score] of seen) {
      const [i, j] = key.split(',').map(Number);
      assert.ok(Math.abs(score - dot(rowOf(left, i), rowOf(right, j))) < 1e-12);
    }
  }
});

test('the upper half alone still holds every pair i ≤ j', () => {
  const rows = randomRows(Rng.seeded(4), 11, 3);
  const seen = new Set<string>();
  for (const block of scoreBlocks(rows, rows, { rows: 4, upperOnly: true })) {
    for (let i = 0; i < block.leftRows; i++) {
      for (let j = 0; j < block.rightRows; j++) seen.add(`${block.leftFirst + i},${block.rightFirst + j}`);
    }
  }
  for (let i = 0; i < 11; i++) for (let j = i; j < 11; j++) assert.ok(seen.has(`${i},${j}`));
  assert.ok(!seen.has('8,0'));
});

test('dimensions that differ and empty blocks are refused', () => {
  const rng = Rng.seeded(5);
  const rows = randomRows(rng, 2, 3);
  assert.throws(() => scoreBlocks(rows, randomRows(rng, 2, 4)).next(), { code: 'bad-data' });
  assert.throws(() => scoreBlocks(rows, rows, { rows: 0 }).next(), { code: 'bad-usage' });
});
