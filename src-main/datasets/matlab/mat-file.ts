// MATLAB's level 5 files as far as lists of names need them: cell arrays and texts. Format: MathWorks, "MAT-File Format".

import { inflateSync } from 'node:zlib';
import { GlimpseError, systemCode } from '../../common/errors.ts';

/** An array of a file; cells are column by column. Numbers and all else are passed over. */
export type MatValue =
  | {
      readonly kind: 'cell';
      readonly rows: number;
      readonly columns: number;
      readonly items: readonly MatValue[];
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'other' };

const HEADER_BYTES = 128;
const TYPE = {
  uint16: 4,
  int32: 5,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
} as const;
const CLASS = { cell: 1, char: 4 } as const;
/** Of all variables together: a list of 5,319 pairs has 1 MB. */
const MOST_INFLATED_BYTES = 32 << 20;
const DEEPEST = 4;

interface Element {
  readonly type: number;
  readonly data: Buffer;
  /** Offset behind it and its padding. */
  readonly end: number;
}

/** The file's variables by name. Throws `bad-dataset` for a file of another kind, one that is cut off, or counts that contradict. */
export function readMatFile(file: Uint8Array, path: string): ReadonlyMap<string, MatValue> {
  return new MatReader(path).read(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
}

class MatReader {
  readonly #path: string;
  #inflatableBytes = MOST_INFLATED_BYTES;

  constructor(path: string) {
    this.#path = path;
  }

  read(file: Buffer): Map<string, MatValue> {
    // Version 7.3 is HDF5; version 4 has no header at all.
    if (file.length < HEADER_BYTES || file.toString('latin1', 126, 128) !== 'IM')
      throw this.#error('is no little-endian MAT file of level 5 (MATLAB 5 to 7)');
    const variables = new Map<string, MatValue>();
    for (let at = HEADER_BYTES; at < file.length; ) {
      const element = this.#element(file, at);
      const matrix = element.type === TYPE.compressed ? this.#inflate(element.data) : element;
      if (matrix.type === TYPE.matrix) {
        const { name, value } = this.#matrix(matrix.data, 0);
        variables.set(name, value);
      }
      // A compressed element has no padding behind it.
      at = element.type === TYPE.compressed ? at + 8 + element.data.length : element.end;
    }
    return variables;
  }

  #inflate(data: Buffer): Element {
    const inflated = this.#inflated(data);
    this.#inflatableBytes -= inflated.length;
    return this.#element(inflated, 0);
  }

  #inflated(data: Buffer): Buffer {
    try {
      return inflateSync(data, { maxOutputLength: Math.max(1, this.#inflatableBytes) });
    } catch (error) {
      const isTooLarge = systemCode(error) === 'ERR_BUFFER_TOO_LARGE';
      throw this.#error(
        isTooLarge
          ? `inflates to more than ${MOST_INFLATED_BYTES} bytes`
          : 'holds a compressed variable that does not inflate',
      );
    }
  }

  #element(from: Buffer, at: number): Element {
    if (at + 8 > from.length) throw this.#error('is cut off');
    const word = from.readUInt32LE(at);
    // Up to four bytes stand in the tag itself.
    const smallLength = word >>> 16;
    if (smallLength > 0) {
      if (smallLength > 4) throw this.#error('has a small element of more than 4 bytes');
      return { type: word & 0xffff, data: from.subarray(at + 4, at + 4 + smallLength), end: at + 8 };
    }
    const length = from.readUInt32LE(at + 4);
    if (at + 8 + length > from.length)
      throw this.#error(`is cut off: ${length} bytes are announced, ${from.length - at - 8} are left`);
    return {
      type: word,
      data: from.subarray(at + 8, at + 8 + length),
      end: at + 8 + Math.ceil(length / 8) * 8,
    };
  }

  #matrix(data: Buffer, depth: number): { name: string; value: MatValue } {
    if (depth > DEEPEST) throw this.#error('nests arrays too deeply');
    // An empty cell of a cell array has no content at all.
    if (data.length === 0) return { name: '', value: { kind: 'other' } };
    const flags = this.#element(data, 0);
    const sizes = this.#element(data, flags.end);
    const name = this.#element(data, sizes.end);
    const kind = flags.data.length >= 4 ? flags.data.readUInt32LE(0) & 0xff : 0;
    const extents = this.#extents(sizes);
    const [rows = 0, columns = 0] = extents;
    const count = extents.reduce((product, extent) => product * extent, 1);
    const value = this.#content(data, name.end, { kind, rows, columns, count, depth });
    return { name: name.data.toString('latin1'), value };
  }

  #content(
    data: Buffer,
    at: number,
    {
      kind,
      rows,
      columns,
      count,
      depth,
    }: { kind: number; rows: number; columns: number; count: number; depth: number },
  ): MatValue {
    if (kind === CLASS.cell) {
      const items: MatValue[] = [];
      // Every cell takes 8 bytes at least: a count that lies ends at the end of the data.
      for (let next = at; items.length < count; ) {
        const element = this.#element(data, next);
        items.push(this.#matrix(element.data, depth + 1).value);
        next = element.end;
      }
      return { kind: 'cell', rows, columns, items };
    }
    if (kind === CLASS.char) return { kind: 'text', text: this.#text(this.#element(data, at)) };
    return { kind: 'other' };
  }

  #text({ type, data }: Element): string {
    if (type === TYPE.uint16 || type === TYPE.utf16) return data.toString('utf16le');
    return data.toString(type === TYPE.utf8 ? 'utf8' : 'latin1');
  }

  #extents({ type, data }: Element): number[] {
    if (type !== TYPE.int32) throw this.#error(`has sizes of type ${type}, expected int32`);
    return Array.from({ length: Math.floor(data.length / 4) }, (_, index) => data.readInt32LE(4 * index));
  }

  #error(rule: string): GlimpseError {
    return new GlimpseError('bad-dataset', `${this.#path} ${rule}`);
  }
}
