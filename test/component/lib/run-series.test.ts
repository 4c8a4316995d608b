// Curves of runs as chart series, against points counted by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accuracySeries,
  lossSeries,
  type RunPoints,
  stepSeries,
} from '../../../src-renderer/lib/run-series.ts';

const run: RunPoints = {
  name: 'a',
  steps: [
    {
      epoch: 0,
      step: 5,
      stepsPerEpoch: 10,
      learningRate: 0.1,
      values: { total: 9, gradientNorm: 4, classification: 7, relation: 2 },
      imagesPerSecond: 100,
      rssMb: 500,
    },
    {
      epoch: 1,
      step: 10,
      stepsPerEpoch: 10,
      learningRate: 0.01,
      values: { total: 3, gradientNorm: 1, classification: 2, relation: 1 },
      imagesPerSecond: 120,
      rssMb: 510,
    },
  ],
  epochs: [
    { epoch: 0, validation: null },
    { epoch: 1, validation: { lrLr: 0.75, lrHr: 0.8 } },
  ],
};
const other: RunPoints = { ...run, name: 'b', epochs: [{ epoch: 0, validation: { lrLr: 0.5, lrHr: null } }] };
const labels = {
  total: 'total',
  terms: { classification: 'C', instance: 'I', relation: 'R', embedding: 'E' },
};

test('a step stands at its place in epochs', () => {
  const [series] = stepSeries([run], 'learningRate');
  assert.deepEqual(series.points, [
    { x: 0.5, y: 0.1 },
    { x: 2, y: 0.01 },
  ]);
  assert.deepEqual(
    stepSeries([run], 'gradientNorm')[0].points.map(({ y }) => y),
    [4, 1],
  );
});

test('one run shows its terms, several show their totals, told apart by dash', () => {
  assert.deepEqual(
    lossSeries([run], labels).map(({ label }) => label),
    ['total', 'C', 'R'],
  );
  const both = lossSeries([run, other], labels);
  assert.deepEqual(
    both.map(({ label, dash }) => [label, dash]),
    [
      ['a total', 0],
      ['b total', 1],
    ],
  );
});

test('accuracy is in percent, at the end of its epoch, without what was not measured', () => {
  const series = accuracySeries([run, other], { lrLr: 'LL', lrHr: 'LH' });
  assert.deepEqual(
    series.map(({ label, points }) => [label, points]),
    [
      ['a LL', [{ x: 2, y: 75 }]],
      ['a LH', [{ x: 2, y: 80 }]],
      ['b LL', [{ x: 1, y: 50 }]],
    ],
  );
});
