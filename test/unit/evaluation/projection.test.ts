import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix, normaliseRows } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { projectToPlane } from '../../../src-main/evaluation/projection.ts';

const GROUPS = 5;

/** 60 rows about five centres. */
function made() {
  const rng = Rng.seeded(4);
  const centres = Array.from({ length: GROUPS * 32 }, () => rng.normal());
  const values = Float32Array.from({ length: 60 * 32 }, (_, at) => {
    const row = Math.floor(at / 32);
    return centres[(row % GROUPS) * 32 + (at % 32)] + 0.2 * rng.normal();
  });
  return normaliseRows(matrix(values, 32));
}

test('rows of one group come to lie together, and the same seed gives the same plane', () => {
  const rows = made();
  const { x, y } = projectToPlane(rows, 7);
  assert.equal(x.length, 60);
  const distance = (a: number, b: number) => Math.hypot(x[a] - x[b], y[a] - y[b]);
  let nearestInGroup = 0;
  for (let row = 0; row < 60; row++) {
    const others = Array.from({ length: 60 }, (_, other) => other).filter((other) => other !== row);
    const nearest = others.reduce((best, other) =>
      distance(row, other) < distance(row, best) ? other : best,
    );
    if (nearest % GROUPS === row % GROUPS) nearestInGroup++;
  }
  assert.ok(nearestInGroup >= 57, `${nearestInGroup} of 60`);
  assert.deepEqual(projectToPlane(rows, 7), { x, y });
});

test('too few rows are refused', () => {
  assert.throws(() => projectToPlane(matrix(Float32Array.from([1, 0, 0, 1]), 2), 1), {
    code: 'bad-data',
    message: /4 to 2000 embeddings, not 2/,
  });
});
