// How fast each model embedded here before: what a plan's estimate rests on.

import { join } from 'node:path';
import { readJsonFile, writeFileAtomically } from '../../common/files.ts';

/** Fewer faces than this say more about loading than about embedding. */
const LEAST_FACES = 100;

/** Faces per second, and where the number comes from. */
export interface Pace {
  readonly facesPerSecond: number;
  readonly source: 'measured here' | 'guessed';
}

/** Guesses for a machine that has measured nothing yet; two cores of 2024 do about this. */
const GUESSES: readonly (readonly [prefix: string, facesPerSecond: number])[] = [
  ['student', 600],
  ['teacher', 80],
  ['hr', 80],
];

export class PaceBook {
  readonly #path: string;
  readonly #facesPerSecond: Map<string, number>;

  private constructor(path: string, known: Map<string, number>) {
    this.#path = path;
    this.#facesPerSecond = known;
  }

  /** A damaged book is begun anew: it only holds estimates. */
  static async open(cacheFolder: string): Promise<PaceBook> {
    const path = join(cacheFolder, 'benchmark-pace.json');
    const value = await readJsonFile(path).catch(() => null);
    const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
    const known = entries.filter(
      (entry): entry is [string, number] => Number.isFinite(entry[1]) && entry[1] > 0,
    );
    return new PaceBook(path, new Map(known));
  }

  paceOf(key: string): Pace {
    const known = this.#facesPerSecond.get(key);
    if (known !== undefined) return { facesPerSecond: known, source: 'measured here' };
    const guess = GUESSES.find(([prefix]) => key.startsWith(prefix));
    return { facesPerSecond: guess?.[1] ?? 100, source: 'guessed' };
  }

  record(key: string, faces: number, seconds: number): void {
    if (faces >= LEAST_FACES && seconds > 0) this.#facesPerSecond.set(key, faces / seconds);
  }

  async save(): Promise<void> {
    const sorted = [...this.#facesPerSecond].sort(([left], [right]) => (left < right ? -1 : 1));
    await writeFileAtomically(this.#path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
