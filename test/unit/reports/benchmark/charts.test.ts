import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramChart, lineChart, pointChart } from '../../../../src-main/reports/benchmark/charts.ts';

test('a line goes from corner to corner of its axes, points outside are left out', () => {
  const { markup } = lineChart(
    'Title <1>',
    { label: 'x', scale: 'linear', domain: [0, 10] },
    { label: 'y', scale: 'log', domain: [0.01, 1] },
    [
      {
        name: 'a & b',
        points: [
          [0, 0.01],
          [5, 0.1],
          [10, 1],
          [11, 1],
          [3, 0],
        ],
      },
    ],
  );
  // Left 56, right 446, bottom 254, top 12; the middle of a logarithm of 0.01 … 1 is 0.1.
  assert.match(markup, /d="M56\.0 254\.0L251\.0 133\.0L446\.0 12\.0"/);
  assert.match(markup, /aria-label="Title &lt;1&gt;"/);
  assert.match(markup, /a &amp; b/);
  assert.match(markup, />0\.01<\/text>.*>0\.1<\/text>.*>1<\/text>/s);
});

test('histograms show shares; long curves are thinned with both ends kept', () => {
  const { markup } = histogramChart(
    'h',
    's',
    [0, 1, 2],
    [
      { name: 'g', counts: [1, 3] },
      { name: 'i', counts: [0, 0] },
    ],
  );
  assert.equal(markup.match(/<path/g)?.length, 2);
  assert.doesNotMatch(markup, /NaN/);
  const points = Array.from({ length: 5000 }, (_, index) => [index, index] as const);
  const axis = { label: '', scale: 'linear', domain: [0, 4999] } as const;
  const line = lineChart('l', axis, axis, [{ name: 'n', points }]).markup;
  assert.ok((line.match(/L/g)?.length ?? 0) <= 401);
  assert.match(line, /L446\.0 12\.0"/);
});

test('one point alone is drawn', () => {
  assert.match(pointChart('p', [{ x: 3, y: 3, kind: 0 }]).markup, /<circle cx="\d/);
});
