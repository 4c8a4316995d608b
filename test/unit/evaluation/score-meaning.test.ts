import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { type ComparedItems, UNKNOWN_SUBJECT } from '../../../src-main/evaluation/meaning/compared-items.ts';
import { drawTemplates } from '../../../src-main/evaluation/meaning/drawn-templates.ts';
import { parseScoreMeaning } from '../../../src-main/evaluation/meaning/meaning-json.ts';
import { expectedFalseMatches, meaningOf } from '../../../src-main/evaluation/meaning/result-meaning.ts';
import {
  cellFor,
  measureScoreMeaning,
  type ScoreMeaning,
} from '../../../src-main/evaluation/score-meaning.ts';
import { makeFaces } from '../../support/made-embeddings.ts';
import { exactFmr, exactScore, itemsOf } from '../../support/made-items.ts';

const DIMENSION = 16;
const LIMITS = { pairs: 40_000 };

function people(seed: number, faces: readonly number[], scatter = 1) {
  return makeFaces(Rng.seeded(seed), { faces, dimension: DIMENSION, scatter });
}

function galleryOfTemplates(seed: number, subjects = 120): ComparedItems {
  const { vectors, subjects: labels } = people(
    seed,
    Array.from({ length: subjects }, () => 16),
  );
  return drawTemplates(vectors, labels, Rng.seeded(seed, 1), { perHalf: 2 });
}

const unnamed = (items: ComparedItems): ComparedItems => ({
  ...items,
  subjects: Array.from(items.subjects, () => UNKNOWN_SUBJECT),
});

test('every pair of bands gets a cell of its own, whichever way round it is asked for', async () => {
  const meaning = await measureScoreMeaning({
    gallery: galleryOfTemplates(1),
    limits: LIMITS,
    rng: Rng.seeded(1),
  });
  assert.deepEqual(
    meaning.cells.map(({ probeBand, galleryBand }) => `${probeBand}${galleryBand}`),
    ['00', '01', '02', '03', '11', '12', '13', '22', '23', '33'],
  );
  assert.equal(cellFor(meaning, 3, 1), cellFor(meaning, 1, 3));
  assert.equal(meaning.source, 'gallery');
  // Impostors of unrelated directions are the same at any size; genuine templates are more alike the more faces they hold.
  const likelihoodAt = (band: 0 | 3, score: number) => {
    const faces = band === 0 ? 1 : 8;
    return meaningOf(meaning, { score, probeFaces: faces, galleryFaces: faces }, [0, 0, 0, 0])
      .log10LikelihoodRatio;
  };
  const [single, fused] = [likelihoodAt(0, 0.55), likelihoodAt(3, 0.55)];
  assert.ok(single !== null && fused !== null && single > fused + 0.3, `${single}, ${fused}`);
});

test('the FMR is the known one, in the gallery itself and against a reference set', async () => {
  const gallery = itemsOf(
    people(
      2,
      Array.from({ length: 200 }, () => 3),
    ),
  );
  const reference = itemsOf(
    people(
      3,
      Array.from({ length: 300 }, () => 1),
    ),
  );
  const measured: [ScoreMeaning, string][] = [
    [await measureScoreMeaning({ gallery, reference, limits: LIMITS, rng: Rng.seeded(1) }), 'gallery'],
    [
      await measureScoreMeaning({ gallery: unnamed(gallery), reference, limits: LIMITS, rng: Rng.seeded(1) }),
      'reference',
    ],
  ];
  for (const [meaning, source] of measured) {
    assert.equal(meaning.source, source);
    assert.equal(meaning.symmetric, source === 'gallery');
    for (const fmr of [0.1, 0.01, 0.002]) {
      const score = exactScore(fmr, DIMENSION);
      const result = meaningOf(meaning, { score, probeFaces: 1, galleryFaces: 1 }, [600, 0, 0, 0]);
      assert.ok(result.fmr !== null && result.falseMatches !== null);
      const ratio = (result.fmr.fmr ?? Number.NaN) / fmr;
      assert.ok(ratio > 0.7 && ratio < 1.3, `${source} at ${fmr}: ${JSON.stringify(result.fmr)}`);
      assert.ok(Math.abs((result.falseMatches.expected ?? 0) - 600 * (result.fmr.fmr ?? 0)) < 1e-9);
      assert.ok(Math.abs(result.falseMatches.interval.high / 600 - result.fmr.interval.high) < 1e-12);
    }
  }
  // Nothing is known of genuine pairs where nobody is named.
  const nameless = meaningOf(measured[1][0], { score: 0.5, probeFaces: 1, galleryFaces: 1 }, [1, 0, 0, 0]);
  assert.equal(nameless.log10LikelihoodRatio, null);
  assert.match(nameless.reasons.join(), /too few pairs of one subject/);
});

