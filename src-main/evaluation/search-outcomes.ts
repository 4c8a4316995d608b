// From embeddings to what each search came to: the mate's score and rank, and the best score of anyone else.

import { ensure } from '../common/errors.ts';
import type { Matrix } from '../common/matrix.ts';
import { type ScoreBlock, scoreBlocks } from './block-scores.ts';
import { ensureUnitRows } from './similarity.ts';

const BLOCK_ROWS = 256;
/** Scores of all entries that are held at once where entries are ranked. */
const ENTRY_SCORES = 2 ** 23;

/** Where the probe's own subject stood. */
export interface MateOutcome {
  /** The best score of the mate's gallery entries. */
  readonly score: number;
  /** From 1; a tie counts against the mate. Subjects are ranked by their best entry; or entries are, by `entryOutcomes`. */
  readonly rank: number;
  /** Of the ranked entries, by `entryOutcomes`: the mean of the precisions at each entry of the mate. */
  readonly averagePrecision?: number;
}

/** One search of one probe. All metrics of identification start from these. */
export interface SearchOutcome {
  /** Whose face the probe is: searches of one subject's faces are not independent of each other. */
  readonly probeSubject: number;
  /** Null for a probe whose subject is not enrolled (non-mated). */
  readonly mate: MateOutcome | null;
  /** The best score of any other subject; null when none is enrolled. */
  readonly bestOther: number | null;
}

/** Unit rows and whose they are, by any whole numbers. */
export interface LabelledRows {
  readonly vectors: Matrix;
  readonly subjects: ArrayLike<number>;
}

/**
 * Searches every probe in the whole gallery. A subject with several gallery entries answers with its best. Throws `bad-data`
 * for an empty gallery, labels that do not fit, dimensions that differ or embeddings of another length than 1, and
 * `not-finite` for NaN. Memory: 256 × (number of subjects) × 8 bytes.
 */
export function searchOutcomes(probes: LabelledRows, gallery: LabelledRows): SearchOutcome[] {
  ensureLabelled(probes, 'probe');
  ensureLabelled(gallery, 'gallery');
  ensure(gallery.vectors.rows > 0, 'bad-data', 'a search needs a gallery with at least one entry');
  const columns = new Map<number, number>();
  const columnOf = Int32Array.from({ length: gallery.subjects.length }, (_, row) =>
    columnOfSubject(columns, gallery.subjects[row]),
  );
  const count = columns.size;
  const best = new Float64Array(Math.min(BLOCK_ROWS, probes.vectors.rows) * count);
  const outcomes: SearchOutcome[] = [];
  for (const block of scoreBlocks(probes.vectors, gallery.vectors, { rows: BLOCK_ROWS })) {
    if (block.rightFirst === 0) best.fill(Number.NEGATIVE_INFINITY);
    keepBest(block, columnOf, best, count);
    if (block.rightFirst + block.rightRows < gallery.vectors.rows) continue;
    for (let row = 0; row < block.leftRows; row++) {
      const scores = best.subarray(row * count, (row + 1) * count);
      const subject = probes.subjects[block.leftFirst + row];
      outcomes.push(outcomeOf(scores, subject, columns.get(subject) ?? null));
    }
  }
  return outcomes;
}

/**
 * The same with entries ranked instead of subjects, and the average precision of each mated search: what is published where a
 * gallery has several pictures of a person (TinyFace). Memory: some 64 MB, or 8 bytes for each entry where that is more.
 */
