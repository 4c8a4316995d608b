// When frames were taken, from their names.

import { parseCapturedAt } from './captured-at.ts';

const DATE_AND_TIME =
  /(?<!\d)(20\d\d|19\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[T_ .-]?(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)(?:[-_.,s]?(\d{1,6}))?(Z)?(?!\d)/;
/** Of 2001 and later, up to 2286: what else has 13 digits is not told from it, so all names must have it. */
const UNIX_MILLISECONDS = /(?<!\d)(1\d{12})(?!\d)/;
const UNIX_SECONDS = /(?<!\d)(1\d{9})(?:[._](\d{1,6}))?(?!\d)/;

/**
 * Milliseconds since 1970 (UTC) of a name such as `door_2026-01-31_18-00-05.250.jpg`, `20260131T180005Z.png`, `1769882405250.jpg`;
 * null where there is no time in it.
 */
export function timeOfName(name: string): number | null {
  const calendar = DATE_AND_TIME.exec(name);
  if (calendar !== null) {
    const [, year, month, day, hour, minute, second, fraction = '0'] = calendar;
    const time = parseCapturedAt(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
    if (time !== null) return time;
  }
  const milliseconds = UNIX_MILLISECONDS.exec(name);
  if (milliseconds !== null) return Number(milliseconds[1]);
  const seconds = UNIX_SECONDS.exec(name);
  if (seconds === null) return null;
  return Number(seconds[1]) * 1000 + Math.floor(Number(`0.${seconds[2] ?? 0}`) * 1000);
}

/**
 * Clocks that count seconds give several frames one time: those are spread evenly over the second. Times must be in order;
 * ones with fractions are left as they are.
 */
export function spreadOverSeconds(times: readonly number[]): number[] {
  if (times.some((time) => time % 1000 !== 0)) return [...times];
  const spread: number[] = [];
  for (let first = 0; first < times.length; ) {
    let end = first + 1;
    while (end < times.length && times[end] === times[first]) end++;
    for (let at = first; at < end; at++)
      spread.push(times[first] + Math.floor(((at - first) * 1000) / (end - first)));
    first = end;
  }
  return spread;
}
