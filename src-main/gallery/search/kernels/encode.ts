// A small WebAssembly assembler: instructions as functions that nest like expressions, functions into a module.

/** Encoded instructions. */
export type Code = readonly number[];

/** Index of a parameter or local variable in its function. */
export type Local = number;

export type ValueType = 'i32' | 'v128';

/** The two imported memories: the vectors of a block, and what one search writes and reads. */
export type MemoryIndex = 0 | 1;
export const ROWS: MemoryIndex = 0;
export const SCRATCH: MemoryIndex = 1;

const VALUE_TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b };
const SIMD = 0xfd;
const NO_RESULT = 0x40;
const MOST_PAGES = 65_536;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

export function sequence(...parts: readonly Code[]): Code {
  return parts.flat();
}

/** `count` pieces of code, one after the other. */
export function repeat(count: number, piece: (index: number) => Code): Code {
  return Array.from({ length: count }, (_, index) => piece(index)).flat();
}

export function get(local: Local): Code {
  return [0x20, ...unsigned(local)];
}

export function set(local: Local, value: Code): Code {
  return [...value, 0x21, ...unsigned(local)];
}

/** Runs the body, then again as long as the condition holds. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, NO_RESULT, ...body, ...condition, 0x0d, 0, 0x0b];
}

function binary(opcode: number): (left: Code, right: Code) => Code {
  return (left, right) => [...left, ...right, opcode];
}

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  multiply: binary(0x6c),
  /** Unsigned. */
  isLess: binary(0x49),
};

/** Alignment hint 2⁰: rows start where they like. */
function address(memory: MemoryIndex, offset: number): number[] {
  return memory === 0 ? [0, ...unsigned(offset)] : [0x40, ...unsigned(memory), ...unsigned(offset)];
}

function simd(opcode: number): (...operands: Code[]) => Code {
  return (...operands) => [...operands.flat(), SIMD, ...unsigned(opcode)];
}

function simdLoad(opcode: number): (memory: MemoryIndex, at: Code, offset?: number) => Code {
  return (memory, at, offset = 0) => [...at, SIMD, ...unsigned(opcode), ...address(memory, offset)];
}

function shift(opcode: number): (vector: Code, bits: number) => Code {
  return (vector, bits) => [...vector, ...i32.constant(bits), SIMD, ...unsigned(opcode)];
}

export const v128 = {
  load: simdLoad(0x00),
  /** Four copies of one 32-bit word. */
  loadSplat32: simdLoad(0x09),
  store: (memory: MemoryIndex, at: Code, value: Code, offset = 0): Code => [
    ...at,
    ...value,
    SIMD,
    0x0b,
    ...address(memory, offset),
  ],
  /** The 32-bit word's bits, four times. */
  constant32: (word: number): Code => {
    const bytes = [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, (word >>> 24) & 0xff];
    return [SIMD, 0x0c, ...bytes, ...bytes, ...bytes, ...bytes];
  },
  /** Four 32-bit lanes picked from the eight of left (0–3) and right (4–7). */
  pick32: (left: Code, right: Code, lanes: readonly [number, number, number, number]): Code => [
    ...left,
    ...right,
    SIMD,
    0x0d,
    ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
  ],
  and: simd(0x4e),
  xor: simd(0x51),
};

export const i32x4 = {
  shiftLeft: shift(0xab),
  shiftRight: shift(0xac),
  add: simd(0xae),
  /** Any rounding or wrap-around of values out of range; ours are in range. */
  relaxedTruncate: simd(0x101),
  /** Adds 16 products of signed bytes (left) and bytes 0…127 (right) to four sums. */
  relaxedDotBytes: simd(0x113),
};

export const f32x4 = {
  nearest: simd(0x6a),
  abs: simd(0xe0),
  add: simd(0xe4),
  subtract: simd(0xe5),
  multiply: simd(0xe6),
  divide: simd(0xe7),
  /** left < right ? right : left, which is one instruction where `max` has to look for NaN. */
  pseudoMax: simd(0xeb),
  sqrt: simd(0xe3),
  fromI32: simd(0xfa),
  /** left · right + addend, fused where the processor can. */
  relaxedMultiplyAdd: simd(0x105),
};

export const i16x8 = {
  /** Eight words from twice four 32-bit ones, saturating. */
  narrow: simd(0x85),
};

export const i8x16 = {
  /** Sixteen bytes from twice eight words, saturating. */
  narrow: simd(0x65),
};

/** One function of a module: takes i32 parameters, gives nothing back. */
export class FunctionWriter {
  readonly name: string;
  #parameters = 0;
  readonly #locals: ValueType[] = [];
  #body: Code = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The next i32 parameter; all of them come before the first local. */
  parameter(): Local {
    return this.#parameters++;
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return this.#parameters + this.#locals.length - 1;
  }

  locals(count: number): Local[] {
    return Array.from({ length: count }, () => this.local('v128'));
  }

  body(...parts: readonly Code[]): this {
    this.#body = sequence(...parts);
    return this;
  }

  get type(): Code {
    return [0x60, ...list(Array.from({ length: this.#parameters }, () => [VALUE_TYPES.i32])), 0];
  }

  get code(): Code {
    const locals = list(this.#locals.map((type) => [1, VALUE_TYPES[type]]));
    const code = [...locals, ...this.#body, 0x0b];
    return [...unsigned(code.length), ...code];
  }
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return list([...new TextEncoder().encode(value)].map((byte) => [byte]));
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function sharedMemoryImport(name: string): Code {
  return [...text('memory'), ...text(name), 0x02, 0x03, ...unsigned(1), ...unsigned(MOST_PAGES)];
}

/** A module that imports the shared memories `memory.rows` and `memory.scratch` and exports every function. */
export function encodeModule(functions: readonly FunctionWriter[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(functions.map((written) => written.type))),
    ...section(2, list([sharedMemoryImport('rows'), sharedMemoryImport('scratch')])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
    ...section(10, list(functions.map((written) => written.code))),
  ]);
}
