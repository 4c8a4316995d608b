import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { View } from '../../../../src-main/engine/teacher/view-cache.ts';
import {
  type Batch,
  BatchSource,
  type TrainingData,
  teacherClassWeights,
} from '../../../../src-main/engine/training/batches.ts';
import { assertClose } from '../../../support/close.ts';

const FACES = 11;
const OPTIONS = { batchSize: 4, flip: true, seed: 3 };

/** One pixel a face: its red says which face, its green which view; so does the embedding. */
function markedView(view: number): View {
  const faces = Array.from({ length: FACES }, (_, face) => face);
  return {
    pixels: Uint8Array.from(faces.flatMap((face) => [face, view, 0])),
    embeddings: Float32Array.from(faces.flatMap((face) => [face, view])),
  };
}

function markedData(views: number, mined: TrainingData['mined'] = null): TrainingData {
  return {
    labels: Int32Array.from({ length: FACES }, (_, face) => face % 3),
    classes: 3,
    views: Array.from({ length: views }, (_, view) => markedView(view)),
    resolutionPx: 1,
    embeddingSize: 2,
    mined,
  };
}

function epochOf(source: BatchSource, epoch: number): Batch[] {
  return Array.from({ length: source.stepsPerEpoch }, (_, step) => source.at(epoch, step));
}

/** The view of each row, by its pixel and by its embedding: they must agree. */
function viewsOf(batch: Batch): number[] {
  return [...batch.faces].map((face, row) => {
    const [red, green] = [batch.pixels[row * 3], batch.pixels[row * 3 + 1]].map((value) =>
      Math.round(value * 127.5 + 127.5),
    );
    assert.equal(red, face);
    assert.deepEqual([...batch.teacher.subarray(row * 2, row * 2 + 2)], [face, green]);
    assert.equal(batch.labels[row], face % 3);
    return green;
  });
}

test('an epoch shows each face at most once, in whole batches; epochs differ', () => {
  const source = new BatchSource(markedData(1), OPTIONS);
  assert.equal(source.stepsPerEpoch, 2);
  const orders = [0, 1, 2].map((epoch) => epochOf(source, epoch).flatMap(({ faces }) => [...faces]));
  for (const order of orders) assert.equal(new Set(order).size, 8);
  assert.equal(new Set(orders.map((order) => order.join())).size, 3);
  const seen = new Set(
    Array.from({ length: 20 }, (_, epoch) => epochOf(source, epoch)).flatMap((batches) =>
      batches.flatMap(({ faces }) => [...faces]),
    ),
  );
  assert.equal(seen.size, FACES, 'a face left out of one epoch comes in another');
});

test('a batch follows from seed and position alone', () => {
  const data = markedData(5);
  const straight = [0, 1].map((epoch) => epochOf(new BatchSource(data, OPTIONS), epoch));
  const jumping = new BatchSource(data, OPTIONS);
  assert.deepEqual(jumping.at(1, 1), straight[1][1]);
  assert.deepEqual(jumping.at(0, 1), straight[0][1]);
  assert.deepEqual(jumping.at(1, 0), straight[1][0]);
  assert.notDeepEqual(new BatchSource(data, { ...OPTIONS, seed: 4 }).at(0, 0), straight[0][0]);
});

