// Named float32 arrays in one file: a header, the numbers, a checksum. Checkpoints, students and FaceBN profiles use it.

import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { assert } from './assert.ts';
import { GlimpseError, messageOf, systemCode } from './errors.ts';
import { writeFileAtomically } from './files.ts';

const MAGIC = 'glimpse-tensors 1\n';
const CHECKSUM_BYTES = 32;
/** Names and shapes of the largest network here take 30 kB. */
const LARGEST_PREAMBLE_BYTES = 2 ** 20;

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a file holds: `kind` says which of our formats it is, `header` whatever else that format needs (JSON). */
export interface TensorFile<Header> {
  readonly kind: string;
  readonly header: Header;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

interface Preamble {
  readonly kind: string;
  readonly header: unknown;
  readonly tensors: readonly { name: string; shape: number[] }[];
}

/** Layout: magic line, one line of JSON, float32 little-endian values in order, SHA-256 of all before it. Atomic. */
export async function saveTensorFile<Header>(path: string, file: TensorFile<Header>): Promise<void> {
  const preamble: Preamble = {
    kind: file.kind,
    header: file.header,
    tensors: [...file.tensors].map(([name, { shape }]) => ({ name, shape: [...shape] })),
  };
  const parts: Uint8Array[] = [Buffer.from(`${MAGIC}${JSON.stringify(preamble)}\n`)];
  for (const [name, { shape, values }] of file.tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    assert(size === values.length, `${name} has ${values.length} values for shape [${shape.join(', ')}]`);
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  await writeFileAtomically(path, [...parts, hash.digest()]);
}

/** Throws `not-found`, or `bad-checkpoint` where the file is cut off, damaged or of another kind. */
export async function loadTensorFile<Header>(path: string, kind: string): Promise<TensorFile<Header>> {
  return parseTensorFile(path, await readWhole(path), kind);
}

/** The same from bytes that are at hand; `name` is for messages. */
export function parseTensorFile<Header>(name: string, content: Uint8Array, kind: string): TensorFile<Header> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const damaged = (reason: string) =>
    new GlimpseError('bad-checkpoint', `${name} is not a usable ${kind} file: ${reason}`);
  if (!bytes.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC)))
    throw damaged('it was not written by Glimpse');
  const body = bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
  const checksum = createHash('sha256').update(body).digest();
  if (!checksum.equals(bytes.subarray(body.length)))
    throw damaged('it is cut off or damaged (checksum differs)');
  const headerEnd = body.indexOf('\n', MAGIC.length);
  const preamble = JSON.parse(body.subarray(MAGIC.length, headerEnd).toString()) as Preamble;
  if (preamble.kind !== kind) throw damaged(`it holds a ${preamble.kind}`);
  const tensors = new Map<string, StoredTensor>();
  let offset = headerEnd + 1;
  for (const { name: tensor, shape } of preamble.tensors) {
    const byteLength = shape.reduce((product, extent) => product * extent, 4);
    const copy = body.buffer.slice(
      body.byteOffset + offset,
      body.byteOffset + offset + byteLength,
    ) as ArrayBuffer;
    tensors.set(tensor, { shape, values: new Float32Array(copy) });
    offset += byteLength;
  }
  return { kind, header: preamble.header as Header, tensors };
}

/** The header alone, for lists: the numbers are neither read nor checked. Throws as `loadTensorFile`. */
export async function readTensorHeader<Header>(path: string, kind: string): Promise<Header> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(LARGEST_PREAMBLE_BYTES),
      0,
      LARGEST_PREAMBLE_BYTES,
      0,
    );
    const text = buffer.subarray(0, bytesRead);
    const headerEnd = text.indexOf('\n', MAGIC.length);
    const isOurs = text.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC)) && headerEnd > 0;
    const preamble = isOurs ? (JSON.parse(text.toString('utf8', MAGIC.length, headerEnd)) as Preamble) : null;
    if (preamble?.kind === kind) return preamble.header as Header;
    throw new GlimpseError('bad-checkpoint', `${path} is not a usable ${kind} file`);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new GlimpseError('bad-checkpoint', `${path} is not a usable ${kind} file: ${error.message}`);
    throw error;
  } finally {
    await file.close();
  }
}

/** A file's bytes. Throws `not-found`. */
export async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): GlimpseError {
  const reason = systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${messageOf(error)}`;
  return new GlimpseError('not-found', `${path} ${reason}`, { cause: error });
}
