// Scores in words: what an examiner reads must say no more than was measured.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expectedText,
  intervalText,
  rateBand,
  rateSentence,
  ratioSentence,
  shortRate,
} from '../../../src-renderer/lib/score-words.ts';

const measured = {
  fmr: 1 / 3200,
  fmrInterval: { low: 1 / 4000, high: 1 / 2500 },
  measuredOn: { pairs: 1e6 },
};
const bounded = { fmr: null, fmrInterval: { low: 0, high: 1e-5 }, measuredOn: { pairs: 1e6 } };
const unmeasured = { fmr: null, fmrInterval: null, measuredOn: null };

test('a rate, a bound and nothing are told apart', () => {
  assert.equal(rateSentence(measured), '1 in 3,200 strangers would score this high');
  assert.equal(rateSentence(bounded), 'Fewer than 1 in 100,000 strangers would score this high');
  assert.match(rateSentence(unmeasured), /was not measured$/);
  assert.deepEqual([measured, bounded, unmeasured].map(shortRate), ['1:3.2k', '< 1:100k', '–']);
});

test('a rate rarer than the pairs measured is said to be extrapolated', () => {
  const fitted = { ...measured, fmr: 1 / 6.1e6 };
  assert.equal(shortRate(fitted), '≈ 1:6.1M');
  assert.equal(
    rateSentence(fitted),
    'By extrapolation, 1 in 6,100,000 strangers would score this high: none of those measured did',
  );
});

test('an interval from zero has no end', () => {
  assert.equal(intervalText(measured), '1 in 2,500 … 4,000');
  assert.equal(intervalText(bounded), '1 in 100,000 or rarer');
  assert.equal(intervalText(unmeasured), null);
});

test('bands rise by factors of ten and end at five', () => {
  const band = (fmr: number) => rateBand({ fmr, fmrInterval: null });
  assert.deepEqual([0.5, 0.05, 0.0005, 1e-9].map(band), [0, 1, 3, 5]);
  assert.equal(rateBand(unmeasured), null);
});

test('false matches to expect', () => {
  assert.equal(expectedText(0.31, 2), '0.31');
  assert.equal(expectedText(183.2, null), '183');
  assert.equal(expectedText(0.001, null), 'under 0.01');
  assert.equal(expectedText(null, 0.5), 'under 0.5');
  assert.equal(expectedText(null, null), null);
});

test('a likelihood ratio names the likelier side', () => {
  assert.equal(ratioSentence(2), '100 times likelier for one person than for two');
  assert.equal(ratioSentence(0.4786), '3.0 times likelier for one person than for two');
  assert.equal(ratioSentence(-2), '100 times likelier for two people than for one');
});
