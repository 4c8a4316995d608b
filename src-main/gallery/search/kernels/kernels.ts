// The kernels of one dimension, compiled once per thread and bound to each block's memory, with their scratch memory.

import { assert } from '../../../common/assert.ts';
import { CHUNK_ROWS, type SpaceLayout } from '../layout.ts';
import { codeHalves } from './code-halves.ts';
import { encodeModule } from './encode.ts';
import { PROBE_ENTRY_BYTES, PROBES_PER_TILE, scoreCodes } from './score-codes.ts';
import { scoreHalves } from './score-halves.ts';

const PAGE_BYTES = 65_536;
/** Planes of coded probes that one pass over the rows takes. */
export const MOST_PLANES = 256;

export interface KernelFunctions {
  scoreHalves(rows: number, count: number, probe: number, scores: number): void;
  scoreCodes(
    rows: number,
    count: number,
    sums: number,
    scales: number,
    probes: number,
    table: number,
    probeCount: number,
    scores: number,
    stride: number,
  ): void;
  codeHalves(rows: number, count: number, codes: number, sums: number, scales: number, errors: number): void;
}

/** Byte offsets in scratch memory, each for one chunk of rows and `MOST_PLANES` probe planes. */
export interface ScratchMap {
  /** One spread float32 probe after the other, `probeStride` bytes apart. */
  readonly probes: number;
  readonly probeStride: number;
  readonly planes: number;
  readonly table: number;
  readonly codes: number;
  readonly sums: number;
  readonly scales: number;
  readonly errors: number;
  /** Float32 scores, plane by plane. */
  readonly scores: number;
  readonly scoreStride: number;
}

export class Kernels {
  readonly map: ScratchMap;
  readonly scratch: WebAssembly.Memory;
  /** The kernels with scratch as their first memory too: for codes made on the fly. */
  readonly onScratch: KernelFunctions;
  readonly #module: WebAssembly.Module;

  constructor(layout: SpaceLayout) {
    const { paddedDimension: dimension } = layout;
    assert(MOST_PLANES % PROBES_PER_TILE === 0, `planes come in tiles of ${PROBES_PER_TILE}`);
    const bytes = encodeModule([scoreHalves(dimension), scoreCodes(dimension), codeHalves(dimension)]);
    this.#module = new WebAssembly.Module(bytes);
    const { map, pages } = mapScratch(dimension);
    this.map = map;
    this.scratch = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.onScratch = this.bind(this.scratch);
  }

  /** The kernels with `rows` as their first memory. */
  bind(rows: WebAssembly.Memory): KernelFunctions {
    const instance = new WebAssembly.Instance(this.#module, { memory: { rows, scratch: this.scratch } });
    return instance.exports as unknown as KernelFunctions;
  }
}

function mapScratch(dimension: number): { map: ScratchMap; pages: number } {
  let used = 0;
  const take = (bytes: number): number => {
    const start = used;
    used += Math.ceil(bytes / 64) * 64;
    return start;
  };
  // scoreHalves writes 16 bytes behind a probe.
  const probeStride = 4 * dimension + 64;
  const map = {
    probes: take(MOST_PLANES * probeStride),
    probeStride,
    planes: take(MOST_PLANES * dimension),
    table: take(MOST_PLANES * PROBE_ENTRY_BYTES),
    codes: take(CHUNK_ROWS * dimension),
    sums: take(4 * CHUNK_ROWS),
    scales: take(4 * CHUNK_ROWS),
    errors: take(4 * CHUNK_ROWS),
    scores: take(4 * CHUNK_ROWS * MOST_PLANES),
    scoreStride: 4 * CHUNK_ROWS,
  };
  return { map, pages: Math.ceil((used + 4096) / PAGE_BYTES) };
}
