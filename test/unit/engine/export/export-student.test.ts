import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Rng } from '../../../../src-main/common/rng.ts';
import { benchEmbed } from '../../../../src-main/engine/export/bench-embed.ts';
import { encodeStudent, exportStudent } from '../../../../src-main/engine/export/export-student.ts';
import { createFoldedExecutor } from '../../../../src-main/engine/models/folded-executor.ts';
import type { FoldedNetwork } from '../../../../src-main/engine/models/folded-network.ts';
import { type NetworkSpec, planNetwork } from '../../../../src-main/engine/models/plan.ts';
import { randomFoldedNetwork } from '../../../../src-main/engine/models/random-folded-network.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const METADATA = { glimpseVersion: '9.8.7', modelDigest: 'abc', faceBnProfile: 'yard' };

function network(
  resolutionPx: number,
  widthFactor: number,
  studentInput: NetworkSpec['studentInput'] = 'native',
): FoldedNetwork {
  const plan = planNetwork({ depth: 18, resolutionPx, studentInput, widthFactor, embeddingSize: 512 });
  return randomFoldedNetwork(plan, Rng.seeded(3));
}

/** (n, h, w, c) → (n, c, h, w). */
function toChannelsFirst(values: Float32Array, side: number): Float32Array {
  const plane = side ** 2;
  return Float32Array.from(values, (_, at) => {
    const face = Math.floor(at / (3 * plane));
    const channel = Math.floor(at / plane) % 3;
    return values[face * 3 * plane + (at % plane) * 3 + channel];
  });
}

for (const { side, width, batch, input } of [
  { side: 16, width: 0.5, batch: 5, input: 'native' },
  { side: 32, width: 0.25, batch: 1, input: 'native' },
  { side: 20, width: 0.25, batch: 2, input: 'native' },
  { side: 16, width: 0.125, batch: 2, input: '112' },
  { side: 41, width: 0.125, batch: 1, input: '112' },
] as const) {
  test(`onnxruntime gives the executor's embeddings: ${side} px, ${input}, width ${width}, batch ${batch}`, async (context) => {
    const student = network(side, width, input);
    const folder = await mkdtemp(join(tmpdir(), 'glimpse-export-'));
    context.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'student.onnx');
    await exportStudent(path, student, METADATA);
    const session = await InferenceSession.create(path);
    context.after(() => session.release());
    assert.deepEqual([session.inputNames, session.outputNames], [['input'], ['embedding']]);

    const rng = Rng.seeded(4);
    const faces = Float32Array.from({ length: batch * 3 * side ** 2 }, () => rng.uniform(-1, 1));
    const planes = new Tensor('float32', toChannelsFirst(faces, side), [batch, 3, side, side]);
    const { embedding } = await session.run({ input: planes });
    assert.deepEqual(embedding.dims, [batch, 512]);

    const executor = createFoldedExecutor(runtime, student);
    const values = executor.embedNow(faces);
    // TensorFlow's ResizeBicubic reads its kernel from a table of 1,024 entries.
    const tolerance = input === '112' ? 1e-4 : 1e-5;
    (embedding.data as Float32Array).forEach((theirs, at) => {
      assert.ok(Math.abs(theirs - values[at]) < tolerance, `value ${at}: ${theirs}, ${values[at]}`);
    });
    executor.dispose();
  });
}

test('the file says what it is and what it wants', () => {
  const model = onnxProto.onnx.ModelProto.decode(encodeStudent(network(16, 1 / 16), METADATA));
  assert.deepEqual(Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])), {
    model_digest: 'abc',
    resolution_px: '16',
    pixel_scaling: '(value - 127.5) / 127.5',
    channel_order: 'RGB',
    facebn_profile: 'yard',
  });
  assert.equal(model.producerVersion, '9.8.7');
  assert.equal(Number(model.opsetImport[0].version), 17);
  const dimensions = model.graph?.input?.[0].type?.tensorType?.shape?.dim;
  assert.equal(dimensions?.[0].dimParam, 'N');
});

test('the same student is written byte for byte the same', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-export-'));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'deep', 'student.onnx');
  await exportStudent(path, network(16, 1 / 16), METADATA);
  assert.deepEqual(await readFile(path), Buffer.from(encodeStudent(network(16, 1 / 16), METADATA)));
});

test('the benchmark runs every engine in turn', async () => {
  const before = tf.memory().numTensors;
  const result = await benchEmbed(runtime, { network: network(16, 1 / 8), batch: 4, repeats: 3, seed: 1 });
  assert.equal(result.unit, 'images/s');
  const names = [result.name, result.baseline.name, ...result.others.map(({ name }) => name)].toSorted();
  assert.deepEqual(names, ['onnxruntime all', 'onnxruntime extended', 'own kernel', 'tensorflow']);
  assert.ok(result.baseline.median >= result.others[0].median);
  assert.equal(result.ratio, result.median / result.baseline.median);
  assert.ok(result.slowest <= result.median && result.median <= result.fastest);
  assert.equal(tf.memory().numTensors, before);
});
