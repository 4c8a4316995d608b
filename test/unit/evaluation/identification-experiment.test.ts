import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { drawFaces, runTemplateExperiment } from '../../../src-main/evaluation/identification-experiment.ts';
import { makeFaces } from '../../support/made-embeddings.ts';

function experimentFaces() {
  const { vectors, subjects } = makeFaces(Rng.seeded(21), {
    faces: Array.from({ length: 120 }, (_, subject) => (subject < 40 ? 17 : 3)),
    dimension: 32,
    scatter: 2,
  });
  return { probes: vectors, gallery: vectors, identities: subjects, weights: null };
}

const SIZES = [1, 2, 4, 8].map((size) => ({ probe: size, gallery: size }));

test('a draw puts no face on both sides and enrols each identity once', () => {
  const { identities } = experimentFaces();
  const draw = drawFaces(identities, { probe: 8, gallery: 8 }, Rng.seeded(1));
  assert.deepEqual([draw.probeFaces.size, draw.galleryFaces.size], [40, 120]);
  for (const [identity, enrolled] of draw.galleryFaces) {
    assert.equal(enrolled.length, identity < 40 ? 8 : 3);
    const faces = [...enrolled, ...(draw.probeFaces.get(identity) ?? [])];
    assert.equal(new Set(faces).size, faces.length);
    assert.ok(faces.every((face) => identities[face] === identity));
  }
  const alone = drawFaces(identities, { probe: 8, gallery: 8 }, Rng.seeded(1), { enrolOthers: false });
  assert.equal(alone.galleryFaces.size, 40);
  const some = drawFaces(identities, { probe: 8, gallery: 8 }, Rng.seeded(1), {
    probeIdentities: new Set([0, 5, 100]),
  });
  assert.deepEqual([...some.probeFaces.keys()], [0, 5]);
});

test('left-out identities are searched and never enrolled', () => {
  const { identities } = experimentFaces();
  const draw = drawFaces(identities, { probe: 8, gallery: 8 }, Rng.seeded(2), { nonMated: 'left-out' });
  assert.equal(draw.probeFaces.size, 40);
  assert.equal([...draw.probeFaces.keys()].filter((identity) => !draw.galleryFaces.has(identity)).length, 20);
});

test('more faces find more people; the same seed gives the same rows, another seed others', () => {
  const faces = experimentFaces();
  const options = { seed: 3, repeats: 3, targetFpir: 0.1 };
  const rows = runTemplateExperiment(faces, SIZES, options);
  assert.deepEqual(
    rows.map(({ gallerySubjects, rank1 }) => [gallerySubjects, rank1.searches, rank1.subjects]),
    [8, 4, 2, 1].map((probes) => [120, 3 * 40 * probes, 40]),
  );
  for (let row = 1; row < rows.length; row++) {
    assert.ok(rows[row].rank1.rate > rows[row - 1].rank1.rate + 0.02, `${rows[row].rank1.rate}`);
    assert.ok(rows[row].rank10.rate >= rows[row].rank1.rate);
  }
  const fnir = rows.map(({ openSet }) => (openSet.kind === 'supported' ? openSet.fnir.rate : Number.NaN));
  assert.ok(fnir[0] > fnir[1] && fnir[1] > fnir[2] && fnir[2] > fnir[3], `${fnir}`);
  assert.deepEqual(runTemplateExperiment(faces, SIZES, options), rows);
  assert.notDeepEqual(runTemplateExperiment(faces, SIZES, { ...options, seed: 4 }), rows);
});

test('too few searches for FPIR 0.01 are refused, too few faces too', () => {
  const faces = experimentFaces();
  const [row] = runTemplateExperiment(faces, [{ probe: 8, gallery: 8 }], { seed: 1 });
  assert.equal(row.openSet.kind, 'refused');
  assert.throws(() => runTemplateExperiment(faces, [{ probe: 10, gallery: 8 }], { seed: 1 }), {
    code: 'bad-data',
    message: /18 faces/,
  });
  assert.throws(() => runTemplateExperiment(faces, [{ probe: 0, gallery: 8 }], { seed: 1 }), {
    code: 'bad-usage',
  });
});
