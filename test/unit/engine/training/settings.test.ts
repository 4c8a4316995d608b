import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planNetwork } from '../../../../src-main/engine/models/plan.ts';
import {
  decayEpochs,
  learningRateAt,
  needsTeacher,
  type PresetName,
  presetSettings,
  withEpochs,
} from '../../../../src-main/engine/training/settings.ts';
import { assertClose } from '../../../support/close.ts';

const PRESETS: readonly PresetName[] = ['paper', 'ours', 'quick', 'teacher'];

test('the paper’s schedule: ×0.1 at epochs 21, 28 and 32 of 36', () => {
  const { schedule } = presetSettings('paper');
  const rates = [0, 20, 21, 27, 28, 31, 32, 35].map((epoch) => learningRateAt(schedule, epoch));
  assertClose(rates, [0.05, 0.05, 5e-3, 5e-3, 5e-4, 5e-4, 5e-5, 5e-5], 1e-12);
  assert.deepEqual(decayEpochs(36), [21, 28, 32]);
});

test('other numbers of epochs drop at the same shares', () => {
  assert.deepEqual([decayEpochs(3), decayEpochs(1)], [[2], []]);
  assert.deepEqual(decayEpochs(26), [15, 20, 23]);
  const { schedule } = withEpochs(presetSettings('paper'), 100);
  assert.deepEqual([schedule.epochs, schedule.decayAtEpochs], [100, [58, 78, 89]]);
  // Two drops at one epoch both count.
  assertClose([learningRateAt({ ...schedule, decayAtEpochs: [1, 1, 2] }, 1)], [0.05 * 0.01], 1e-12);
});

test('presets hold what they promise and survive JSON', () => {
  for (const name of PRESETS) {
    const settings = presetSettings(name);
    const { schedule, relation, network } = settings;
    assert.deepEqual(JSON.parse(JSON.stringify(settings)), settings, name);
    assert.equal(planNetwork(network).lastSize, name === 'teacher' ? 7 : 2);
    assert.ok(
      schedule.decayAtEpochs.every((epoch) => epoch > 0 && epoch < schedule.epochs),
      name,
    );
    assert.deepEqual([schedule.batchSize, schedule.momentum, schedule.weightDecay], [96, 0.9, 5e-4]);
    assert.deepEqual([relation.temperature, relation.weight, relation.relationSize], [0.1, 2, 256]);
  }
  const [paper, ours, quick, teacher] = PRESETS.map(presetSettings);
  assert.deepEqual([paper.embedding.isOn, paper.teacherViews, paper.schedule.epochs], [false, 1, 36]);
  assert.deepEqual([ours.embedding.isOn, ours.teacherViews, ours.network.widthFactor], [true, 9, 1]);
  assert.deepEqual([quick.schedule.epochs, quick.network.widthFactor], [16, 0.5]);
  assert.deepEqual([teacher.network.depth, teacher.network.resolutionPx], [50, 112]);
  assert.deepEqual(
    PRESETS.map((name) => needsTeacher(presetSettings(name))),
    [true, true, true, false],
  );
});
