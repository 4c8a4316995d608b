// Scores of one chunk of rows against all probes, with how far each may be off: by halves, by codes made on the fly, by codes.

import { LENGTH_TOLERANCE } from '../vector-check.ts';
import type { Block } from './block.ts';
import type { KernelFunctions, Kernels } from './kernels/kernels.ts';
import { PROBE_ENTRY_BYTES, PROBES_PER_TILE } from './kernels/score-codes.ts';
import { CHUNK_ROWS, type SpaceLayout } from './layout.ts';
import {
  type CodedProbe,
  codeProbeCoarsely,
  codeProbeFinely,
  HALF_ERROR,
  spreadProbe,
} from './vector-codes.ts';

/** No vector or probe is longer than this. */
const MOST_LENGTH = 1 + LENGTH_TOLERANCE;
/** Row errors are float32 sums themselves. */
const ERROR_SLACK = 1.0001;

/**
 * A row's exact score lies within rowErrors[row] · factor + base of what the scorer says, the latter two per probe. Scores are
 * those of the last chunk: of probe p and row r of the chunk at p · CHUNK_ROWS + r.
 */
export interface ChunkScorer {
  /** Whether the bounds are so wide that a second look by halves pays. */
  readonly isCoarse: boolean;
  readonly scores: Float32Array;
  readonly rowErrors: Float32Array;
  readonly factors: Float64Array;
  readonly bases: Float64Array;
  /** Scores rows `from` to `to` (multiples of 4) of the chunk that starts at `first` in the block. */
  score(block: Block, kernels: KernelFunctions, first: number, from: number, to: number): void;
}

/** What float32 rounding adds to a sum of D products in lanes of four: fewer than D/4 + 16 roundings of at most 2⁻²⁴ each. */
function roundingError(dimension: number): number {
  return (dimension / 4 + 16) * 2 ** -24 * MOST_LENGTH ** 2;
}

/** Exact stores, few probes or a threshold: float32 probes against bfloat16 rows. */
export function halvesScorer(layout: SpaceLayout, kernels: Kernels, probes: Float32Array): ChunkScorer {
  const { dimension, paddedDimension } = layout;
  const { map, scratch } = kernels;
  const count = probes.length / dimension;
  for (let probe = 0; probe < count; probe++) {
    spreadProbe(
      rowOfProbes(probes, probe, dimension),
      new Float32Array(scratch.buffer, map.probes + probe * map.probeStride, paddedDimension),
    );
  }
  const error = HALF_ERROR * MOST_LENGTH ** 2 + roundingError(dimension);
  return {
    isCoarse: false,
    scores: new Float32Array(scratch.buffer, map.scores, count * CHUNK_ROWS),
    rowErrors: new Float32Array(CHUNK_ROWS),
    factors: new Float64Array(count),
    bases: new Float64Array(count).fill(error),
    score(_block, bound, first, from, to) {
      const rows = 2 * paddedDimension * (first + from);
      for (let probe = 0; probe < count; probe++) {
        bound.scoreHalves(
          rows,
          to - from,
          map.probes + probe * map.probeStride,
          map.scores + probe * map.scoreStride + 4 * from,
        );
      }
    },
  };
}

/** Exact stores, many probes: rows are coded chunk by chunk and multiplied as bytes. */
export function codedHalvesScorer(layout: SpaceLayout, kernels: Kernels, probes: Float32Array): ChunkScorer {
  const { dimension, paddedDimension } = layout;
  const { map, scratch } = kernels;
  const coded = eachProbe(probes, dimension, (probe) => codeProbeCoarsely(probe, paddedDimension));
  const planes = writePlanes(kernels, coded, paddedDimension);
  return {
    isCoarse: true,
    scores: new Float32Array(scratch.buffer, map.scores, coded.length * CHUNK_ROWS),
    rowErrors: new Float32Array(scratch.buffer, map.errors, CHUNK_ROWS),
    ...boundsOf(coded, HALF_ERROR * MOST_LENGTH ** 2 + roundingError(dimension)),
    score(_block, bound, first, from, to) {
      const codes = map.codes + paddedDimension * from;
      const sums = map.sums + 4 * from;
      const scales = map.scales + 4 * from;
      const count = to - from;
      bound.codeHalves(
        2 * paddedDimension * (first + from),
        count,
        codes,
        sums,
        scales,
        map.errors + 4 * from,
      );
      const { onScratch } = kernels;
      const scores = map.scores + 4 * from;
      onScratch.scoreCodes(
        codes,
        count,
        sums,
        scales,
        map.planes,
        map.table,
        planes,
        scores,
        map.scoreStride,
      );
    },
  };
}

