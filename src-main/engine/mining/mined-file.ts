// Mined relations on disk, beside the dataset's cache: header, arrays, checksum; anything else is mined again.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { assert } from '../../common/assert.ts';
import { systemCode } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';
import type { MinedRelations, MiningOptions, Sampling } from './mine.ts';

const MAGIC = 'glimpse-mined 1\n';
const CHECKSUM_BYTES = 32;
const READ_CHUNK_BYTES = 1 << 24;
const LONGEST_HEADER_BYTES = 4096;

/** What a file of mined relations was made from; a file serves only its own key. */
export interface MinedKey {
  readonly teacherDigest: string;
  readonly datasetFingerprint: string;
  readonly faces: number;
  readonly negatives: number;
  readonly sampling: Sampling;
  /** 0 for hard sampling, which reads no seed. */
  readonly seed: number;
  readonly positivesCap: number;
}

export type LoadedMined =
  | { readonly kind: 'loaded'; readonly mined: MinedRelations }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly reason: string };

export function minedKey(
  teacherDigest: string,
  datasetFingerprint: string,
  faces: number,
  { negatives, sampling, seed, positivesCap }: MiningOptions,
): MinedKey {
  const usedSeed = sampling === 'random' ? seed : 0;
  return { teacherDigest, datasetFingerprint, faces, negatives, sampling, seed: usedSeed, positivesCap };
}

/**
 * Layout: a magic line, the header as one line of JSON, then int32 little-endian arrays (positive offsets, positive
 * indices, negatives) and the SHA-256 of everything before it. Atomic.
 */
export async function saveMined(path: string, key: MinedKey, mined: MinedRelations): Promise<void> {
  assertLittleEndian();
  const header = { ...key, positives: mined.positives.indices.length };
  const parts = [
    Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`),
    bytesOf(mined.positives.offsets),
    bytesOf(mined.positives.indices),
    bytesOf(mined.negatives),
  ];
  const hash = createHash('sha256');
  for (const part of parts) updateInChunks(hash, part);
  await writeFileAtomically(path, [...parts, hash.digest()]);
}

/** Reads a file written by `saveMined`; `unusable` says why one was rejected (other key, truncated, damaged). */
export async function loadMined(path: string, key: MinedKey): Promise<LoadedMined> {
  assertLittleEndian();
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { kind: 'absent' };
    throw error;
  }
  try {
    return await readMined(file, path, key);
  } finally {
    await file.close();
  }
}

/** The saved relations of this key, or newly mined and saved ones; `onUnusable` hears why a file was not used. */
export async function loadOrMine(
  path: string,
  key: MinedKey,
  mine: () => Promise<MinedRelations>,
  onUnusable: (reason: string) => void,
): Promise<MinedRelations> {
  const loaded = await loadMined(path, key);
  if (loaded.kind === 'loaded') return loaded.mined;
  if (loaded.kind === 'unusable') onUnusable(loaded.reason);
  const mined = await mine();
  await saveMined(path, key, mined);
  return mined;
}

async function readMined(file: FileHandle, path: string, key: MinedKey): Promise<LoadedMined> {
  const start = Buffer.alloc(LONGEST_HEADER_BYTES);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  const headerEnd = start.subarray(0, bytesRead).indexOf('\n', MAGIC.length);
  const isOurs = start.subarray(0, MAGIC.length).toString('latin1') === MAGIC && headerEnd > 0;
  if (!isOurs) return unusable(`${path} is not a file of mined relations`);
  const header = parseHeader(start.toString('utf8', MAGIC.length, headerEnd));
  if (header === null) return unusable(`${path} has an unreadable header`);
  for (const [name, wanted] of Object.entries(key)) {
    if (header[name] === wanted) continue;
    return unusable(`${path} was mined with ${name} ${String(header[name])}, not ${wanted}`);
  }
  const positives = header.positives;
  if (!isCount(positives)) return unusable(`${path} has an unreadable header`);

  const lengths = [key.faces + 1, positives, key.faces * key.negatives];
  const bodyBytes = lengths.reduce((sum, length) => sum + 4 * length, 0);
  const wantedBytes = headerEnd + 1 + bodyBytes + CHECKSUM_BYTES;
  const actualBytes = (await file.stat()).size;
  if (actualBytes !== wantedBytes) {
    return unusable(`${path} has ${actualBytes} bytes, its header promises ${wantedBytes}`);
  }
  const [offsets, indices, negatives] = lengths.map((length) => new Int32Array(length));
  const hash = createHash('sha256').update(start.subarray(0, headerEnd + 1));
  let position = headerEnd + 1;
  for (const array of [offsets, indices, negatives]) {
    await readFully(file, bytesOf(array), position);
    position += array.byteLength;
    updateInChunks(hash, bytesOf(array));
  }
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  await readFully(file, checksum, position);
  if (!checksum.equals(hash.digest())) return unusable(`${path} is damaged: its checksum does not match`);
  const mined = {
    faces: key.faces,
    negativesPerFace: key.negatives,
    negatives,
    positives: { offsets, indices },
  };
  return { kind: 'loaded', mined };
}

function unusable(reason: string): LoadedMined {
  return { kind: 'unusable', reason };
}

function parseHeader(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null; // reported by the caller as an unreadable header
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function bytesOf(array: Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Hashing takes at most 2 GiB at a time. */
function updateInChunks(hash: ReturnType<typeof createHash>, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += READ_CHUNK_BYTES)
    hash.update(bytes.subarray(at, at + READ_CHUNK_BYTES));
}

async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < target.length; ) {
    const length = Math.min(READ_CHUNK_BYTES, target.length - at);
    const { bytesRead } = await file.read(target, at, length, position + at);
    assert(bytesRead > 0, 'a file whose size was just checked ended early');
    at += bytesRead;
  }
}

function assertLittleEndian(): void {
  assert(endianness() === 'LE', 'files of mined relations hold little-endian numbers');
}
