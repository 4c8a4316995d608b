// Search benchmarks that lie in folders of pictures named by subject: TinyFace, QMUL-SurvFace, SCface.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type LeftOut, printable } from '../entries.ts';
import { fileSource } from '../face-source.ts';
import { fingerprintOf } from '../identity-folders.ts';
import { listFolderTree } from '../sources/folder-tree.ts';
import { checkProtocol, type SearchSet } from './protocol-set.ts';
import { numberSubjects } from './subject-numbers.ts';

/** A picture, by its path below the root, and whom it shows. */
interface NamedPicture {
  readonly path: string;
  readonly subject: string | null;
}

type Shape = Omit<
  SearchSet,
  | 'kind'
  | 'faces'
  | 'fingerprint'
  | 'subjects'
  | 'subjectNames'
  | 'leftOut'
  | 'gallery'
  | 'groups'
  | 'missedSearches'
>;

const LEADING_NUMBER = /^(\d+)_/;
const DISTANCES = [
  { number: 1, name: '4.20 m' },
  { number: 2, name: '2.60 m' },
  { number: 3, name: '1.00 m' },
] as const;

/**
 * TinyFace (Z. Cheng, X. Zhu, S. Gong 2018): `Probe`, `Gallery_Match` and `Gallery_Distractor`, pictures named
 * `subject_number.jpg`. Throws `not-found`, and `bad-dataset` for an absent or empty folder.
 */
export async function openTinyFace(root: string, progress: ProgressToken): Promise<SearchSet> {
  const folders = await findFolders(root, 'Testing_Set', ['Probe', 'Gallery_Match', 'Gallery_Distractor']);
  const [probe, match, distractor] = folders;
  const leftOut: LeftOut[] = [];
  const gallery = await numbered(root, match, leftOut);
  const strangers = (await pictures(root, distractor, leftOut)).map(unknownOf);
  return makeSet(
    root,
    {
      protocol: 'tinyface',
      title: 'TinyFace, 1:N',
      notes: [
        `${strangers.length} distractors stand in the gallery, each as a person of its own`,
        'ranks count pictures, and mAP is the mean over searches of the average precision, as in the published evaluation',
      ],
      isNative: true,
      fusesGallery: false,
      ranksPictures: true,
      ranks: [1, 5, 10, 20, 50],
      targetFpirs: [],
      withinRank: null,
    },
    [...gallery, ...strangers],
    [{ name: 'all', pictures: await numbered(root, probe, leftOut) }],
    leftOut,
    progress,
  );
}

/**
 * QMUL-SurvFace (Z. Cheng, X. Zhu, S. Gong 2018), open-set identification: `gallery`, `mated_probe` and `unmated_probe`,
 * pictures named `subject_camera_number.jpg`. A stranger who is enrolled is no stranger: such probes are left out, named.
 */
export async function openSurvFace(root: string, progress: ProgressToken): Promise<SearchSet> {
  const folders = await findFolders(root, 'Face_Identification_Test_Set', [
    'gallery',
    'mated_probe',
    'unmated_probe',
  ]);
  const [gallery, mated, unmated] = folders;
  const leftOut: LeftOut[] = [];
  const enrolled = await numbered(root, gallery, leftOut);
  const names = new Set(enrolled.map(({ subject }) => subject));
  const known = (await numbered(root, mated, leftOut)).filter(({ path, subject }) => {
    if (names.has(subject)) return true;
    leftOut.push({ path, reason: `shows ${subject}, who is not in the gallery, though it should be mated` });
    return false;
  });
  const strangers = (await pictures(root, unmated, leftOut)).filter((path) => {
    const subject = subjectOf(path);
    if (subject === null || !names.has(subject)) return true;
    leftOut.push({ path, reason: `shows ${subject}, who is in the gallery, though it should be a stranger` });
    return false;
  });
  return makeSet(
    root,
    {
      protocol: 'survface',
      title: 'QMUL-SurvFace, open-set identification',
      notes: ['a mate below rank 20 counts as missed (TPIR20)'],
      isNative: true,
      fusesGallery: true,
      ranksPictures: false,
      ranks: [1, 5, 10, 20],
      targetFpirs: [0.3, 0.2, 0.1, 0.01],
      withinRank: 20,
    },
    enrolled,
    [{ name: 'all', pictures: [...known, ...strangers.map(unknownOf)] }],
    leftOut,
    progress,
  );
}

/**
 * SCface (M. Grgic, K. Delac, S. Grgic 2011), its day-time test: frontal mug shots (`001_frontal.jpg`) are the gallery, the
 * pictures of cameras 1 to 5 (`001_cam1_1.jpg`, the last number being the distance) the probes, apart by distance.
 */
