import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EpochMeter } from '../../../../src-main/engine/training/epoch-meter.ts';
import type { readStep, StepValues } from '../../../../src-main/engine/training/step.ts';

type Read = ReturnType<typeof readStep>;

/** A meter reads what it holds through a function: here the held value is the reading itself. */
const reader = (held: StepValues): Read => held as unknown as Read;

function reading(total: number, terms: Read['terms'] = {}): StepValues {
  return { total, gradientNorm: 10 * total, terms } as unknown as StepValues;
}

test('a group is the mean since the last report, an epoch the mean over all its steps', () => {
  const meter = new EpochMeter(4);
  meter.hold(reading(1, { classification: 3 }));
  meter.hold(reading(3, { classification: 5 }));
  assert.deepEqual(meter.takeGroup(reader), { total: 2, gradientNorm: 20, classification: 4 });
  meter.hold(reading(8, { classification: 1 }));
  assert.deepEqual(meter.takeGroup(reader), { total: 8, gradientNorm: 80, classification: 1 });
  assert.deepEqual(meter.finishEpoch().averages, { total: 4, gradientNorm: 40, classification: 3 });
  meter.hold(reading(7));
  meter.takeGroup(reader);
  assert.deepEqual(meter.finishEpoch().averages, { total: 7, gradientNorm: 70 });
});

test('an interrupted meter goes on to the same bits, wherever it was cut', () => {
  const values = [0.1, 0.2, 0.3, 1e-17, 0.7];
  const run = (meter: EpochMeter, from: number, to: number): void => {
    for (const value of values.slice(from, to)) meter.hold(reading(value));
  };
  const whole = new EpochMeter(4);
  run(whole, 0, 5);
  const [group, epoch] = [whole.takeGroup(reader), whole.finishEpoch().averages];
  for (let cut = 0; cut <= values.length; cut++) {
    const first = new EpochMeter(4);
    run(first, 0, cut);
    const saved = JSON.parse(JSON.stringify(first.sums(reader)));
    const second = new EpochMeter(4, saved);
    run(second, cut, 5);
    assert.deepEqual(second.takeGroup(reader), group);
    assert.deepEqual(second.finishEpoch().averages, epoch);
  }
});

test('NaN in one step makes the group NaN', () => {
  const meter = new EpochMeter(4);
  meter.hold(reading(1));
  meter.hold(reading(Number.NaN));
  assert.ok(Number.isNaN(meter.takeGroup(reader).total));
});

test('speeds: of the last fifty steps, of the epoch, of the sitting', () => {
  const meter = new EpochMeter(10);
  assert.equal(meter.overallImagesPerSecond, 0);
  for (let step = 0; step < 50; step++) meter.countStep(1000);
  for (let step = 0; step < 50; step++) meter.countStep(100);
  assert.equal(Math.round(meter.recentImagesPerSecond), 100);
  meter.hold(reading(1));
  meter.takeGroup(reader);
  const { imagesPerSecond, seconds } = meter.finishEpoch();
  assert.equal(Math.round(seconds), 55);
  assert.equal(imagesPerSecond.toFixed(3), (1000 / 55).toFixed(3));
  meter.countStep(45_000);
  assert.equal(meter.overallImagesPerSecond.toFixed(3), (1010 / 100).toFixed(3));
});

test('an epoch whose steps were all trained in an earlier sitting has no speed', () => {
  const meter = new EpochMeter(4, { epoch: { total: 6, gradientNorm: 2, steps: 2 }, group: {} });
  assert.deepEqual(meter.finishEpoch(), {
    averages: { total: 3, gradientNorm: 1 },
    imagesPerSecond: 0,
    seconds: 0,
  });
});

test('what is left counts the ends of epochs, once one was seen', () => {
  const meter = new EpochMeter(10);
  meter.countStep(500);
  assert.equal(meter.secondsFor(8, 2), 4);
  meter.countEnding(3000);
  meter.countEnding(1000);
  assert.equal(meter.secondsFor(8, 2), 4 + 2 * 2);
});
