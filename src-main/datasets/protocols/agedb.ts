// AgeDB by its own file names (`id_name_age_gender.jpg`) and its protocol of pairs 30 years apart (Moschoglou et al. 2017).

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import { type LeftOut, printable } from '../entries.ts';
import { fileSource } from '../face-source.ts';
import { fingerprintOf } from '../identity-folders.ts';
import { listFolderTree } from '../sources/folder-tree.ts';
import { checkProtocol, type FacePair, type PairSet } from './protocol-set.ts';
import { numberSubjects } from './subject-numbers.ts';

export const AGE_GAP_YEARS = 30;
const FOLDS = 10;
const PAIRS_PER_CLASS = 300;

/** A photograph of AgeDB, as its name says. */
export interface AgeDbName {
  readonly person: string;
  readonly ageYears: number;
  readonly gender: 'f' | 'm';
}

const NAME = /^\d+_(.+)_(\d{1,3})_([fm])\.[a-z]+$/i;

/** Null for a name of another form. */
export function parseAgeDbName(name: string): AgeDbName | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  return {
    person: match[1],
    ageYears: Number(match[2]),
    gender: match[3].toLowerCase() === 'f' ? 'f' : 'm',
  };
}

/**
 * Draws ten folds that share no person, each with up to 300 genuine and 300 impostor pairs whose ages differ by exactly 30
 * years; all folds get the same number. AgeDB's own lists are not in its folder of pictures, so the draw is seeded and said.
 * Throws `bad-dataset` where a fold has no such pair.
 */
export async function openAgeDb(root: string, seed: number, progress: ProgressToken): Promise<PairSet> {
  const { items, leftOut: strangers } = await listFolderTree(root, { subjects: 'none' });
  const leftOut: LeftOut[] = [...strangers];
  const paths: string[] = [];
  const photographs: AgeDbName[] = [];
  for (const { name } of items) {
    const parsed = parseAgeDbName(name.split('/').at(-1) ?? '');
    if (parsed === null) leftOut.push({ path: name, reason: 'is not named id_name_age_gender' });
    else {
      paths.push(name);
      photographs.push(parsed);
    }
  }
  ensure(
    paths.length > 0,
    'bad-dataset',
    `${printable(root)} has no picture named id_name_age_gender, such as 12_MariaCallas_35_f.jpg`,
  );
  const { subjects, subjectNames } = numberSubjects(photographs.map(({ person }) => person));
  const drawn = drawPairs(photographs, subjects, subjectNames.length, seed);
  ensure(
    drawn.perClass > 0,
    'bad-dataset',
    `${printable(root)}: a fold of ${FOLDS} has no two photographs of one person ${AGE_GAP_YEARS} years apart, or none of two people`,
  );
  const used = [...new Set(drawn.pairs.flatMap(({ left, right }) => [left, right]))].sort((a, b) => a - b);
  const newIndexOf = new Map(used.map((face, index) => [face, index]));
  const files = { root, paths: used.map((face) => paths[face]) };
  const full = drawn.perClass === PAIRS_PER_CLASS ? '' : ` (the protocol asks for ${PAIRS_PER_CLASS})`;
  const set: PairSet = {
    kind: 'pairs',
    protocol: 'agedb',
    title: 'AgeDB by file names, pairs 30 years apart',
    faces: fileSource(files),
    fingerprint: await fingerprintOf(files, progress),
    subjects: Int32Array.from(used, (face) => subjects[face]),
    subjectNames,
    leftOut,
    notes: [
      `pairs were drawn here with seed ${seed}: ${FOLDS} folds that share no person, ${drawn.perClass} genuine and as many impostor pairs each${full}, ` +
        `ages exactly ${AGE_GAP_YEARS} years apart; they are not the pairs of AgeDB's own lists`,
      `${paths.length} photographs of ${subjectNames.length} people, ${used.length} of them in pairs`,
    ],
    isNative: false,
    pairs: drawn.pairs.map((pair) => ({
      ...pair,
      left: newIndexOf.get(pair.left) ?? 0,
      right: newIndexOf.get(pair.right) ?? 0,
    })),
    folds: FOLDS,
    pairsLeftOut: 0,
  };
  checkProtocol(set);
  return set;
}

function drawPairs(
  photographs: readonly AgeDbName[],
  subjects: Int32Array,
  people: number,
  seed: number,
): { pairs: FacePair[]; perClass: number } {
  const rng = Rng.seeded(seed);
  const foldOf = dealPeople(photographs, subjects, people, rng);
  const candidates = Array.from({ length: FOLDS }, (_, fold) => {
    const faces = photographs.flatMap((_, face) => (foldOf[subjects[face]] === fold ? [face] : []));
    return pairsApart(faces, photographs, subjects);
  });
  const perClass = Math.min(
    PAIRS_PER_CLASS,
    ...candidates.flatMap(({ genuine, impostor }) => [genuine.length, impostor.length]),
  );
  const pairs = candidates.flatMap(({ genuine, impostor }, fold) => {
    const draw = (from: [number, number][], isGenuine: boolean): FacePair[] =>
      drawn(from, perClass, rng).map(([left, right]) => ({ left, right, isGenuine, fold }));
    return [...draw(genuine, true), ...draw(impostor, false)];
  });
  return { pairs, perClass };
}

/** People with many genuine pairs are dealt out first, so that every fold gets its share. */
function dealPeople(
  photographs: readonly AgeDbName[],
  subjects: Int32Array,
  people: number,
  rng: Rng,
): Int32Array {
  const facesOf: number[][] = Array.from({ length: people }, () => []);
  for (const [face, subject] of subjects.entries()) facesOf[subject].push(face);
  const genuineOf = facesOf.map((faces) => pairsApart(faces, photographs, subjects).genuine.length);
  const order = rng.shuffle(Array.from({ length: people }, (_, person) => person));
  order.sort((left, right) => genuineOf[right] - genuineOf[left]);
  const foldOf = new Int32Array(people);
  for (const [place, person] of order.entries()) foldOf[person] = place % FOLDS;
  return foldOf;
}

function pairsApart(
  faces: readonly number[],
  photographs: readonly AgeDbName[],
  subjects: Int32Array,
): { genuine: [number, number][]; impostor: [number, number][] } {
  const genuine: [number, number][] = [];
  const impostor: [number, number][] = [];
  const byAge = new Map<number, number[]>();
  for (const face of faces) {
    const { ageYears } = photographs[face];
    const known = byAge.get(ageYears);
    if (known === undefined) byAge.set(ageYears, [face]);
    else known.push(face);
  }
  for (const left of faces) {
    for (const right of byAge.get(photographs[left].ageYears + AGE_GAP_YEARS) ?? []) {
      (subjects[left] === subjects[right] ? genuine : impostor).push([left, right]);
    }
  }
  return { genuine, impostor };
}

function drawn<Item>(from: Item[], count: number, rng: Rng): Item[] {
  for (let at = 0; at < count; at++) {
    const other = at + rng.int(from.length - at);
    [from[at], from[other]] = [from[other], from[at]];
  }
  return from.slice(0, count);
}
