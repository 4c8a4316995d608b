// One block of rows: typed views of its planes and columns, the same on every thread that holds its handle.

import type { BlockHandle, SpaceLayout } from './layout.ts';
import { planeOffsets } from './layout.ts';
import type { RowAttributes } from './row-attributes.ts';
import { codeVector, joinVector, splitVector } from './vector-codes.ts';

/** `died` of a row that is alive. */
export const ALIVE = 2 ** 32 - 1;

/** A row is what a snapshot of version v sees if `born` ≤ v < `died`. Offsets count rows within the block. */
export class Block {
  readonly handle: BlockHandle;
  readonly rows: number;
  readonly #layout: SpaceLayout;
  readonly ids: Uint32Array;
  readonly born: Uint32Array;
  readonly died: Uint32Array;
  readonly tracks: Uint32Array;
  readonly subjects: Uint32Array;
  readonly cameras: Uint32Array;
  readonly faces: Uint32Array;
  readonly capturedAtMs: Float64Array;
  readonly quality: Float32Array;
  readonly sizePx: Float32Array;
  /** Compact only: ‖vector − scale · codes‖. */
  readonly codeErrors: Float32Array;
  /** Exact only: R × D' upper halves of float32 (bfloat16, rounded) and what is left of each; two values in one number. */
  readonly upper: Uint32Array;
  readonly lower: Uint32Array;
  /** Compact only: R × D' signed bytes; sum of a row's codes; its scale. */
  readonly codes: Int8Array;
  readonly codeSums: Float32Array;
  readonly codeScales: Float32Array;

  constructor(handle: BlockHandle, layout: SpaceLayout) {
    const { rowsPerBlock: rows, paddedDimension, encoding } = layout;
    const columns = handle.columns;
    const column = (index: number): number => rows * (8 + 4 * index);
    this.handle = handle;
    this.#layout = layout;
    this.rows = rows;
    this.capturedAtMs = new Float64Array(columns, 0, rows);
    this.ids = new Uint32Array(columns, column(0), rows);
    this.born = new Uint32Array(columns, column(1), rows);
    this.died = new Uint32Array(columns, column(2), rows);
    this.tracks = new Uint32Array(columns, column(3), rows);
    this.subjects = new Uint32Array(columns, column(4), rows);
    this.cameras = new Uint32Array(columns, column(5), rows);
    this.faces = new Uint32Array(columns, column(6), rows);
    this.quality = new Float32Array(columns, column(7), rows);
    this.sizePx = new Float32Array(columns, column(8), rows);
    this.codeErrors = new Float32Array(columns, column(9), rows);
    const { second, third } = planeOffsets(layout);
    const memory = handle.vectors.buffer;
    const values = rows * paddedDimension;
    const isExact = encoding === 'exact';
    this.upper = new Uint32Array(memory, 0, isExact ? values / 2 : 0);
    this.lower = new Uint32Array(memory, isExact ? second : 0, isExact ? values / 2 : 0);
    this.codes = new Int8Array(memory, 0, isExact ? 0 : values);
    this.codeSums = new Float32Array(memory, isExact ? 0 : second, isExact ? 0 : rows);
    this.codeScales = new Float32Array(memory, isExact ? 0 : third, isExact ? 0 : rows);
  }

  /** The writer sets `born` before `died`, so reading them the other way round never mixes an old row with a new one. */
  isVisible(offset: number, version: number): boolean {
    return Atomics.load(this.died, offset) > version && Atomics.load(this.born, offset) <= version;
  }

  /** Makes a filled row visible to snapshots of the version and later. */
  bear(offset: number, version: number): void {
    Atomics.store(this.born, offset, version);
    Atomics.store(this.died, offset, ALIVE);
  }

  /** Hides a row from snapshots of the version and later. */
  retire(offset: number, version: number): void {
    Atomics.store(this.died, offset, version);
  }

  /** Exact only: bit for bit. */
  vector(offset: number): Float32Array {
    const { dimension, paddedDimension } = this.#layout;
    return joinVector(this.upper, this.lower, offset * paddedDimension, dimension);
  }

  /** Of a row that nobody sees yet; the vector is one of the space. */
  writeVector(offset: number, vector: Float32Array): void {
    const first = offset * this.#layout.paddedDimension;
    if (this.#layout.encoding === 'exact') {
      splitVector(vector, this.upper, this.lower, first);
      return;
    }
    const { scale, sum, error } = codeVector(vector, this.codes, first);
    this.codeScales[offset] = scale;
    this.codeSums[offset] = sum;
    this.codeErrors[offset] = error;
  }

  /** Into a row that nobody sees yet, from one of the same space. */
  copyVector(offset: number, source: Block, sourceOffset: number): void {
    const from = source.#planesOf(sourceOffset);
    this.#planesOf(offset).forEach((plane, at) => void plane.set(from[at]));
    if (this.#layout.encoding === 'exact') return;
    this.codeScales[offset] = source.codeScales[sourceOffset];
    this.codeSums[offset] = source.codeSums[sourceOffset];
    this.codeErrors[offset] = source.codeErrors[sourceOffset];
  }

  wipeVector(offset: number): void {
    for (const plane of this.#planesOf(offset)) plane.fill(0);
    if (this.#layout.encoding === 'exact') return;
    this.codeScales[offset] = 0;
    this.codeSums[offset] = 0;
    this.codeErrors[offset] = 0;
  }

  /** A row's values. */
  #planesOf(offset: number): readonly (Uint32Array | Int8Array)[] {
    const { encoding, paddedDimension } = this.#layout;
    if (encoding === 'compact')
      return [this.codes.subarray(offset * paddedDimension, (offset + 1) * paddedDimension)];
    const pairs = paddedDimension / 2;
    return [this.upper, this.lower].map((plane) => plane.subarray(offset * pairs, (offset + 1) * pairs));
  }

  attributes(offset: number): RowAttributes {
    return {
      trackId: this.tracks[offset] || null,
      subjectId: this.subjects[offset] || null,
      cameraId: this.cameras[offset] || null,
      capturedAtMs: nullIfNaN(this.capturedAtMs[offset]),
      quality: nullIfNaN(this.quality[offset]),
      sizePx: nullIfNaN(this.sizePx[offset]),
      faces: this.faces[offset],
    };
  }

  setAttributes(offset: number, attributes: RowAttributes): void {
    this.tracks[offset] = attributes.trackId ?? 0;
    this.subjects[offset] = attributes.subjectId ?? 0;
    this.cameras[offset] = attributes.cameraId ?? 0;
    this.capturedAtMs[offset] = attributes.capturedAtMs ?? Number.NaN;
    this.quality[offset] = attributes.quality ?? Number.NaN;
    this.sizePx[offset] = attributes.sizePx ?? Number.NaN;
    this.faces[offset] = attributes.faces;
  }
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
