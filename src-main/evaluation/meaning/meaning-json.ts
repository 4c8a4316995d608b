// Score meanings read back from JSON: version and shape are checked before any number is believed.

import { ensure } from '../../common/errors.ts';
import { SCORE_MEANING_VERSION, type ScoreMeaning } from '../score-meaning.ts';

/** Parses what `JSON.stringify` wrote. Throws `bad-data` for another version or a damaged text. */
export function parseScoreMeaning(text: string): ScoreMeaning {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    ensure(
      false,
      'bad-data',
      `a score meaning is no valid JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  ensure(isRecord(value), 'bad-data', 'a score meaning is a JSON object');
  ensure(
    value.version === SCORE_MEANING_VERSION,
    'bad-data',
    `a score meaning of version ${SCORE_MEANING_VERSION} is needed, this one has ${value.version}: measure it again`,
  );
  ensure(
    (value.source === 'gallery' || value.source === 'reference') && typeof value.symmetric === 'boolean',
    'bad-data',
    'a score meaning names its source (gallery or reference) and whether it is symmetric',
  );
  ensure(
    Array.isArray(value.cells) && value.cells.every(isCell),
    'bad-data',
    'a score meaning has a damaged cell',
  );
  return value as unknown as ScoreMeaning;
}

function isCell(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { probeBand, galleryBand, impostors, tail, likelihood, genuine = null } = value;
  return (
    isBand(probeBand) &&
    isBand(galleryBand) &&
    isCurve(impostors) &&
    isTail(tail) &&
    isLikelihood(likelihood) &&
    (genuine === null || isNumbers(genuine))
  );
}

function isCurve(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { pairs, people, dyads, scores, counts, effectivePairs } = value;
  if (![pairs, people, dyads].every((count) => isNumber(count) && count > 0)) return false;
  if (!isNumbers(scores) || !isNumbers(counts) || !isNumbers(effectivePairs)) return false;
  if (scores.length === 0 || scores.length !== counts.length || counts.length !== effectivePairs.length)
    return false;
  const falls = scores.every((score, at) => at === 0 || score < scores[at - 1]);
  const rises = counts.every((count, at) => at === 0 || count > counts[at - 1]);
  return falls && rises && effectivePairs.every((count) => count > 0) && counts[counts.length - 1] === pairs;
}

function isTail(value: unknown): boolean {
  if (value === null) return true;
  if (!isRecord(value)) return false;
  const { from, share, scale, deepestFmr, highestFmr } = value;
  return [from, share, scale, deepestFmr, highestFmr].every(isNumber);
}

function isLikelihood(value: unknown): boolean {
  if (value === null) return true;
  if (!isRecord(value)) return false;
  const { scores, log10Ratios } = value;
  return (
    isNumbers(scores) && isNumbers(log10Ratios) && scores.length === log10Ratios.length && scores.length > 0
  );
}

function isBand(value: unknown): boolean {
  return value === 0 || value === 1 || value === 2 || value === 3;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber);
}
