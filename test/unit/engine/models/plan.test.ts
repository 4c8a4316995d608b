import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type NetworkSpec,
  planNetwork,
  planNorms,
  planParameters,
} from '../../../../src-main/engine/models/plan.ts';

const STUDENT: NetworkSpec = {
  depth: 18,
  resolutionPx: 16,
  studentInput: 'native',
  widthFactor: 1,
  embeddingSize: 512,
};

function countParameters(spec: NetworkSpec): number {
  return planParameters(planNetwork(spec)).reduce(
    (sum, { shape }) => sum + shape.reduce((product, extent) => product * extent),
    0,
  );
}

test('the last map is 2×2 at 16 and 32 px, 4×4 at 64 and 7×7 at 112', () => {
  const lastSizes = [16, 32, 64, 112].map(
    (resolutionPx) => planNetwork({ ...STUDENT, resolutionPx }).lastSize,
  );
  assert.deepEqual(lastSizes, [2, 2, 4, 7]);
  assert.equal(planNetwork({ ...STUDENT, studentInput: '112' }).lastSize, 7);
  const sizes = planNetwork(STUDENT).blocks.map(({ inputSize }) => inputSize);
  assert.deepEqual(sizes, [16, 16, 16, 8, 8, 4, 4, 2]);
});

/** Layer by layer, as the ArcFace family counts, but without the last norm's fixed scale. */
function countByHand(blocksPerStage: readonly number[], isStemHalved: boolean, lastSize: number): number {
  const block = (input: number, output: number, isProjected: boolean): number =>
    2 * input + // norm1
    9 * input * output + // conv1
    3 * output + // norm2 and slopes
    9 * output * output + // conv2
    2 * output + // norm3
    (isProjected ? input * output + 2 * output : 0);
  const stem = 27 * 64 + 3 * 64;
  const stages = blocksPerStage.map((blocks, stage) => {
    const channels = 64 * 2 ** stage;
    const first = stage === 0 ? block(64, 64, isStemHalved) : block(channels / 2, channels, true);
    return first + (blocks - 1) * block(channels, channels, false);
  });
  const head = 2 * 512 + lastSize ** 2 * 512 * 512 + 512 + 512;
  return stem + stages.reduce((sum, count) => sum + count) + head;
}

test('networks have as many parameters as their layers by hand', () => {
  assert.equal(countParameters(STUDENT), countByHand([2, 2, 2, 2], false, 2));
  assert.equal(countParameters(STUDENT), 12_224_384);
  assert.equal(countParameters({ ...STUDENT, resolutionPx: 32 }), countByHand([2, 2, 2, 2], true, 2));
  assert.equal(countParameters({ ...STUDENT, resolutionPx: 112 }), countByHand([2, 2, 2, 2], true, 7));
  const teacher = { ...STUDENT, depth: 50, resolutionPx: 112 } as const;
  assert.equal(countParameters(teacher), countByHand([3, 4, 14, 3], true, 7));
});

test('names of parameters and norms are unique, and every norm but the last has a scale', () => {
  for (const depth of [18, 50] as const) {
    const plan = planNetwork({ ...STUDENT, depth });
    const names = planParameters(plan).map(({ name }) => name);
    const norms = planNorms(plan);
    assert.equal(new Set(names).size, names.length);
    assert.equal(new Set(norms.map(({ name }) => name)).size, norms.length);
    for (const { name, channels } of norms) {
      const offset = planParameters(plan).find((parameter) => parameter.name === `${name}.offset`);
      assert.deepEqual(offset?.shape, [channels], name);
      assert.equal(names.includes(`${name}.scale`), name !== 'embedding', name);
    }
  }
});

test('weight decay falls on convolutions and matrices alone', () => {
  for (const { name, shape, role } of planParameters(planNetwork(STUDENT)))
    assert.equal(role === 'weight', shape.length > 1, name);
});

test('an input that the stages cannot halve, or a width without channels, is refused', () => {
  const refused = (spec: Partial<NetworkSpec>): (() => void) => {
    return () => planNetwork({ ...STUDENT, ...spec });
  };
  assert.throws(refused({ resolutionPx: 15 }), { code: 'bad-usage', message: /16 to 112 px wide, not 15/ });
  assert.throws(refused({ resolutionPx: 113 }), { code: 'bad-usage', message: /not 113/ });
  assert.throws(refused({ widthFactor: 0.001 }), { code: 'bad-usage', message: /0\.001 leaves no channels/ });
});
