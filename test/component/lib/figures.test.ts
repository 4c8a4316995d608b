// Figures as chart series and tables, by hand-made numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, tableOf } from '../../../src-renderer/lib/figures.ts';

const roc = {
  kind: 'lines',
  title: 'ROC',
  x: { label: 'FAR', scale: 'log', domain: [0.01, 1] },
  y: { label: 'TAR', scale: 'linear', domain: [0, 1] },
  series: [
    {
      name: 'a',
      points: [
        [1, 1],
        [0.1, 0.8],
        [0.1, 0.5],
        [0, 0.2],
      ],
    },
    { name: 'published', points: [[0.1, 0.9]], isDashed: true, hasDots: true },
  ],
} as const;

test('a curve from the right is drawn from the left and rises where x stays; what no log axis can show is left out', () => {
  const { series, xTicks, yTicks, isXLogarithmic } = drawn(roc);
  assert.deepEqual(series[0].points, [
    { x: 0.1, y: 0.5 },
    { x: 0.1, y: 0.8 },
    { x: 1, y: 1 },
  ]);
  assert.deepEqual([series[1].dash, series[1].hasMarks, isXLogarithmic], [1, true, true]);
  assert.deepEqual([xTicks, yTicks], [[0.01, 0.1, 1], null]);
});

test('a falling curve falls where x stays', () => {
  const points = [
    [1, 0],
    [0.1, 0.2],
    [0.1, 0.5],
    [0.02, 0.9],
  ] as const;
  const { series } = drawn({ ...roc, series: [{ name: 'det', points }] });
  assert.deepEqual(
    series[0].points.map(({ y }) => y),
    [0.9, 0.5, 0.2, 0],
  );
});

test('the table behind a figure has every point, drawn or not', () => {
  const { columns, rows } = tableOf(roc);
  assert.deepEqual(columns, ['series', 'FAR', 'TAR']);
  assert.equal(rows.length, 5);
  assert.deepEqual(rows[3], ['a', '0', '0.2']);
});

test('a histogram becomes shares in steps, its table the counts', () => {
  const figure = {
    kind: 'histogram',
    title: 'Scores',
    xLabel: 'cosine',
    edges: [-1, 0, 1],
    classes: [
      { name: 'genuine', counts: [1, 3] },
      { name: 'impostor', counts: [0, 0] },
    ],
  } as const;
  const { series, yRange } = drawn(figure);
  assert.deepEqual(series[0].points, [
    { x: -1, y: 0.25 },
    { x: 0, y: 0.75 },
    { x: 1, y: 0 },
  ]);
  assert.deepEqual(
    series[1].points.map(({ y }) => y),
    [0, 0, 0],
    'an empty class is no division by nought',
  );
  assert.ok(yRange[1] > 0.75 && series.every(({ form }) => form === 'steps'));
  assert.deepEqual(tableOf(figure).rows, [
    ['−1 … 0', '1', '0'],
    ['0 … 1', '3', '0'],
  ]);
});

test('points in the plane lose none of them to colours', () => {
  const points = Array.from({ length: 12 }, (_, kind) => ({ x: kind, y: -kind, kind }));
  const figure = { kind: 'points', title: 't-SNE', points } as const;
  const { series, xRange } = drawn(figure);
  assert.equal(
    series.reduce((sum, one) => sum + one.points.length, 0),
    12,
  );
  assert.ok(xRange[0] < 0 && xRange[1] > 11);
  assert.equal(tableOf(figure).rows.length, 12);
});
