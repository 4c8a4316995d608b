// Typed arrays and numbers beyond JSON through JSON: Node 16 does not read the structured clones that Node 24 writes.

const BYTES = '$bytes';
const NUMBER = '$number';

const ARRAYS = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;
type ArrayName = keyof typeof ARRAYS;

/** Typed arrays become `{ $bytes: [type, base64] }`; NaN and the infinities `{ $number: name }`. The rest is copied. Throws for what JSON would lose. */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { [NUMBER]: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return { [BYTES]: [arrayName(value), base64Of(value)] };
  if (Array.isArray(value)) return value.map(toPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw cannotCross(value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toPlain(entry)]));
}

export function fromPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const marked = value as { readonly [BYTES]?: unknown; readonly [NUMBER]?: unknown };
  if (typeof marked[NUMBER] === 'string') return Number(marked[NUMBER]);
  if (Array.isArray(marked[BYTES])) return arrayOf(marked[BYTES] as readonly unknown[]);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromPlain(entry)]));
}

/** A Buffer comes out as the Uint8Array it is. */
function arrayName(value: ArrayBufferView): ArrayName {
  const name = (Object.keys(ARRAYS) as ArrayName[]).find((known) => value instanceof ARRAYS[known]);
  if (name === undefined) throw cannotCross(value);
  return name;
}

function cannotCross(value: object): TypeError {
  return new TypeError(`${value.constructor.name} cannot cross to another process`);
}

function base64Of({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function arrayOf([name, text]: readonly unknown[]): ArrayBufferView {
  const Kind = ARRAYS[name as ArrayName];
  // A copy of its own, aligned for every element size.
  const bytes = Uint8Array.from(Buffer.from(String(text), 'base64'));
  return new Kind(bytes.buffer, 0, bytes.byteLength / Kind.BYTES_PER_ELEMENT);
}