export async function openScFace(root: string, progress: ProgressToken): Promise<SearchSet> {
  const { items, leftOut: strangers } = await listFolderTree(root, { subjects: 'none' });
  const leftOut: LeftOut[] = [...strangers];
  const gallery = new Map<string, NamedPicture>();
  const probes: NamedPicture[][] = DISTANCES.map(() => []);
  for (const { name } of items) {
    const file = name.split('/').at(-1) ?? '';
    const subject = subjectOf(name);
    const camera = /^\d+_cam([1-5])_([123])\./i.exec(file);
    if (subject !== null && /^\d+_frontal\./i.test(file)) {
      if (gallery.has(subject)) leftOut.push({ path: name, reason: `is a second mug shot of ${subject}` });
      else gallery.set(subject, { path: name, subject });
    } else if (subject !== null && camera !== null) {
      probes[Number(camera[2]) - 1].push({ path: name, subject });
    } else {
      leftOut.push({ path: name, reason: 'is neither a frontal mug shot nor of cameras 1 to 5' });
    }
  }
  ensure(
    gallery.size > 0,
    'bad-dataset',
    `${printable(root)} has no mug shot named like 001_frontal.jpg: SCface's gallery`,
  );
  return makeSet(
    root,
    {
      protocol: 'scface',
      title: 'SCface, day-time test',
      notes: [
        'the gallery is in full resolution: LR-HR compares with it as it is, LR-LR degrades it too',
        'pictures are taken as crops of faces: align them to the 112×112 template first',
      ],
      isNative: false,
      fusesGallery: false,
      ranksPictures: false,
      ranks: [1, 5, 10],
      targetFpirs: [],
      withinRank: null,
    },
    [...gallery.values()],
    DISTANCES.map(({ name }, index) => ({ name, pictures: probes[index] })),
    leftOut,
    progress,
  );
}

async function makeSet(
  root: string,
  shape: Shape,
  gallery: readonly NamedPicture[],
  groups: readonly { readonly name: string; readonly pictures: readonly NamedPicture[] }[],
  leftOut: readonly LeftOut[],
  progress: ProgressToken,
): Promise<SearchSet> {
  const all = [...gallery, ...groups.flatMap((group) => group.pictures)];
  const files = { root, paths: all.map(({ path }) => path) };
  const { subjects, subjectNames } = numberSubjects(all.map(({ subject }) => subject));
  let next = gallery.length;
  const set: SearchSet = {
    ...shape,
    kind: 'search',
    faces: fileSource(files),
    fingerprint: await fingerprintOf(files, progress),
    subjects,
    subjectNames,
    leftOut,
    gallery: gallery.map((_, face) => face),
    groups: groups.map(({ name, pictures: own }) => ({ name, probes: own.map(() => next++) })),
    missedSearches: [],
  };
  checkProtocol(set);
  return set;
}

/** The folders by name, in any case, below the root or below `container` in it. Throws `bad-dataset` naming the first absent one. */
async function findFolders(root: string, container: string, names: readonly string[]): Promise<string[]> {
  const inContainer = await childFolder(root, container);
  const base = inContainer ?? '';
  const found: string[] = [];
  for (const name of names) {
    const folder = await childFolder(join(root, base), name);
    ensure(
      folder !== null,
      'bad-dataset',
      `${printable(join(root, base))} has no folder ${name}: expected ${names.join(', ')}`,
    );
    found.push(join(base, folder));
  }
  return found;
}

/** A folder by its name in any case; null where there is none. */
export async function childFolder(parent: string, name: string): Promise<string | null> {
  const entries = await readdir(parent).catch(() => []);
  const found = entries.find((entry) => entry.toLowerCase() === name.toLowerCase());
  if (found === undefined) return null;
  return (await stat(join(parent, found))).isDirectory() ? found : null;
}

async function pictures(root: string, folder: string, leftOut: LeftOut[]): Promise<string[]> {
  const list = await listFolderTree(join(root, folder), { subjects: 'none' });
  leftOut.push(...list.leftOut.map(({ path, reason }) => ({ path: join(folder, path), reason })));
  return list.items.map(({ name }) => join(folder, name));
}

async function numbered(root: string, folder: string, leftOut: LeftOut[]): Promise<NamedPicture[]> {
  return (await pictures(root, folder, leftOut)).flatMap((path) => {
    const subject = subjectOf(path);
    if (subject !== null) return [{ path, subject }];
    leftOut.push({ path, reason: 'has no subject number at the start of its name' });
    return [];
  });
}

/** The number that a picture's name begins with. */
export function subjectOf(path: string): string | null {
  return LEADING_NUMBER.exec(path.split('/').at(-1) ?? '')?.[1] ?? null;
}

function unknownOf(path: string): NamedPicture {
  return { path, subject: null };
}
