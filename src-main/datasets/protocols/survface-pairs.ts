// QMUL-SurvFace, verification (Z. Cheng, X. Zhu, S. Gong 2018): pairs named in two MATLAB files beside their pictures.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type LeftOut, printable } from '../entries.ts';
import { fileSource } from '../face-source.ts';
import { fingerprintOf } from '../identity-folders.ts';
import { type MatValue, readMatFile } from '../matlab/mat-file.ts';
import { listFolderTree } from '../sources/folder-tree.ts';
import { checkProtocol, type FacePair, type PairSet } from './protocol-set.ts';
import { childFolder, subjectOf } from './search-folders.ts';
import { numberSubjects } from './subject-numbers.ts';

const LISTS = [
  { file: 'positive_pairs_names.mat', isGenuine: true },
  { file: 'negative_pairs_names.mat', isGenuine: false },
] as const;

/**
 * Pairs whose pictures are absent, or whose names contradict their list, are left out and named. There are no folds: accuracy
 * is that of the best threshold. Throws `not-found` for an absent list, `bad-dataset` for a damaged one.
 */
export async function openSurvFacePairs(root: string, progress: ProgressToken): Promise<PairSet> {
  const base = join(root, (await childFolder(root, 'Face_Verification_Test_Set')) ?? '');
  const images = join(base, 'verification_images');
  const { items, leftOut: strangers } = await listFolderTree(images, { subjects: 'none' });
  const leftOut: LeftOut[] = [...strangers];
  const paths = items.map(({ name }) => name);
  const faceOf = new Map(paths.map((path, face) => [path, face]));
  const { subjects, subjectNames } = numberSubjects(paths.map(subjectOf));
  const pairs: FacePair[] = [];
  let listed = 0;
  for (const { file, isGenuine } of LISTS) {
    for (const [row, names] of (await readPairNames(join(base, file))).entries()) {
      listed++;
      const reason = reasonAgainst(names, faceOf, isGenuine);
      const [left, right] = names.map((name) => faceOf.get(name) ?? -1);
      if (reason === null) pairs.push({ left, right, isGenuine, fold: 0 });
      else leftOut.push({ path: `${file}, pair ${row + 1}`, reason });
    }
  }
  const files = { root: images, paths };
  const set: PairSet = {
    kind: 'pairs',
    protocol: 'survface-pairs',
    title: 'QMUL-SurvFace, verification',
    faces: fileSource(files),
    fingerprint: await fingerprintOf(files, progress),
    subjects,
    subjectNames,
    leftOut,
    notes: ['the protocol has no folds: accuracy is that of the best threshold of all pairs'],
    isNative: true,
    pairs,
    folds: 1,
    pairsLeftOut: listed - pairs.length,
  };
  checkProtocol(set);
  return set;
}

function reasonAgainst(
  names: readonly [string, string],
  faceOf: ReadonlyMap<string, number>,
  isGenuine: boolean,
): string | null {
  const absent = names.find((name) => !faceOf.has(name));
  if (absent !== undefined) return `names ${printable(absent)}, which is not there`;
  const [left, right] = names.map(subjectOf);
  if (left === null || right === null)
    return `names ${printable(names[left === null ? 0 : 1])}, which has no subject number at the start of its name`;
  if ((left === right) === isGenuine) return null;
  return `names ${printable(names[0])} and ${printable(names[1])}, which ${isGenuine ? 'show two people' : 'show one person'} by their names`;
}

/** The rows of a cell array of two columns of names; the file's only variable. */
async function readPairNames(path: string): Promise<[string, string][]> {
  const [value] = readMatFile(await readWhole(path), printable(path)).values();
  const isPairs = value?.kind === 'cell' && value.columns === 2 && value.items.length === 2 * value.rows;
  ensure(isPairs, 'bad-dataset', `${printable(path)} holds no cell array of two columns of names`);
  return Array.from({ length: value.rows }, (_, row): [string, string] => [
    nameOf(value.items[row], path, row),
    nameOf(value.items[value.rows + row], path, row),
  ]);
}

function nameOf(value: MatValue, path: string, row: number): string {
  ensure(value.kind === 'text', 'bad-dataset', `${printable(path)}, pair ${row + 1}: a name is no text`);
  return value.text;
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new GlimpseError('not-found', `${printable(path)} ${reason}: it names the pairs`, { cause: error });
  }
}
