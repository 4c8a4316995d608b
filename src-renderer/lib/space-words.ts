// Spaces, their comparison and purges in words: pure, so that it is tested as it is.

import { percent } from './format.ts';

interface FaceBn {
  readonly mode: 'calibrated' | 'pooled';
  readonly gamma: number;
  readonly lambda: number;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** `pooled λ 1`, `calibrated γ 0.1`. */
export function faceBnLabel({ mode, gamma, lambda }: FaceBn): string {
  return mode === 'pooled' ? `pooled λ ${lambda}` : `calibrated γ ${gamma}`;
}

/** Of the change of the FNMR: only an interval that leaves zero out says anything. */
export function verdictOf({ low, high }: Interval): 'better' | 'worse' | 'same' {
  if (high < 0) return 'better';
  return low > 0 ? 'worse' : 'same';
}

/** A change of a share in points, with its sign: `−6.2`, `+0.3`, `0.0`. */
export function points(change: number): string {
  const text = Math.abs(change * 100).toFixed(1);
  if (text === '0.0') return text;
  return `${change < 0 ? '−' : '+'}${text}`;
}

/** `10 %`, `0.1 %`. */
export function rateText(rate: number): string {
  return percent(rate, Math.max(0, Math.ceil(-Math.log10(rate)) - 2));
}

/** `door-2026-11-24.gallery`: where a copy is proposed to go. */
export function backupName(gallery: string, day: Date): string {
  return `${gallery}-${day.toISOString().slice(0, 10)}.gallery`;
}
