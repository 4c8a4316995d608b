import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  betaCumulative,
  betaQuantile,
  logGamma,
  studentQuantile,
} from '../../../src-main/evaluation/beta.ts';
import { assertClose } from '../../support/close.ts';

test('ln Γ is the logarithm of factorials, and of √π at one half', () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    assertClose([logGamma(n)], [Math.log(factorial)], 1e-13);
    factorial *= n;
  }
  assertClose([logGamma(0.5), logGamma(0.25)], [Math.log(Math.sqrt(Math.PI)), 1.2880225246980774], 1e-13);
});

test('the cumulative function of whole parameters is a binomial tail', () => {
  // I_x(a, b) = P(Binomial(a + b − 1, x) ≥ a), DLMF 8.17.5.
  for (const [a, b, x] of [
    [1, 1, 0.3],
    [2, 5, 0.1],
    [7, 3, 0.8],
    [30, 71, 0.31],
  ]) {
    const trials = a + b - 1;
    let tail = 0;
    for (let hits = a; hits <= trials; hits++) {
      tail += binomial(trials, hits) * x ** hits * (1 - x) ** (trials - hits);
    }
    assertClose([betaCumulative(x, a, b)], [tail], 1e-12, `I_${x}(${a}, ${b})`);
  }
  assert.equal(betaCumulative(0, 2, 3), 0);
  assert.equal(betaCumulative(1, 2, 3), 1);
});

test('quantiles invert it, in both tails and for a million trials', () => {
  for (const [probability, a, b] of [
    [0.025, 1, 1_000_000],
    [0.975, 3, 999_998],
    [0.5, 0.5, 0.5],
    [0.975, 10.4, 5],
    [0.025, 400_000, 600_000],
  ]) {
    assertClose([betaCumulative(betaQuantile(probability, a, b), a, b)], [probability], 1e-8);
  }
  assertClose([betaQuantile(0.3, 1, 1)], [0.3], 1e-11);
  // 1 − (1 − x)ⁿ = p, solved for x.
  assert.ok(Math.abs(betaQuantile(0.975, 1, 1e6) / -Math.expm1(Math.log(0.025) / 1e6) - 1) < 1e-9);
});

test("Student's quantiles are those of the printed tables", () => {
  const printed = [
    [1, 12.7062],
    [2, 4.3027],
    [10, 2.2281],
    [30, 2.0423],
    [1000, 1.9623],
  ];
  for (const [degrees, quantile] of printed) {
    assert.equal(studentQuantile(0.95, degrees).toFixed(4), quantile.toFixed(4));
  }
});

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}
