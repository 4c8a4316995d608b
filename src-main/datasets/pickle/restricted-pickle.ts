// Reads as much of Python's pickle, protocols 2 to 5, as lists of bytes, flags and numpy arrays need. It executes nothing:
// opcodes that import or call are refused by name, but for the few names by which numpy and bytes say how they are rebuilt.

import { GlimpseError } from '../../common/errors.ts';
import { describeRefused } from './opcodes.ts';
import { type PickleValue, textOf } from './pickle-value.ts';

const ENCODE = '_codecs.encode';
const LATIN_1: readonly string[] = ['latin1', 'latin-1'];

/** Names that may stand in a file, as data; `rebuild` ones may be applied to arguments, as data. */
const NAMES: ReadonlyMap<string, 'rebuild' | 'type'> = new Map([
  ['numpy.core.multiarray._reconstruct', 'rebuild'],
  ['numpy._core.multiarray._reconstruct', 'rebuild'],
  ['numpy.core.numeric._frombuffer', 'rebuild'],
  ['numpy._core.numeric._frombuffer', 'rebuild'],
  ['numpy.core.multiarray.scalar', 'rebuild'],
  ['numpy._core.multiarray.scalar', 'rebuild'],
  ['numpy.dtype', 'rebuild'],
  ['numpy.ndarray', 'type'],
  [ENCODE, 'rebuild'],
]);

/** Of values and memo entries: the largest published set (14,000 arrays) takes 0.4 million, and so many empty lists 0.4 GB. */
const MOST_VALUES = 5_000_000;
const LONGEST_TEXT_BYTES = 64 << 20;
const LONGEST_NAME = 256;
const [LEAST_PROTOCOL, MOST_PROTOCOL] = [2, 5];

/** Opcodes that are read; all others are refused by name. */
const OP = {
  PROTO: 0x80,
  FRAME: 0x95,
  STOP: 0x2e,
  MARK: 0x28,
  NONE: 0x4e,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  BINBYTES8: 0x8e,
  BYTEARRAY8: 0x96,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE: 0x58,
  BINUNICODE8: 0x8d,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  APPENDS: 0x65,
  EMPTY_TUPLE: 0x29,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  MEMOIZE: 0x94,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  GLOBAL: 0x63,
  STACK_GLOBAL: 0x93,
  REDUCE: 0x52,
  BUILD: 0x62,
} as const;

/**
 * The one value of a pickle. Bytes are views of the file. Throws `bad-dataset` naming the file, the byte and the rule: for a
 * refused opcode or name, a file that is cut off, and a stack that does not fit.
 */
export function readPickle(file: Uint8Array, path: string): PickleValue {
  return new PickleReader(file, path).read();
}

class PickleReader {
  readonly #file: Buffer;
  readonly #path: string;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #encodedTexts = new Map<PickleValue, PickleValue>();
  #at = 0;
  #opcodeAt = 0;
  #values = 0;

  constructor(file: Uint8Array, path: string) {
    this.#file = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    this.#path = path;
  }

