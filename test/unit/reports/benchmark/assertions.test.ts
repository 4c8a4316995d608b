import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkAssertions,
  ensureKnownNames,
  parseAssertion,
} from '../../../../src-main/reports/benchmark/assertions.ts';
import type { BenchmarkReport } from '../../../../src-main/reports/benchmark/report-model.ts';

/** Cells as far as assertions read them. */
function reportOf(accuracies: Readonly<Record<string, number>>): BenchmarkReport {
  const cells = Object.entries(accuracies).map(([id, accuracy]) => ({
    id,
    kind: 'pairs',
    measured: {
      accuracy,
      bestThresholdAccuracy: accuracy,
      auc: 0.9,
      eer: 0.2,
      operatingPoints: [
        { kind: 'supported', targetFmr: 0.1, tar: 0.75 },
        { kind: 'refused', targetFmr: 0.001 },
      ],
    },
  }));
  return { cells } as unknown as BenchmarkReport;
}

const REPORT = reportOf({
  'lfw.16.lr-lr.a.none': 0.86,
  'lfw.16.lr-lr.b.v2.none': 0.8,
  'lfw.16.lr-hr.a.none': 0.9,
});

function holds(text: string): boolean {
  return checkAssertions([parseAssertion(text)], REPORT)[0].holds;
}

test('a rule holds where it holds in every cell that it speaks of', () => {
  assert.ok(holds('lfw.16.lr-hr.accuracy>=90'));
  assert.ok(!holds('lfw.16.lr-hr.accuracy>90'));
  assert.ok(!holds('lfw.16.lr-lr.accuracy>=85'), 'b has 80');
  assert.ok(holds('lfw.16.lr-lr.a.accuracy>=85'));
  assert.ok(holds('lfw.16.lr-lr.b.v2.accuracy <= 80.5'), 'names may hold dots');
  assert.ok(holds('lfw.16.lr-lr.a.none.eer<20.1'));
  assert.ok(holds('lfw.16.lr-lr.a.tar@0.1>=75'));
  assert.ok(!holds('lfw.16.lr-lr.a.tar@0.001>=0'), 'a refused number holds nothing');
});

test('a share that binary fractions cannot write is the number that people read', () => {
  // 0.57 × 100 is 56.99999999999999.
  const report = reportOf({ 'lfw.16.lr-lr.a.none': 0.57 });
  assert.ok(checkAssertions([parseAssertion('lfw.16.lr-lr.accuracy>=57')], report)[0].holds);
});

test('what is no rule, or about nothing, is bad usage', () => {
  for (const text of ['lfw.16.lr-lr.accuracy', 'lfw.16.lr-lr.speed>=1', 'accuracy>=x', '']) {
    assert.throws(() => parseAssertion(text), {
      code: 'bad-usage',
      message: /reads like lfw\.16\.lr-lr\.accuracy>=85/,
    });
  }
  const ids = REPORT.cells.map(({ id }) => id);
  ensureKnownNames([parseAssertion('lfw.16.lr-lr.accuracy>=85')], ids);
  assert.throws(() => ensureKnownNames([parseAssertion('lfw.32.lr-lr.accuracy>=85')], ids), {
    code: 'bad-usage',
    message: /speaks of no cell of this run \(cells: lfw\.16\.lr-lr\.a\.none, /,
  });
});
