// Prior boxes and regressions worked by hand; the comparison with the original graph stands in engine/onnx.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFaces, priorBoxes } from '../../../src-main/imaging/priors.ts';

test('priors of the training size: 4,420, cell by cell', () => {
  const priors = priorBoxes(320, 240);
  assert.equal(priors.length / 4, 4420);
  assert.deepEqual([...priors.subarray(0, 16)], [4, 4, 10, 10, 4, 4, 16, 16, 4, 4, 24, 24, 12, 4, 10, 10]);
  assert.deepEqual([...priors.subarray(-4)], [4.5 * 64, 3.5 * 64 - 8, 256, 240]);
});

test('odd sizes round the feature maps up', () => {
  // 33 × 7: 5 × 1, 3 × 1, 2 × 1 and 1 × 1 cells of 3, 2, 2 and 3 priors.
  assert.equal(priorBoxes(33, 7).length / 4, 15 + 6 + 4 + 3);
});

test('a regression moves and stretches its prior', () => {
  const priors = Float32Array.from([100, 60, 20, 20, 0, 0, 10, 10]);
  const scores = Float32Array.from([0.1, 0.9, 0.8, 0.2]);
  // Centre (100 + 1·0.1·20, 60 − 2·0.1·20) = (102, 56); 20·e^(0.2·ln 2 / 0.2) = 40 wide, 20 high.
  const regressions = Float32Array.from([1, -2, Math.log(2) / 0.2, 0, 0, 0, 0, 0]);
  const [box, ...others] = decodeFaces(scores, regressions, priors, 0.5);
  assert.equal(others.length, 0);
  const expected = { x: 82, y: 46, width: 40, height: 20, score: 0.9 };
  for (const key of ['x', 'y', 'width', 'height', 'score'] as const)
    assert.ok(Math.abs(box[key] - expected[key]) < 1e-4, `${key} ${box[key]}`);
});

test('outputs of another size are a bug of ours', () => {
  assert.throws(
    () => decodeFaces(new Float32Array(2), new Float32Array(8), new Float32Array(8), 0.5),
    /2 priors need 4 scores and 8 regressions, got 2 and 8/,
  );
});