test('expected false matches add up over the bands of a gallery', async () => {
  const meaning = await measureScoreMeaning({
    gallery: galleryOfTemplates(4),
    limits: LIMITS,
    rng: Rng.seeded(1),
  });
  const score = exactScore(0.01, DIMENSION);
  const total = expectedFalseMatches(meaning, 1, [1000, 200, 0, 50], score);
  assert.ok(total !== null && total.expected !== null);
  const parts = [1000, 200, 50].map((count, at) => {
    const sizes = [0, 0, 0, 0] as [number, number, number, number];
    sizes[[0, 1, 3][at]] = count;
    return expectedFalseMatches(meaning, 1, sizes, score)?.expected ?? Number.NaN;
  });
  assert.ok(Math.abs(total.expected - parts.reduce((sum, part) => sum + part, 0)) < 1e-9);
  assert.ok(Math.abs(total.expected / 1250 / 0.01 - 1) < 0.3, `${total.expected}`);
  assert.ok(total.interval.low < total.expected && total.expected < total.interval.high);
  // Beyond every impostor only a bound is left.
  const beyond = expectedFalseMatches(meaning, 1, [1000, 0, 0, 0], 0.9999);
  assert.ok(
    beyond !== null && beyond.expected === null && beyond.interval.low === 0 && beyond.interval.high > 0,
  );
});

test('bands that nobody measured are named, not borrowed', async () => {
  const gallery = itemsOf(
    people(
      5,
      Array.from({ length: 100 }, () => 2),
    ),
  );
  const meaning = await measureScoreMeaning({ gallery, limits: LIMITS, rng: Rng.seeded(1) });
  const result = meaningOf(meaning, { score: 0.5, probeFaces: 4, galleryFaces: 1 }, [100, 3, 0, 0]);
  assert.deepEqual([result.fmr, result.falseMatches, result.log10LikelihoodRatio], [null, null, null]);
  assert.deepEqual(result.reasons, [
    'no comparison of 4–7 with 1 faces was measured in this gallery',
    'no comparison of 4–7 with 2–3 faces was measured in this gallery',
  ]);
});

test('probes of another side keep their direction, and pairs of one photograph are no genuine pairs', async () => {
  const gallery = itemsOf(
    people(
      6,
      Array.from({ length: 60 }, () => 2),
    ),
  );
  // The same photographs exactly: only pairs of different groups are genuine, so no ratio is reached by a score of 1 alone.
  const probes = { ...gallery };
  const meaning = await measureScoreMeaning({ gallery, probes, limits: LIMITS, rng: Rng.seeded(1) });
  assert.equal(meaning.symmetric, false);
  assert.equal(meaning.cells[0].likelihood?.genuinePairs, 60 * 2);
  assert.equal(meaning.cells[0].impostors.pairs, 120 * 118);
});

test('it survives JSON unchanged, and damage is refused', async () => {
  const meaning = await measureScoreMeaning({
    gallery: galleryOfTemplates(7, 60),
    limits: LIMITS,
    rng: Rng.seeded(1),
  });
  const text = JSON.stringify(meaning);
  assert.deepEqual(parseScoreMeaning(text), meaning);
  assert.ok(text.length < 200_000, `${text.length} bytes`);
  for (const damaged of [
    text.slice(1),
    '[]',
    text.replace('"version":1', '"version":2'),
    text.replace('"source":"gallery"', '"source":"elsewhere"'),
    text.replace('"counts":[1,', '"counts":[null,'),
    text.replace('"counts":[1,', '"counts":[5,'),
    text.replace('"probeBand":0', '"probeBand":4'),
    text.replace('"pairs":', '"pears":'),
  ]) {
    assert.throws(() => parseScoreMeaning(damaged), { code: 'bad-data' });
  }
});

test('the same seed measures the same; what cannot be measured is refused in one sentence', async () => {
  const gallery = itemsOf(
    people(
      8,
      Array.from({ length: 40 }, () => 2),
    ),
  );
  const measure = (seed: number) =>
    measureScoreMeaning({ gallery, limits: { pairs: 500 }, rng: Rng.seeded(seed) });
  assert.deepEqual(await measure(1), await measure(1));
  assert.notDeepEqual(await measure(1), await measure(2));
  await assert.rejects(measureScoreMeaning({ gallery: unnamed(gallery), rng: Rng.seeded(1) }), {
    code: 'bad-data',
    message: /gallery of 0 known subjects.*20 known subjects, or a reference set/,
  });
  await assert.rejects(measureScoreMeaning({ gallery, source: 'reference', rng: Rng.seeded(1) }), {
    code: 'bad-usage',
  });
  const nan = {
    ...gallery,
    vectors: matrix(gallery.vectors.values.slice().fill(Number.NaN, 5, 6), DIMENSION),
  };
  await assert.rejects(measureScoreMeaning({ gallery: nan, rng: Rng.seeded(1) }), {
    code: 'not-finite',
    message: /gallery embedding 0/,
  });
  await assert.rejects(measureScoreMeaning({ gallery: { ...gallery, faces: [1] }, rng: Rng.seeded(1) }), {
    code: 'bad-data',
    message: /number of faces/,
  });
});

test('the bound beyond all impostors is above the truth', async () => {
  const gallery = itemsOf(
    people(
      9,
      Array.from({ length: 150 }, () => 1),
    ),
  );
  const meaning = await measureScoreMeaning({ gallery, limits: LIMITS, rng: Rng.seeded(1) });
  const highest = meaning.cells[0].impostors.scores[0];
  const { fmr } = meaningOf(meaning, { score: highest + 0.01, probeFaces: 1, galleryFaces: 1 }, [1, 0, 0, 0]);
  assert.ok(
    fmr !== null && fmr.basis === 'bounded' && fmr.interval.high > exactFmr(highest + 0.01, DIMENSION),
  );
});
