// insightface's training sets: `train.rec` with `train.idx` and `property`. Record 0 says where pictures end and identities begin.

import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { sha256OfFile } from '../../common/files.ts';
import { printable } from '../entries.ts';
import { encodedSource, type FaceSource } from '../face-source.ts';
import { fingerprintOfDigests } from '../identity-folders.ts';
import { RecordFile } from './record-file.ts';

/** flag (uint32), label (float32), id (uint64), second id (uint64), all little-endian. */
const HEADER_BYTES = 24;

/** A record of MXNet's image format: labels, and what follows them. */
export interface ImageRecord {
  readonly labels: readonly number[];
  /** Encoded picture; empty for records that only describe others. */
  readonly picture: Uint8Array;
}

/** What `property` says: identities, and the size of pictures. */
export interface RecordProperty {
  readonly identities: number;
  readonly heightPx: number;
  readonly widthPx: number;
}

export interface MxnetFaces {
  readonly faces: FaceSource;
  /** Identity of each picture, from 0. */
  readonly labels: Int32Array;
  readonly identities: number;
  readonly property: RecordProperty | null;
  readonly file: RecordFile;
  /** Offset of each picture's record. */
  readonly offsets: Float64Array;
  /** What contradicts itself in the files, none of which keeps pictures from being read. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Throws `bad-dataset` for a record too short for what it announces; `name` is what messages call it. */
export function parseImageRecord(content: Uint8Array, name: string): ImageRecord {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  ensure(
    bytes.length >= HEADER_BYTES,
    'bad-dataset',
    `${name} has ${bytes.length} bytes, a header has ${HEADER_BYTES}`,
  );
  const flag = bytes.readUInt32LE(0);
  if (flag === 0) return { labels: [bytes.readFloatLE(4)], picture: bytes.subarray(HEADER_BYTES) };
  const end = HEADER_BYTES + flag * 4;
  ensure(
    end <= bytes.length,
    'bad-dataset',
    `${name} announces ${flag} labels and has room for ${Math.floor((bytes.length - HEADER_BYTES) / 4)}`,
  );
  const labels = Array.from({ length: flag }, (_, index) => bytes.readFloatLE(HEADER_BYTES + index * 4));
  return { labels, picture: bytes.subarray(end) };
}

/** The `.rec` file that a path means: itself, or `train.rec` in a folder; null where there is none. */
export async function findRecordFile(path: string): Promise<string | null> {
  const status = await stat(path).catch(() => null);
  if (status?.isFile() && /\.rec$/i.test(path)) return path;
  const inside = join(path, 'train.rec');
  return status?.isDirectory() && (await stat(inside).catch(() => null))?.isFile() ? inside : null;
}

/** Opens a set; the caller closes it. Throws `not-found`, `bad-dataset`. */
export async function openMxnetFaces(path: string): Promise<MxnetFaces> {
  const offsetOf = await readIndex(path.replace(/\.rec$/i, '.idx'));
  const property = await readProperty(join(dirname(path), 'property'));
  const file = await RecordFile.open(path);
  try {
    return await describe(file, offsetOf, property);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function describe(
  file: RecordFile,
  offsetOf: ReadonlyMap<number, number>,
  property: RecordProperty | null,
): Promise<MxnetFaces> {
  const recordAt = async (index: number): Promise<ImageRecord> => {
    const offset = offsetOf.get(index);
    ensure(offset !== undefined, 'bad-dataset', `${file.path}: its .idx has no record ${index}`);
    return parseImageRecord(await file.readAt(offset), `${file.path}, record ${index}`);
  };
  const { labels: bounds } = await recordAt(0);
  const [firstIdentity, endIdentity] = bounds;
  const isDescribed = bounds.length === 2 && firstIdentity >= 1 && endIdentity > firstIdentity;
  ensure(
    isDescribed,
    'bad-dataset',
    `${file.path}: record 0 should hold two numbers, where identities begin and end, and holds ${bounds.slice(0, 4).join(', ')}`,
  );
  // Numbers in a file are claims: none may make lists longer than the index is.
  ensure(
    firstIdentity - 1 <= offsetOf.size,
    'bad-dataset',
    `${file.path}: record 0 speaks of ${firstIdentity - 1} pictures, its .idx has ${offsetOf.size} records`,
  );
  const problems: string[] = [];
  const pictures: number[] = [];
  const labels: number[] = [];
  for (let identity = firstIdentity; identity < endIdentity; identity++) {
    const [first, end] = (await recordAt(identity)).labels;
    if (!(first >= 1 && end >= first && end <= firstIdentity)) {
      problems.push(`identity record ${identity} names pictures ${first} to ${end}, of ${firstIdentity - 1}`);
      continue;
    }
    if (pictures.length + end - first > firstIdentity - 1) {
      problems.push(`identity record ${identity} names pictures that others name too`);
      continue;
    }
    for (let picture = first; picture < end; picture++) {
      pictures.push(picture);
      labels.push(identity - firstIdentity);
    }
  }
  const missing = pictures.filter((picture) => !offsetOf.has(picture));
  ensure(
    missing.length === 0,
    'bad-dataset',
    `${file.path}: its .idx lacks ${missing.length} pictures, the first is ${missing[0]}`,
  );
  if (pictures.length !== firstIdentity - 1) {
    problems.push(`identities name ${pictures.length} pictures, the file has ${firstIdentity - 1}`);
  }
  const identities = endIdentity - firstIdentity;
  if (property !== null && property.identities !== identities) {
    problems.push(`property says ${property.identities} identities, the file has ${identities}`);
  }
  ensure(pictures.length > 0, 'bad-dataset', `${file.path} has no picture`);
  const offsets = Float64Array.from(pictures, (picture) => offsetOf.get(picture) ?? 0);
  const names = pictures.map((picture) => `record ${picture}`);
  const faces = encodedSource(
    names,
    async (face) => parseImageRecord(await file.readAt(offsets[face]), names[face]).picture,
  );
  return {
    faces,
    labels: Int32Array.from(labels),
    identities,
    property,
    file,
    offsets,
    problems,
    close: () => file.close(),
  };
}

/** SHA-256 over the record file and its index. */
export async function fingerprintOfRecords(path: string): Promise<string> {
  const index = path.replace(/\.rec$/i, '.idx');
  return fingerprintOfDigests(['rec', 'idx'], [await sha256OfFile(path), await sha256OfFile(index)]);
}

/** Lines of `number<TAB>offset`. */
async function readIndex(path: string): Promise<Map<number, number>> {
  const text = await readText(path, 'a record file needs its index beside it');
  const offsetOf = new Map<number, number>();
  for (const [line, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const [number, offset] = content.split('\t').map(Number);
    ensure(
      Number.isSafeInteger(number) && Number.isSafeInteger(offset) && offset >= 0,
      'bad-dataset',
      `${printable(path)}, line ${line + 1}: expected a record's number and offset, found ${JSON.stringify(content.slice(0, 80))}`,
    );
    offsetOf.set(number, offset);
  }
  return offsetOf;
}

/** `identities,height,width`; null where there is no such file. */
async function readProperty(path: string): Promise<RecordProperty | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  const text = (await readText(path, '')).trim();
  const numbers = text.split(',').map(Number);
  ensure(
    numbers.length === 3 && numbers.every((value) => Number.isInteger(value) && value > 0),
    'bad-dataset',
    `${printable(path)}: expected identities,height,width, found ${JSON.stringify(text.slice(0, 80))}`,
  );
  const [identities, heightPx, widthPx] = numbers;
  return { identities, heightPx, widthPx };
}

async function readText(path: string, rule: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new GlimpseError('not-found', `${printable(path)} ${reason}: ${rule}`, { cause: error });
  }
}