/** Compact stores: coded rows against finely coded probes, two planes each. */
export function codesScorer(layout: SpaceLayout, kernels: Kernels, probes: Float32Array): ChunkScorer {
  const { dimension, paddedDimension, rowsPerBlock } = layout;
  const { map, scratch } = kernels;
  const coded = eachProbe(probes, dimension, (probe) => codeProbeFinely(probe, paddedDimension));
  const planes = writePlanes(kernels, coded, paddedDimension);
  const planeScores = new Float32Array(scratch.buffer, map.scores, planes * CHUNK_ROWS);
  const rowErrors = new Float32Array(CHUNK_ROWS);
  const sumsStart = paddedDimension * rowsPerBlock;
  return {
    isCoarse: false,
    scores: planeScores,
    rowErrors,
    ...boundsOf(coded, roundingError(dimension)),
    score(block, bound, first, from, to) {
      rowErrors.set(block.codeErrors.subarray(first + from, first + to), from);
      const row = first + from;
      bound.scoreCodes(
        paddedDimension * row,
        to - from,
        sumsStart + 4 * row,
        sumsStart + 4 * (rowsPerBlock + row),
        map.planes,
        map.table,
        planes,
        map.scores + 4 * from,
        map.scoreStride,
      );
      for (let probe = 0; probe < coded.length; probe++) {
        addPlanes(planeScores, probe * CHUNK_ROWS, 2 * probe * CHUNK_ROWS, from, to);
      }
    },
  };
}

/** The two planes from `source` on become one score each at `target`, which is never behind `source`. */
function addPlanes(scores: Float32Array, target: number, source: number, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    scores[target + row] = scores[source + row] + scores[source + CHUNK_ROWS + row];
  }
}

/** |x·p − x̂·p̂| ≤ ‖x − x̂‖ ‖p‖ + ‖x̂‖ ‖p − p̂‖, and ‖x̂‖ ≤ ‖x‖ + ‖x − x̂‖. */
function boundsOf(
  coded: readonly CodedProbe[],
  rest: number,
): { factors: Float64Array; bases: Float64Array } {
  return {
    factors: Float64Array.from(coded, ({ error }) => ERROR_SLACK * (MOST_LENGTH + error)),
    bases: Float64Array.from(coded, ({ error }) => MOST_LENGTH * error + rest),
  };
}

/** Copies the planes and their table to scratch; returns how many, filled up to whole tiles. */
function writePlanes(kernels: Kernels, coded: readonly CodedProbe[], paddedDimension: number): number {
  const { map, scratch } = kernels;
  const planes = coded.flatMap((probe) => probe.planes);
  const count = Math.ceil(planes.length / PROBES_PER_TILE) * PROBES_PER_TILE;
  const bytes = new Uint8Array(scratch.buffer, map.planes, count * paddedDimension).fill(0);
  const table = new Float32Array(scratch.buffer, map.table, (count * PROBE_ENTRY_BYTES) / 4).fill(0);
  planes.forEach((plane, index) => {
    bytes.set(plane.bytes, index * paddedDimension);
    table.set([plane.offset, plane.scale], 2 * index);
  });
  return count;
}

function eachProbe<T>(probes: Float32Array, dimension: number, make: (probe: Float32Array) => T): T[] {
  return Array.from({ length: probes.length / dimension }, (_, probe) =>
    make(rowOfProbes(probes, probe, dimension)),
  );
}

function rowOfProbes(probes: Float32Array, probe: number, dimension: number): Float32Array {
  return probes.subarray(probe * dimension, (probe + 1) * dimension);
}
