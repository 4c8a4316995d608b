import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, normalise, rowOf } from '../../../../src-main/common/matrix.ts';
import {
  type ChunkScorer,
  codedHalvesScorer,
  codesScorer,
  halvesScorer,
} from '../../../../src-main/gallery/search/chunk-scorers.ts';
import { Kernels } from '../../../../src-main/gallery/search/kernels/kernels.ts';
import { CHUNK_ROWS, type Encoding } from '../../../../src-main/gallery/search/layout.ts';
import {
  type CodedProbe,
  codePosition,
  codeProbeCoarsely,
  codeProbeFinely,
  codeVector,
} from '../../../../src-main/gallery/search/vector-codes.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';
import { randomUnitRows } from '../../../support/unit-rows.ts';

const DIMENSION = 128;
const PAIRS = 8;

/** What a coded probe leaves out, as a unit vector: a row in this direction feels all of it. */
function missedByProbe(probe: Float32Array, { planes }: CodedProbe): Float32Array {
  return normalise(
    probe.map((value, index) =>
      planes.reduce(
        (rest, { bytes, offset, scale }) => rest - (bytes[codePosition(index)] - offset) * scale,
        value,
      ),
    ),
  );
}

/** What a row's codes leave out, as a unit vector. */
function missedByRow(row: Float32Array): Float32Array {
  const codes = new Int8Array(DIMENSION);
  const { scale } = codeVector(row, codes, 0);
  return normalise(row.map((value, index) => value - scale * codes[codePosition(index)]));
}

/** What a row's upper halves leave out, as a unit vector. */
function missedByHalves(row: Float32Array): Float32Array {
  const bits = new Uint32Array(row.slice().buffer).map((word) => (word + 0x8000) & 0xffff0000);
  const halves = new Float32Array(bits.buffer);
  return normalise(row.map((value, index) => value - halves[index]));
}

/** Largest |score − exact| over its bound, over all rows and probes. */
function worstShare(
  encoding: Encoding,
  rows: readonly Float32Array[],
  probes: readonly Float32Array[],
  makeScorer: (layout: VectorStore['layout'], kernels: Kernels, probes: Float32Array) => ChunkScorer,
): number {
  const store = new VectorStore({ dimension: DIMENSION, encoding, rowsPerBlock: CHUNK_ROWS });
  rows.forEach((row, id) => {
    store.put(id, row);
  });
  const kernels = new Kernels(store.layout);
  const asked = new Float32Array(probes.length * DIMENSION);
  probes.forEach((probe, index) => {
    asked.set(probe, index * DIMENSION);
  });
  const scorer = makeScorer(store.layout, kernels, asked);
  const [block] = store.blocks;
  scorer.score(block, kernels.bind(block.handle.vectors), 0, 0, CHUNK_ROWS);
  let worst = 0;
  probes.forEach((probe, at) => {
    rows.forEach((row, id) => {
      const bound = scorer.rowErrors[id] * scorer.factors[at] + scorer.bases[at];
      const off = Math.abs(scorer.scores[at * CHUNK_ROWS + id] - dot(row, probe));
      worst = Math.max(worst, off / bound);
    });
  });
  return worst;
}

const ROWS = Array.from({ length: PAIRS }, (_, row) =>
  rowOf(randomUnitRows(PAIRS, DIMENSION, 1), row).slice(),
);
const PROBES = Array.from({ length: PAIRS }, (_, row) =>
  rowOf(randomUnitRows(PAIRS, DIMENSION, 2), row).slice(),
);

for (const { name, encoding, makeScorer, code } of [
  {
    name: 'codes made on the fly',
    encoding: 'exact',
    makeScorer: codedHalvesScorer,
    code: codeProbeCoarsely,
  },
  { name: 'codes', encoding: 'compact', makeScorer: codesScorer, code: codeProbeFinely },
] as const) {
  test(`scores by ${name} stay within their bounds where all errors point one way`, () => {
    const towardsProbe = PROBES.map((probe) => missedByProbe(probe, code(probe, DIMENSION)));
    const byProbe = worstShare(encoding, towardsProbe, PROBES, makeScorer);
    const byRow = worstShare(encoding, ROWS, ROWS.map(missedByRow), makeScorer);
    // They come close to the bounds too: half of each bound would not do for one of the two.
    assert.ok(byProbe <= 1 && byRow <= 1, `${byProbe}, ${byRow}`);
    assert.ok(Math.max(byProbe, byRow) > 0.5, `${byProbe}, ${byRow}`);
  });
}

test('a coarse probe alone may use most of its bound', () => {
  // A row of values of one size is coded without loss, so what is off is the probe's alone.
  const flat = PROBES.map((probe) => {
    const missed = missedByProbe(probe, codeProbeCoarsely(probe, DIMENSION));
    return missed.map((value) => (value < 0 ? -1 : 1) / Math.sqrt(DIMENSION));
  });
  const worst = worstShare('exact', flat, PROBES, codedHalvesScorer);
  assert.ok(worst > 0.6 && worst <= 1, `${worst} of the bound`);
});

test('scores by halves stay within their bound where all errors point one way', () => {
  const worst = worstShare('exact', ROWS, ROWS.map(missedByHalves), halvesScorer);
  assert.ok(worst > 0.4 && worst <= 1, `${worst} of the bound`);
});

test('scores of a part of a chunk lie where those of the whole do', () => {
  const store = new VectorStore({ dimension: DIMENSION, rowsPerBlock: CHUNK_ROWS });
  ROWS.forEach((row, id) => {
    store.put(id, row);
  });
  const kernels = new Kernels(store.layout);
  const [block] = store.blocks;
  const bound = kernels.bind(block.handle.vectors);
  for (const makeScorer of [halvesScorer, codedHalvesScorer]) {
    const scorer = makeScorer(store.layout, kernels, PROBES[0]);
    scorer.score(block, bound, 0, 0, 8);
    const whole = scorer.scores.slice(0, 8);
    scorer.scores.fill(0, 0, 8);
    scorer.score(block, bound, 0, 4, 8);
    assert.deepEqual(scorer.scores.slice(4, 8), whole.slice(4, 8));
    assert.deepEqual(scorer.scores.slice(0, 4), new Float32Array(4));
  }
});