  read(): PickleValue {
    if (this.#file[0] !== OP.PROTO || this.#file.length < 2) {
      throw this.#error('does not begin with PROTO, as pickles of protocol 2 and later do');
    }
    for (;;) {
      this.#opcodeAt = this.#at;
      const opcode = this.#byte();
      if (opcode === OP.STOP) return this.#pop();
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    switch (opcode) {
      case OP.PROTO:
        this.#checkProtocol(this.#byte());
        break;
      case OP.FRAME:
        this.#checkFrame(this.#length8());
        break;
      case OP.MARK:
        this.#count();
        this.#marks.push(this.#stack.length);
        break;
      case OP.NONE:
        this.#push({ kind: 'none' });
        break;
      case OP.NEWTRUE:
      case OP.NEWFALSE:
        this.#push({ kind: 'flag', value: opcode === OP.NEWTRUE });
        break;
      case OP.BININT:
        this.#push({ kind: 'number', value: this.#take(4).readInt32LE() });
        break;
      case OP.BININT1:
        this.#push({ kind: 'number', value: this.#byte() });
        break;
      case OP.BININT2:
        this.#push({ kind: 'number', value: this.#take(2).readUInt16LE() });
        break;
      case OP.SHORT_BINSTRING:
      case OP.SHORT_BINBYTES:
        this.#push({ kind: 'bytes', bytes: this.#take(this.#byte()) });
        break;
      case OP.BINSTRING:
      case OP.BINBYTES:
        this.#push({ kind: 'bytes', bytes: this.#take(this.#length4()) });
        break;
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
        this.#push({ kind: 'bytes', bytes: this.#take(this.#length8()) });
        break;
      case OP.SHORT_BINUNICODE:
        this.#push({ kind: 'text', text: this.#text(this.#byte()) });
        break;
      case OP.BINUNICODE:
        this.#push({ kind: 'text', text: this.#text(this.#length4()) });
        break;
      case OP.BINUNICODE8:
        this.#push({ kind: 'text', text: this.#text(this.#length8()) });
        break;
      case OP.EMPTY_LIST:
        this.#push({ kind: 'list', items: [] });
        break;
      case OP.APPEND:
        this.#append([this.#pop()]);
        break;
      case OP.APPENDS:
        this.#append(this.#popToMark());
        break;
      case OP.EMPTY_TUPLE:
        this.#push({ kind: 'tuple', items: [] });
        break;
      case OP.TUPLE:
        this.#push({ kind: 'tuple', items: this.#popToMark() });
        break;
      case OP.TUPLE1:
      case OP.TUPLE2:
      case OP.TUPLE3:
        this.#push({ kind: 'tuple', items: this.#popMany(opcode - OP.TUPLE1 + 1) });
        break;
      case OP.BINPUT:
        this.#remember(this.#byte());
        break;
      case OP.LONG_BINPUT:
        this.#remember(this.#take(4).readUInt32LE());
        break;
      case OP.MEMOIZE:
        this.#remember(this.#memo.size);
        break;
      case OP.BINGET:
        this.#recall(this.#byte());
        break;
      case OP.LONG_BINGET:
        this.#recall(this.#take(4).readUInt32LE());
        break;
      case OP.GLOBAL:
        this.#global('GLOBAL', this.#line(), this.#line());
        break;
      case OP.STACK_GLOBAL:
        this.#stackGlobal();
        break;
      case OP.REDUCE:
        this.#reduce();
        break;
      case OP.BUILD:
        this.#build();
        break;
      default:
        throw this.#error(`has the opcode ${describeRefused(opcode)}: refused`);
    }
  }

  #checkProtocol(protocol: number): void {
    if (protocol >= LEAST_PROTOCOL && protocol <= MOST_PROTOCOL) return;
    throw this.#error(
      `is a pickle of protocol ${protocol}, protocols ${LEAST_PROTOCOL} to ${MOST_PROTOCOL} are read`,
    );
  }

  /** Frames say how far to read ahead; the file is in memory already. */
  #checkFrame(length: number): void {
    if (this.#at + length > this.#file.length) throw this.#cutOff(`a frame of ${length} bytes`);
  }

  #stackGlobal(): void {
    const [module, name] = this.#popMany(2);
    if (module.kind !== 'text' || name.kind !== 'text') throw this.#error('has a STACK_GLOBAL without names');
    this.#global('STACK_GLOBAL', module.text, name.text);
  }

  #global(opcode: string, module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!NAMES.has(full)) {
      const shown = JSON.stringify(full.slice(0, 80));
      throw this.#error(`has the opcode ${opcode}, which would import ${shown}: refused`);
    }
    this.#push({ kind: 'global', name: full });
  }

  #reduce(): void {
    const [callable, given] = this.#popMany(2);
    if (callable.kind !== 'global' || NAMES.get(callable.name) !== 'rebuild' || given.kind !== 'tuple') {
      const what = callable.kind === 'global' ? callable.name : `a ${callable.kind}`;
      throw this.#error(`has the opcode REDUCE, which would call ${what}: refused`);
    }
    if (callable.name === ENCODE) this.#push(this.#encoded(given.items));
    else this.#push({ kind: 'rebuild', callable: callable.name, given: given.items, state: null });
  }

  /** Bytes as Python 3 spells them in protocol 2: as a text. One text gives one copy, however often a file asks for it. */
  #encoded([text, encoding]: readonly PickleValue[]): PickleValue {
    if (text?.kind !== 'text' || !LATIN_1.includes(textOf(encoding) ?? ''))
      throw this.#error(
        `has the opcode REDUCE, which would call ${ENCODE} otherwise than to latin-1: refused`,
      );
    const known = this.#encodedTexts.get(text);
    if (known !== undefined) return known;
    for (let at = 0; at < text.text.length; at++)
      if (text.text.charCodeAt(at) > 255) throw this.#error('spells bytes with a character above 255');
    const bytes: PickleValue = { kind: 'bytes', bytes: Buffer.from(text.text, 'latin1') };
    this.#encodedTexts.set(text, bytes);
    return bytes;
  }

  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (target.kind !== 'rebuild' || target.state !== null) {
      throw this.#error(`has the opcode BUILD, which would set the state of a ${target.kind}: refused`);
    }
    target.state = state;
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (list.kind !== 'list') throw this.#error(`appends to a ${list.kind}, which is no list`);
    for (const item of items) list.items.push(item);
  }

  #remember(index: number): void {
    this.#count();
    this.#memo.set(index, this.#top());
  }

  #recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#error(`recalls memo ${index}, which was never stored`);
    this.#push(value);
  }

  #push(value: PickleValue): void {
    this.#count();
    this.#stack.push(value);
  }

  #count(): void {
    if (++this.#values > MOST_VALUES) throw this.#error(`holds more than ${MOST_VALUES} values`);
  }

  #top(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#error('takes from an empty stack');
    return this.#stack[this.#stack.length - 1];
  }

  #pop(): PickleValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): PickleValue[] {
    const popped: PickleValue[] = [];
    for (let index = 0; index < count; index++) popped.unshift(this.#pop());
    return popped;
  }

  #popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#error('takes up to a mark that was never set');
    return this.#stack.splice(mark);
  }

  #byte(): number {
    return this.#take(1)[0];
  }

  #length4(): number {
    return this.#take(4).readUInt32LE();
  }

  #length8(): number {
    const length = this.#take(8).readBigUInt64LE();
    if (length > BigInt(this.#file.length)) throw this.#cutOff(`${length} bytes`);
    return Number(length);
  }

  #line(): string {
    const end = this.#file.indexOf(0x0a, this.#at);
    if (end < 0 || end - this.#at > LONGEST_NAME) throw this.#error('has a name without an end');
    const line = this.#file.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return line;
  }

  #text(length: number): string {
    if (length > LONGEST_TEXT_BYTES)
      throw this.#error(`has a text of ${length} bytes, at most ${LONGEST_TEXT_BYTES} are read`);
    return this.#take(length).toString('utf8');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#file.length) throw this.#cutOff(`${length} bytes`);
    const taken = this.#file.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #cutOff(what: string): GlimpseError {
    return this.#error(`is cut off: ${what} are announced, ${this.#file.length - this.#at} are left`);
  }

  #error(rule: string): GlimpseError {
    return new GlimpseError('bad-dataset', `${this.#path}, byte ${this.#opcodeAt}: the file ${rule}`);
  }
}
