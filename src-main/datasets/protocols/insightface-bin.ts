// Verification sets in insightface's `.bin` form (lfw, agedb_30, cfp_fp, calfw, cplfw): a pickled list of encoded pictures,
// two a pair, and a list of flags that say which pairs show one person.

import { readFile, stat } from 'node:fs/promises';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import { encodedSource } from '../face-source.ts';
import { fingerprintOfDigests } from '../identity-folders.ts';
import { arrayOf, bytesOf, scalarOf } from '../pickle/numpy-array.ts';
import type { PickleValue } from '../pickle/pickle-value.ts';
import { readPickle } from '../pickle/restricted-pickle.ts';
import { checkProtocol, type FacePair, type PairSet, type ProtocolName } from './protocol-set.ts';

/** Folds of insightface's own evaluation: ten blocks of pairs in the file's order. */
const FOLDS = 10;
const LARGEST_BYTES = 2 ** 31 - 1;

/** What the file holds, as it stands there. */
export interface InsightfaceBin {
  /** Encoded pictures, views of the file: 2p and 2p + 1 are pair p's. */
  readonly images: readonly Uint8Array[];
  readonly isGenuine: readonly boolean[];
}

/** Throws `not-found`, and `bad-dataset` naming the rule that the file breaks. Nothing in the file is executed. */
export async function readInsightfaceBin(path: string): Promise<InsightfaceBin> {
  return parseInsightfaceBin(await readWhole(path), path);
}

/** As `readInsightfaceBin`, from bytes. */
export function parseInsightfaceBin(file: Uint8Array, path: string): InsightfaceBin {
  const value = readPickle(file, path);
  const refused = (rule: string) => new GlimpseError('bad-dataset', `${path}: ${rule}`);
  const [items, flags] = value.kind === 'tuple' || value.kind === 'list' ? value.items : [];
  if (items?.kind !== 'list') throw refused('expected a pair of lists: encoded pictures, and flags');
  const images = items.items.map((item, index) => {
    const bytes = encodedBytes(item);
    if (typeof bytes === 'string') throw refused(`picture ${index + 1} of ${items.items.length} ${bytes}`);
    return bytes;
  });
  const isGenuine = readFlags(flags);
  if (isGenuine === null) throw refused('the second list holds something else than true and false');
  if (images.length !== 2 * isGenuine.length || isGenuine.length === 0) {
    throw refused(
      `there are ${images.length} pictures and ${isGenuine.length} flags, expected two pictures for each flag`,
    );
  }
  return { images, isGenuine };
}

/** The set that a `.bin` file makes: pictures with the same bytes are one face, folds are ten blocks of pairs. */
export async function openInsightfaceBin(path: string, protocol: ProtocolName): Promise<PairSet> {
  const { images, isGenuine } = await readInsightfaceBin(path);
  ensure(
    isGenuine.length >= FOLDS,
    'bad-dataset',
    `${path} has ${isGenuine.length} pairs, at least ${FOLDS} are needed for ${FOLDS} folds`,
  );
  const faceOfDigest = new Map<string, number>();
  const firstImage: number[] = [];
  const faceOf = images.map((bytes, image) => {
    const digest = sha256(bytes);
    const known = faceOfDigest.get(digest);
    if (known !== undefined) return known;
    firstImage.push(image);
    faceOfDigest.set(digest, firstImage.length - 1);
    return firstImage.length - 1;
  });
  const names = firstImage.map((image) => `picture ${image + 1}`);
  const set: PairSet = {
    kind: 'pairs',
    protocol,
    title: `${protocol} as a .bin file`,
    faces: encodedSource(names, (face) => images[firstImage[face]]),
    fingerprint: fingerprintOfDigests(names, [...faceOfDigest.keys()]),
    subjects: null,
    subjectNames: [],
    leftOut: [],
    notes: [
      `the file holds ${images.length} pictures, ${firstImage.length} of them different`,
      `folds are ${FOLDS} blocks of pairs in the file's order, as insightface's evaluation takes them`,
      'the file names nobody: intervals take pairs as independent, and overlap with training data cannot be checked',
    ],
    isNative: false,
    pairs: isGenuine.map(
      (flag, pair): FacePair => ({
        left: faceOf[2 * pair],
        right: faceOf[2 * pair + 1],
        isGenuine: flag,
        fold: blockOf(pair, isGenuine.length, FOLDS),
      }),
    ),
    folds: FOLDS,
    pairsLeftOut: 0,
  };
  checkProtocol(set);
  return set;
}

/** Blocks differ by one at most, the longer ones first, as scikit-learn's KFold without shuffling cuts them. */
export function blockOf(index: number, count: number, blocks: number): number {
  const size = Math.floor(count / blocks);
  const longer = count % blocks;
  const inLonger = longer * (size + 1);
  return index < inLonger ? Math.floor(index / (size + 1)) : longer + Math.floor((index - inLonger) / size);
}

/** The bytes of an item, or why it has none. */
function encodedBytes(item: PickleValue): Uint8Array | string {
  const bytes = bytesOf(item);
  if (bytes !== null) return bytes;
  if (item.kind !== 'rebuild') return `is a ${item.kind}, expected bytes or an array of uint8`;
  const reading = arrayOf(item);
  if ('reason' in reading) return reading.reason;
  return reading.array.type === 'uint8' ? reading.array.bytes : 'is a numpy array of bool, expected uint8';
}

/** Null unless every flag is a bool, 0 or 1. */
function readFlags(value: PickleValue | undefined): boolean[] | null {
  if (value?.kind === 'rebuild') {
    const reading = arrayOf(value);
    if ('reason' in reading || reading.array.bytes.some((byte) => byte > 1)) return null;
    return Array.from(reading.array.bytes, (byte) => byte === 1);
  }
  if (value?.kind !== 'list' && value?.kind !== 'tuple') return null;
  const flags = value.items.map(flagOf);
  return flags.every((flag) => flag !== null) ? flags : null;
}

function flagOf(item: PickleValue): boolean | null {
  if (item.kind === 'flag') return item.value;
  const number = item.kind === 'number' ? item.value : item.kind === 'rebuild' ? scalarOf(item) : null;
  return number === 0 || number === 1 ? number === 1 : null;
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    ensure(
      size <= LARGEST_BYTES,
      'unsupported',
      `${path} has ${size} bytes, at most ${LARGEST_BYTES} are read at once`,
    );
    return await readFile(path);
  } catch (error) {
    if (error instanceof GlimpseError) throw error;
    const reason =
      systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${systemCode(error)})`;
    throw new GlimpseError('not-found', `${path} ${reason}: name a .bin file`, { cause: error });
  }
}
