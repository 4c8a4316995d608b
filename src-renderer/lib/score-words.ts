// Scores for people: never alone, never as a percentage of anything.

import { count } from './format.ts';

interface Scored {
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  /** The strangers' pairs that the rate comes from. */
  readonly measuredOn: { readonly pairs: number } | null;
}

/** `0.612`. */
export function scoreText(score: number): string {
  return score.toFixed(3);
}

/** Rarer than one of the pairs that were measured: a tail was fitted to them. */
function isExtrapolated({ fmr, measuredOn }: Scored): boolean {
  return fmr !== null && measuredOn !== null && fmr * measuredOn.pairs < 1;
}

/** `1:12k`, `≈ 1:6M` by extrapolation, `< 1:300k`, or `–` where it was not measured. */
export function shortRate(scored: Scored): string {
  const { fmr, fmrInterval } = scored;
  if (fmr !== null && fmr > 0) return `${isExtrapolated(scored) ? '≈ ' : ''}1:${shortCount(1 / fmr)}`;
  return fmrInterval === null ? '–' : `< 1:${shortCount(1 / fmrInterval.high)}`;
}

/** Strangers that it takes, on average, until one scores this high. */
export function rateSentence(scored: Scored): string {
  const { fmr, fmrInterval } = scored;
  if (fmr !== null && fmr > 0) {
    const rate = `1 in ${oneIn(fmr)} strangers would score this high`;
    return isExtrapolated(scored) ? `By extrapolation, ${rate}: none of those measured did` : rate;
  }
  if (fmrInterval === null) return 'How many strangers would score this high was not measured';
  return `Fewer than 1 in ${oneIn(fmrInterval.high)} strangers would score this high`;
}

export function intervalText({ fmrInterval }: Pick<Scored, 'fmrInterval'>): string | null {
  if (fmrInterval === null) return null;
  const { low, high } = fmrInterval;
  return low > 0 ? `1 in ${oneIn(high)} … ${oneIn(low)}` : `1 in ${oneIn(high)} or rarer`;
}

/** 0 (common among strangers) to 5 (rarer than one in 100,000); null where nothing was measured. */
export function rateBand({ fmr, fmrInterval }: Pick<Scored, 'fmr' | 'fmrInterval'>): number | null {
  const rate = fmr !== null && fmr > 0 ? fmr : (fmrInterval?.high ?? null);
  if (rate === null) return null;
  return Math.max(0, Math.min(5, Math.floor(-Math.log10(rate))));
}

/** False matches to expect: `0.3`, `12`, `under 0.01`. */
export function expectedText(expected: number | null, bound: number | null): string | null {
  if (expected !== null) return expected < 0.01 ? 'under 0.01' : shortFigure(expected);
  return bound === null ? null : `under ${shortFigure(Math.max(bound, 0.01))}`;
}

/** `log₁₀` of how much likelier one person is than two, in words. */
export function ratioSentence(log10: number): string {
  const times = 10 ** Math.abs(log10);
  const shown = times >= 10 ? count(Number(times.toPrecision(2))) : times.toPrecision(2);
  return log10 >= 0
    ? `${shown} times likelier for one person than for two`
    : `${shown} times likelier for two people than for one`;
}

function shortFigure(value: number): string {
  return value >= 10 ? count(value) : String(Number(value.toPrecision(2)));
}

function oneIn(rate: number): string {
  const many = 1 / rate;
  return many < 10 ? many.toPrecision(2) : count(Number(many.toPrecision(3)));
}

function shortCount(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(2))}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(2))}k`;
  return String(Number(value.toPrecision(2)));
}
