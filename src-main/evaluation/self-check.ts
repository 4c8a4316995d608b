// Labels that look wrong: the most similar pairs of different subjects (one person under two names), and the least similar
// pairs of one subject (two persons under one name).

import { setImmediate as nextTurn } from 'node:timers/promises';
import { ensure } from '../common/errors.ts';
import { dot, type Matrix, rowOf } from '../common/matrix.ts';
import { ProgressToken } from '../common/progress.ts';
import type { Rng } from '../common/rng.ts';
import { type ScoreBlock, scoreBlocks } from './block-scores.ts';
import { UNKNOWN_SUBJECT } from './meaning/compared-items.ts';
import { ensureUnitRows } from './similarity.ts';
import { type ScoredPair, TopPairs } from './top-pairs.ts';

/** N unit rows and whose they are; unknown ones are left out of both lists. */
export interface NamedItems {
  readonly vectors: Matrix;
  readonly subjects: ArrayLike<number>;
}

export interface SelfCheckOptions {
  /** Length of a list. Default 100. */
  readonly count?: number;
  /** Pairs of the same two subjects in the first list. Default 1: one wrong label would fill it otherwise. */
  readonly perSubjects?: number;
  /** Pairs of one subject in the second list. Default 2. */
  readonly perSubject?: number;
}

/** With more items than this each is compared with so many others of its subject, drawn at random. */
const OTHERS_OF_SUBJECT = 300;
const BLOCK_ROWS = 256;

/**
 * Exact, over all pairs of known items: time O(N² D / 2), so a minute or so for 20,000 faces of 512 dimensions; for larger galleries
 * give `mostSimilarOfDifferent` the neighbours that a search has found. Memory: a block of scores. Gives way to other work
 * between blocks. Throws `bad-data`, `not-finite` and `cancelled`.
 */
export async function findMostSimilarOfDifferent(
  items: NamedItems,
  options: SelfCheckOptions = {},
  progress = ProgressToken.silent(),
): Promise<ScoredPair[]> {
  ensureNamed(items);
  const { vectors, subjects } = items;
  const list = differentSubjectsList(items, options);
  const blockRows = Math.ceil(vectors.rows / BLOCK_ROWS);
  const stage = progress.stage('comparing subjects', (blockRows * (blockRows + 1)) / 2, 'blocks');
  for (const block of scoreBlocks(vectors, vectors, { rows: BLOCK_ROWS, upperOnly: true })) {
    progress.throwIfCancelled();
    offerBlock(block, subjects, list);
    stage.advance();
    await nextTurn();
  }
  return list.pairs;
}

/** The same list from pairs that someone else scored, such as each item's nearest neighbours; other pairs are not seen. */
export function mostSimilarOfDifferent(
  candidates: Iterable<ScoredPair>,
  items: NamedItems,
  options: SelfCheckOptions = {},
): ScoredPair[] {
  const { subjects } = items;
  const list = differentSubjectsList(items, options);
  for (const { left, right, score } of candidates) {
    ensure(
      left in subjects && right in subjects,
      'bad-data',
      `a pair names items ${left} and ${right}, there are ${subjects.length}`,
    );
    if (areDifferent(subjects, left, right)) list.offer(left, right, score);
  }
  return list.pairs;
}

/** Over all pairs of each subject; a subject of more than 301 items by 300 random others for each of its items. */
export async function findLeastSimilarOfSame(
  items: NamedItems,
  rng: Rng,
  { count = 100, perSubject = 2 }: SelfCheckOptions = {},
  progress = ProgressToken.silent(),
): Promise<ScoredPair[]> {
  ensureNamed(items);
  const { vectors, subjects } = items;
  const list = new TopPairs(count, 'lowest', perSubject, (left) => `${subjects[left]}`);
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < vectors.rows; row++) {
    if (subjects[row] === UNKNOWN_SUBJECT) continue;
    const known = rowsOf.get(subjects[row]);
    if (known === undefined) rowsOf.set(subjects[row], [row]);
    else known.push(row);
  }
  const stage = progress.stage('comparing within subjects', vectors.rows, 'items');
  for (const rows of rowsOf.values()) {
    for (let at = 0; at < rows.length; at++) {
      progress.throwIfCancelled();
      const vector = rowOf(vectors, rows[at]);
      for (const other of othersOf(rows, at, rng)) {
        const score = dot(vector, rowOf(vectors, other));
        if (list.wants(score)) list.offer(rows[at], other, score);
      }
      stage.advance();
      if (at % BLOCK_ROWS === BLOCK_ROWS - 1) await nextTurn();
    }
  }
  return list.pairs;
}

function differentSubjectsList(
  { subjects }: NamedItems,
  { count = 100, perSubjects = 1 }: SelfCheckOptions,
): TopPairs {
  const keyOf = (left: number, right: number): string => {
    const [low, high] = [subjects[left], subjects[right]].sort((a, b) => a - b);
    return `${low} ${high}`;
  };
  return new TopPairs(count, 'highest', perSubjects, keyOf);
}

function offerBlock(block: ScoreBlock, subjects: ArrayLike<number>, list: TopPairs): void {
  const { leftFirst, leftRows, rightFirst, rightRows, scores } = block;
  for (let row = 0; row < leftRows; row++) {
    const left = leftFirst + row;
    for (let column = 0; column < rightRows; column++) {
      const right = rightFirst + column;
      const score = scores[row * rightRows + column];
      if (left < right && list.wants(score) && areDifferent(subjects, left, right))
        list.offer(left, right, score);
    }
  }
}

function areDifferent(subjects: ArrayLike<number>, left: number, right: number): boolean {
  const [a, b] = [subjects[left], subjects[right]];
  return a !== b && a !== UNKNOWN_SUBJECT && b !== UNKNOWN_SUBJECT;
}

/** All later rows of a small subject; of a large one random others, not the row itself. */
function othersOf(rows: readonly number[], at: number, rng: Rng): readonly number[] {
  if (rows.length <= OTHERS_OF_SUBJECT + 1) return rows.slice(at + 1);
  return Array.from(
    { length: OTHERS_OF_SUBJECT },
    () => rows[(at + 1 + rng.int(rows.length - 1)) % rows.length],
  );
}

function ensureNamed({ vectors, subjects }: NamedItems): void {
  ensure(
    vectors.rows === subjects.length,
    'bad-data',
    `every embedding needs a subject or ${UNKNOWN_SUBJECT}: there are ${vectors.rows} embeddings and ` +
      `${subjects.length} subjects`,
  );
  ensureUnitRows(vectors, 'gallery');
}
