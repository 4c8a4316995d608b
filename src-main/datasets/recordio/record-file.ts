// MXNet's RecordIO: a file of records, each with a magic number, its length and padding. Streamed; never read whole.

import { type FileHandle, open } from 'node:fs/promises';
import { GlimpseError, messageOf, systemCode } from '../../common/errors.ts';

const MAGIC = 0xced7230a;
const HEADER_BYTES = 8;
const LENGTH_MASK = (1 << 29) - 1;
const STREAM_BLOCK_BYTES = 1 << 20;
/** A record that claims more is damaged: pictures of faces have some tens of kilobytes. */
const LARGEST_RECORD_BYTES = 64 << 20;
/** A picture holds the magic number by a chance of one in hundreds of thousands; a record of more parts is made up. */
const MOST_PARTS = 64;

/** Which part of a record a chunk is: records whose content holds the magic number are written in parts. */
const PART = { whole: 0, first: 1, middle: 2, last: 3 } as const;

/** One record as it lies in the file. */
export interface FileRecord {
  readonly offset: number;
  /** Its content; where a stream gave it, valid until the next record is asked for. */
  readonly content: Uint8Array;
}

interface Chunk {
  readonly part: number;
  readonly content: Buffer;
  /** Offset of the next chunk. */
  readonly end: number;
}

/** An open file; the caller closes it. */
export class RecordFile {
  readonly path: string;
  readonly bytes: number;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, bytes: number) {
    this.path = path;
    this.bytes = bytes;
    this.#handle = handle;
  }

  /** Throws `not-found`. */
  static async open(path: string): Promise<RecordFile> {
    try {
      const handle = await open(path, 'r');
      return new RecordFile(path, handle, (await handle.stat()).size);
    } catch (error) {
      const reason =
        systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${messageOf(error)}`;
      throw new GlimpseError('not-found', `${path} ${reason}`, { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** The record that begins at an offset. Throws `bad-dataset` for one that is cut off or does not begin there. */
  async readAt(offset: number): Promise<Uint8Array> {
    return joinParts(offset, (at) => this.#readChunk(at), this.#error);
  }

  /**
   * Every record in order, with a megabyte read ahead. Throws `bad-dataset` at the first damaged one, naming its
   * offset: what came before it is whole.
   */
  async *records(): AsyncGenerator<FileRecord> {
    const window = new ReadWindow(this.#handle, this.bytes);
    let offset = 0;
    while (offset < this.bytes) {
      const first = offset;
      let end = offset;
      const read = async (at: number): Promise<Chunk> => {
        const chunk = chunkOf(await window.take(at, HEADER_BYTES), at, this.bytes, this.#error);
        const content = await window.take(at + HEADER_BYTES, chunk.length);
        end = chunk.end;
        return { part: chunk.part, content, end: chunk.end };
      };
      const content = await joinParts(first, read, this.#error);
      yield { offset: first, content };
      offset = end;
    }
  }

  async #readChunk(offset: number): Promise<Chunk> {
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await this.#handle.read(header, 0, HEADER_BYTES, offset);
    const chunk = chunkOf(header.subarray(0, bytesRead), offset, this.bytes, this.#error);
    const content = Buffer.alloc(chunk.length);
    await this.#handle.read(content, 0, chunk.length, offset + HEADER_BYTES);
    return { part: chunk.part, content, end: chunk.end };
  }

  readonly #error = (offset: number, rule: string): GlimpseError =>
    new GlimpseError('bad-dataset', `${this.path}, byte ${offset}: ${rule}`);
}

type Complaint = (offset: number, rule: string) => GlimpseError;

function chunkOf(
  header: Buffer,
  offset: number,
  fileBytes: number,
  complain: Complaint,
): { part: number; length: number; end: number } {
  if (header.length < HEADER_BYTES) throw complain(offset, 'the file ends inside a record’s header');
  if (header.readUInt32LE(0) !== MAGIC) {
    throw complain(offset, 'no record begins here (its magic number is not 0xced7230a)');
  }
  const word = header.readUInt32LE(4);
  const length = word & LENGTH_MASK;
  const left = fileBytes - offset - HEADER_BYTES;
  if (length > left)
    throw complain(offset, `the record is cut off: ${length} bytes are announced, ${left} are left`);
  if (length > LARGEST_RECORD_BYTES) throw complain(offset, `a record of ${length} bytes is no picture`);
  return { part: word >>> 29, length, end: offset + HEADER_BYTES + Math.ceil(length / 4) * 4 };
}

/** Parts were cut at magic numbers of the content, which stand between them again afterwards. */
async function joinParts(
  offset: number,
  read: (offset: number) => Promise<Chunk>,
  complain: Complaint,
): Promise<Buffer> {
  const first = await read(offset);
  if (first.part === PART.whole) return first.content;
  if (first.part !== PART.first) throw complain(offset, 'a record begins with a later part');
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  // A stream's bytes are overwritten by what is read after them.
  const parts: Buffer[] = [Buffer.from(first.content)];
  let bytes = first.content.length;
  for (let next = first.end; ; ) {
    const chunk = await read(next);
    if (chunk.part !== PART.middle && chunk.part !== PART.last)
      throw complain(next, 'a record’s last part is missing');
    parts.push(magic, Buffer.from(chunk.content));
    bytes += magic.length + chunk.content.length;
    if (bytes > LARGEST_RECORD_BYTES || parts.length > 2 * MOST_PARTS)
      throw complain(
        offset,
        `a record of more than ${LARGEST_RECORD_BYTES} bytes or ${MOST_PARTS} parts is no picture`,
      );
    if (chunk.part === PART.last) return Buffer.concat(parts);
    next = chunk.end;
  }
}

/** A stretch of the file in memory that moves on as later bytes are asked for. */
class ReadWindow {
  readonly #handle: FileHandle;
  readonly #fileBytes: number;
  #buffer = Buffer.alloc(STREAM_BLOCK_BYTES);
  #start = 0;
  #end = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.#fileBytes = fileBytes;
  }

  /** Fewer bytes only at the file's end. */
  async take(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.#fileBytes - offset);
    if (offset < this.#start || offset + wanted > this.#end) await this.#fill(offset, wanted);
    return this.#buffer.subarray(offset - this.#start, offset - this.#start + wanted);
  }

  async #fill(offset: number, wanted: number): Promise<void> {
    const size = Math.max(STREAM_BLOCK_BYTES, wanted);
    // A new buffer each time: records handed out before must not change under a decoder that still reads them.
    this.#buffer = Buffer.alloc(size);
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, size, offset);
    this.#start = offset;
    this.#end = offset + bytesRead;
  }
}
