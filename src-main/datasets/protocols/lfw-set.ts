// The LFW protocol on disk (pairs.txt and a folder of images) as a set of pairs.

import type { ProgressToken } from '../../common/progress.ts';
import { fileSource } from '../face-source.ts';
import { fingerprintOf } from '../identity-folders.ts';
import { readLfwPairs } from '../lfw.ts';
import type { PairSet } from './protocol-set.ts';
import { numberSubjects } from './subject-numbers.ts';

/** Throws as `readLfwPairs` does; images that are absent are refused unless they are skipped. */
export async function openLfwSet(
  root: string,
  missingImages: 'refuse' | 'skip',
  progress: ProgressToken,
): Promise<PairSet> {
  const lfw = await readLfwPairs(root, { missingImages });
  const files = { root: lfw.imageRoot, paths: lfw.images };
  const people = lfw.images.map((path) => path.split('/')[0]);
  const { subjects, subjectNames } = numberSubjects(people);
  const shared = countSharedPeople(people, lfw.pairs);
  const notes =
    shared === 0
      ? ['no person stands in two folds']
      : [`${shared} people stand in more than one fold, which LFW's own folds do not allow`];
  return {
    kind: 'pairs',
    protocol: 'lfw',
    title: 'LFW, folders and pairs.txt',
    faces: fileSource(files),
    fingerprint: await fingerprintOf(files, progress),
    subjects,
    subjectNames,
    leftOut: lfw.missing.map(({ path, pairs }) => ({
      path,
      reason: `is absent; ${pairs} pairs need it`,
    })),
    notes,
    isNative: false,
    pairs: lfw.pairs,
    folds: lfw.folds,
    pairsLeftOut: lfw.pairsLeftOut,
  };
}

function countSharedPeople(people: readonly string[], pairs: PairSet['pairs']): number {
  const foldOf = new Map<string, number>();
  const shared = new Set<string>();
  for (const { left, right, fold } of pairs) {
    for (const person of [people[left], people[right]]) {
      const known = foldOf.get(person) ?? fold;
      foldOf.set(person, known);
      if (known !== fold) shared.add(person);
    }
  }
  return shared.size;
}
