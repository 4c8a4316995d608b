// Times the search for one person under two names against the comparison of all pairs that it replaced, on made embeddings.
//   node test/bench/evaluation/look-alikes.ts [<tracks of the comparison>] [<further numbers of tracks, by the search alone> …]
// Prints one JSON line for each number of tracks.

import { ProgressToken } from '../../../src-main/common/progress.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { findMostSimilarOfDifferent, type NamedItems } from '../../../src-main/evaluation/self-check.ts';
import { findLookAlikes } from '../../../src-main/processes/search/look-alikes.ts';
import { makeFaces } from '../../support/made-embeddings.ts';

const PAIRS = 100;
const TRACKS_OF_A_PERSON = 5;
const DIMENSION = 512;

function made(tracks: number): NamedItems {
  const faces = Array.from({ length: Math.ceil(tracks / TRACKS_OF_A_PERSON) }, () => TRACKS_OF_A_PERSON);
  const { vectors, subjects } = makeFaces(Rng.seeded(1), { faces, dimension: DIMENSION, scatter: 1 });
  return { vectors, subjects: Int32Array.from(subjects, (subject) => subject + 1) };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

const [compared = 10_000, ...further] = process.argv.slice(2).map(Number);
for (const [at, tracks] of [compared, ...further].entries()) {
  const items = made(tracks);
  const searched = await seconds(() => findLookAlikes(items, PAIRS, ProgressToken.silent()));
  const all = at > 0 ? null : await seconds(() => findMostSimilarOfDifferent(items, { count: PAIRS }));
  const result = {
    name: 'look-alikes',
    tracks,
    unit: 's',
    searched,
    baseline: { name: 'all pairs', seconds: all },
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