export function entryOutcomes(probes: LabelledRows, gallery: LabelledRows): SearchOutcome[] {
  ensureLabelled(probes, 'probe');
  ensureLabelled(gallery, 'gallery');
  const entries = gallery.vectors.rows;
  ensure(entries > 0, 'bad-data', 'a search needs a gallery with at least one entry');
  const rows = Math.max(1, Math.min(BLOCK_ROWS, probes.vectors.rows, Math.floor(ENTRY_SCORES / entries)));
  const held = new Float64Array(rows * entries);
  const outcomes: SearchOutcome[] = [];
  for (const block of scoreBlocks(probes.vectors, gallery.vectors, { rows })) {
    const { leftFirst, leftRows, rightFirst, rightRows, scores } = block;
    for (let row = 0; row < leftRows; row++)
      held.set(scores.subarray(row * rightRows, (row + 1) * rightRows), row * entries + rightFirst);
    if (rightFirst + rightRows < entries) continue;
    for (let row = 0; row < leftRows; row++) {
      const ofRow = held.subarray(row * entries, (row + 1) * entries);
      outcomes.push(entryOutcomeOf(ofRow, gallery.subjects, probes.subjects[leftFirst + row]));
    }
  }
  return outcomes;
}

/** The same searches as if no probe's mate were enrolled: one non-mated search for each. */
export function withMatesRemoved(outcomes: readonly SearchOutcome[]): SearchOutcome[] {
  return outcomes.map((outcome) => ({ ...outcome, mate: null }));
}

function ensureLabelled({ vectors, subjects }: LabelledRows, side: string): void {
  ensure(
    vectors.rows === subjects.length,
    'bad-data',
    `every ${side} embedding needs a subject: there are ${vectors.rows} embeddings and ${subjects.length} subjects`,
  );
  ensureUnitRows(vectors, side);
}

/** A subject's column, in order of first appearance. */
function columnOfSubject(columns: Map<number, number>, subject: number): number {
  const known = columns.get(subject);
  if (known !== undefined) return known;
  columns.set(subject, columns.size);
  return columns.size - 1;
}

function keepBest(block: ScoreBlock, columnOf: Int32Array, best: Float64Array, count: number): void {
  for (let row = 0; row < block.leftRows; row++) {
    for (let column = 0; column < block.rightRows; column++) {
      const at = row * count + columnOf[block.rightFirst + column];
      const score = block.scores[row * block.rightRows + column];
      if (score > best[at]) best[at] = score;
    }
  }
}

/** @param scores of each entry */
function entryOutcomeOf(
  scores: Float64Array,
  subjects: ArrayLike<number>,
  probeSubject: number,
): SearchOutcome {
  const mates = scores.filter((_, entry) => subjects[entry] === probeSubject).sort();
  /** Others that stand above the mate's entry of this index, ties included; the mate's entries rise. */
  const above = new Uint32Array(mates.length);
  let bestOther = Number.NEGATIVE_INFINITY;
  for (let entry = 0; entry < scores.length; entry++) {
    if (subjects[entry] === probeSubject) continue;
    const score = scores[entry];
    if (score > bestOther) bestOther = score;
    for (let mate = 0; mate < mates.length && score >= mates[mate]; mate++) above[mate]++;
  }
  const count = mates.length;
  let precisions = 0;
  for (let mate = 0; mate < count; mate++) precisions += (count - mate) / (count - mate + above[mate]);
  return {
    probeSubject,
    mate:
      count === 0
        ? null
        : { score: mates[count - 1], rank: above[count - 1] + 1, averagePrecision: precisions / count },
    bestOther: bestOther === Number.NEGATIVE_INFINITY ? null : bestOther,
  };
}

/** @param scores best score of each subject's column */
function outcomeOf(scores: Float64Array, probeSubject: number, mateColumn: number | null): SearchOutcome {
  const mateScore = mateColumn === null ? null : scores[mateColumn];
  let bestOther = Number.NEGATIVE_INFINITY;
  let notBelow = 0;
  for (let column = 0; column < scores.length; column++) {
    if (column === mateColumn) continue;
    if (scores[column] > bestOther) bestOther = scores[column];
    if (mateScore !== null && scores[column] >= mateScore) notBelow++;
  }
  return {
    probeSubject,
    mate: mateScore === null ? null : { score: mateScore, rank: notBelow + 1 },
    bestOther: bestOther === Number.NEGATIVE_INFINITY ? null : bestOther,
  };
}