test('every view is drawn, equally often; without flips never the mirror image', () => {
  for (const flip of [true, false]) {
    const source = new BatchSource(markedData(4), { ...OPTIONS, flip });
    const counts = new Map<number, number>();
    for (let epoch = 0; epoch < 300; epoch++)
      for (const view of epochOf(source, epoch).flatMap(viewsOf))
        counts.set(view, (counts.get(view) ?? 0) + 1);
    const views = flip ? [0, 1, 2, 3] : [0, 2, 3];
    assert.deepEqual([...counts.keys()].sort(), views);
    const expected = 2400 / views.length;
    // Five standard deviations.
    for (const count of counts.values())
      assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${count}`);
  }
});

test('pixels are scaled to −1 … 1 and small sets make one batch', () => {
  const data = markedData(1);
  data.views[0].pixels.fill(255);
  data.views[0].pixels[0] = 0;
  const source = new BatchSource(data, { ...OPTIONS, batchSize: 96 });
  assert.deepEqual([source.batchSize, source.stepsPerEpoch], [FACES, 1]);
  const { faces, pixels } = source.at(0, 0);
  pixels.forEach((value, at) => {
    assert.equal(value, faces[Math.floor(at / 3)] === 0 && at % 3 === 0 ? -1 : 1);
  });
});

/** Faces of label l are l, l + 3, l + 6, …; face 10 is made to have no positive, the others have up to six in this order. */
function minedRelations(): NonNullable<TrainingData['mined']> {
  const offsets = new Int32Array(FACES + 1);
  const indices: number[] = [];
  for (let face = 0; face < FACES; face++) {
    if (face !== 10) for (let k = 1; k <= 6; k++) indices.push((face + k) % FACES);
    offsets[face + 1] = indices.length;
  }
  const negatives = Int32Array.from(
    { length: FACES * 3 },
    (_, at) => (Math.floor(at / 3) * 2 + (at % 3)) % FACES,
  );
  return {
    faces: FACES,
    negativesPerFace: 3,
    negatives,
    positives: { offsets, indices: Int32Array.from(indices) },
  };
}

test('partners come from the four hardest; negatives point at each other face once; lonely faces sit out', () => {
  const mined = minedRelations();
  const source = new BatchSource(markedData(2, mined), { ...OPTIONS, batchSize: FACES });
  const distances = new Set<number>();
  for (let epoch = 0; epoch < 50; epoch++) {
    const { faces, relations } = source.at(epoch, 0);
    assert.ok(relations !== null);
    const { rows, partners, others, negatives } = relations;
    const withPartner = [...rows].map((row) => faces[row]);
    assert.deepEqual(
      [...withPartner].sort((left, right) => left - right),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    withPartner.forEach((face, at) => {
      distances.add((partners[at] - face + FACES) % FACES);
      const found = [...negatives.subarray(at * 3, at * 3 + 3)].map((position) => others[position]);
      assert.deepEqual(found, [...mined.negatives.subarray(face * 3, face * 3 + 3)]);
    });
    assert.equal(new Set(others).size, others.length);
  }
  assert.deepEqual([...distances].sort(), [1, 2, 3, 4]);
});

test('without mined relations a batch has none', () => {
  assert.equal(new BatchSource(markedData(1), OPTIONS).at(0, 0).relations, null);
});

test('class weights: the normalised mean of plain and mirrored embeddings, other views aside', () => {
  const view = (...rows: number[][]): View => ({
    embeddings: Float32Array.from(rows.flat()),
    pixels: new Uint8Array(0),
  });
  const data: TrainingData = {
    ...markedData(0),
    labels: Int32Array.of(0, 1, 0),
    classes: 3,
    views: [view([1, 0], [0, 1], [0, 1]), view([1, 0], [0, -0.5], [1, 1]), view([-9, -9], [-9, 9], [9, 9])],
  };
  // Class 0: (1, 0) + (0, 1) + (1, 0) + (1, 1) = (3, 2); class 1: (0, 0.5); class 2 has no face.
  const length = Math.hypot(3, 2);
  assertClose(teacherClassWeights(data) ?? [], [3 / length, 2 / length, 0, 1, 0, 0], 1e-6);
  const plainOnly = { ...data, views: data.views.slice(0, 1) };
  assertClose(teacherClassWeights(plainOnly) ?? [], [Math.SQRT1_2, Math.SQRT1_2, 0, 1, 0, 0], 1e-6);
});

test('without a teacher there are no class weights, and batches carry no embeddings', () => {
  const data = markedData(2);
  const views = data.views.map(({ pixels }) => ({ pixels, embeddings: new Float32Array(0) }));
  const alone: TrainingData = { ...data, views, mined: null };
  assert.equal(teacherClassWeights(alone), null);
  const batch = new BatchSource(alone, { batchSize: 2, flip: true, seed: 1 }).at(0, 0);
  assert.deepEqual([batch.teacher.length, batch.relations], [0, null]);
});
