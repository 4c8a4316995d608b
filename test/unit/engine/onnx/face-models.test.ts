// The package's face networks after our edits: the same answers as before them, and at other sizes.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GlimpseError } from '../../../../src-main/common/errors.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { editOnnx } from '../../../../src-main/engine/onnx/edit.ts';
import { faceModelsFolder, openFaceModels } from '../../../../src-main/engine/onnx/face-models.ts';
import { openOnnxModel } from '../../../../src-main/engine/onnx/session.ts';
import { decodeFaces, priorBoxes } from '../../../../src-main/imaging/priors.ts';

const models = await openFaceModels(faceModelsFolder(), { intraOpNumThreads: 1 });
after(() => models.dispose());

/** Ours minus the original's centre y: 3 · 40 · 30 + 2 · 20 · 15 priors agree, then come 2 · 10 · 8 and 3 · 5 · 4. */
function rowShiftOf(index: number): number {
  if (index < 4200) return 0;
  if (index < 4360) return (Math.floor((index - 4200) / 20) + 0.5) * 2 - 8;
  return (Math.floor((index - 4360) / 15) + 0.5) * 4 - 8;
}

function noise(length: number, seed: number): Float32Array {
  const rng = Rng.seeded(seed);
  return Float32Array.from({ length }, () => rng.uniform(-1, 1));
}

test('our priors and decoding give the boxes that the original graph computes at 320 × 240', async (context) => {
  const path = join(faceModelsFolder(), 'fr_detect.onnx');
  const original = await openOnnxModel(
    editOnnx(await readFile(path), path, { freeAxes: {}, outputs: { boxes: 'boxes' } }),
    path,
    { intraOpNumThreads: 1 },
  );
  context.after(() => original.dispose());
  const input = { data: noise(3 * 240 * 320, 1), dims: [1, 3, 240, 320] };
  const { boxes } = await original.run({ input });
  const { scores, regressions } = await models.detector.run({ input });
  const decoded = decodeFaces(scores.data, regressions.data, priorBoxes(320, 240), 0);
  assert.equal(decoded.length, 4420);
  // Rows of the last two maps: 30 and 60 px apart in the original, 32 and 64 less 8 in ours (see priorBoxes).
  let worst = 0;
  for (const [index, box] of decoded.entries()) {
    const [left, top, right, bottom] = boxes.data.subarray(index * 4, index * 4 + 4);
    const y = box.y - rowShiftOf(index);
    worst = Math.max(
      worst,
      Math.abs(box.x - left * 320),
      Math.abs(y - top * 240),
      Math.abs(box.x + box.width - right * 320),
      Math.abs(y + box.height - bottom * 240),
    );
  }
  assert.ok(worst < 0.01, `largest difference ${worst} px`);
});

for (const [width, height] of [
  [640, 360],
  [33, 7],
  [65, 130],
]) {
  test(`the detector takes ${width}×${height} and answers for as many priors as we lay out`, async () => {
    const { scores, regressions } = await models.detector.run({
      input: { data: noise(3 * width * height, 2), dims: [1, 3, height, width] },
    });
    const count = priorBoxes(width, height).length / 4;
    assert.deepEqual(scores.dims, [1, count, 2]);
    assert.deepEqual(regressions.dims, [1, count, 4]);
  });
}

test('the landmark network takes batches and treats each face alone', async () => {
  const data = noise(2 * 64 * 64, 3);
  const { output } = await models.landmarks.run({ input: { data, dims: [2, 1, 64, 64] } });
  const second = await models.landmarks.run({
    input: { data: data.slice(64 * 64), dims: [1, 1, 64, 64] },
  });
  assert.deepEqual(output.dims, [2, 136]);
  for (const [index, value] of second.output.data.entries())
    assert.ok(Math.abs(value - output.data[136 + index]) < 1e-4);
});

test('a folder without the models is named', async () => {
  await assert.rejects(openFaceModels('no-such-folder'), (error) => {
    assert.ok(error instanceof GlimpseError);
    assert.equal(error.code, 'not-found');
    assert.match(error.message, /no-such-folder.fr_detect\.onnx does not exist/);
    return true;
  });
});
