import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuseTemplate } from '../../../../src-main/gallery/search/fusion.ts';

const EAST = Float32Array.of(1, 0);
const NORTH = Float32Array.of(0, 1);

function assertNear(actual: Float32Array, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, index) => {
    assert.ok(Math.abs(actual[index] - value) < 1e-6, `${[...actual]} is not ${expected}`);
  });
}

test('the mean is weighted by quality and has length 1', () => {
  // 0.75 · east + 1 · north has length 1.25.
  const { vector, faces } = fuseTemplate([
    { embedding: EAST, quality: 0.75 },
    { embedding: NORTH, quality: 1 },
  ]);
  assertNear(vector, [0.6, 0.8]);
  assert.equal(faces, 2);
});

test('an unknown quality counts as the mean of the known ones', () => {
  const known = [0.2, 0.6].map((quality) => ({ embedding: EAST, quality }));
  // 0.8 · east + 0.4 · north: length √0.8.
  const { vector } = fuseTemplate([...known, { embedding: NORTH, quality: null }]);
  assertNear(vector, [0.8 / Math.sqrt(0.8), 0.4 / Math.sqrt(0.8)]);
});

test('without any quality all faces count the same', () => {
  const half = Math.SQRT1_2;
  for (const quality of [null, 0]) {
    const faces = [EAST, NORTH].map((embedding) => ({ embedding, quality }));
    assertNear(fuseTemplate(faces).vector, [half, half]);
  }
});

test('refuses what is no template', () => {
  const west = Float32Array.of(-1, 0);
  const fuse = (embeddings: Float32Array[], quality: number | null = 1) =>
    fuseTemplate(embeddings.map((embedding) => ({ embedding, quality })));
  assert.throws(() => fuse([]), { code: 'bad-data', message: /at least one face/ });
  assert.throws(() => fuse([EAST, west]), { code: 'bad-data', message: /cancel out/ });
  assert.throws(() => fuse([EAST, Float32Array.of(1, 0, 0)]), { code: 'bad-data', message: /3 dimensions/ });
  assert.throws(() => fuse([Float32Array.of(2, 0)]), { code: 'bad-data', message: /length 2/ });
  assert.throws(() => fuse([Float32Array.of(Number.NaN, 0)]), { code: 'not-finite' });
  assert.throws(() => fuse([EAST], -0.5), { code: 'bad-data', message: /-0.5/ });
});
