import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, normalise } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { type Hit, VectorIndex } from '../../../../src-main/gallery/search/vector-index.ts';

function unitVector(rng: Rng, dimension: number): Float32Array {
  return normalise(Float32Array.from({ length: dimension }, () => rng.normal()));
}

/** Every score in float64, sorted; ties by number. */
function naive(vectors: ReadonlyMap<number, Float32Array>, probe: Float32Array, count: number): Hit[] {
  return [...vectors]
    .map(([id, vector]) => ({ id, score: dot(probe, vector) }))
    .sort((left, right) => right.score - left.score || left.id - right.id)
    .slice(0, count);
}

function filled(seed: number, count: number, dimension: number) {
  const rng = Rng.seeded(seed);
  const index = new VectorIndex(dimension);
  const vectors = new Map<number, Float32Array>();
  for (let number = 0; number < count; number++) {
    const id = number * 3 + 1;
    vectors.set(id, unitVector(rng, dimension));
    index.put(id, vectors.get(id) as Float32Array);
  }
  return { rng, index, vectors };
}

test('20,000 vectors: the same answers as float64, one by one, in the same order', () => {
  const { rng, index, vectors } = filled(1, 20_000, 64);
  for (let probe = 0; probe < 20; probe++) {
    const vector = unitVector(rng, 64);
    assert.deepEqual(index.search(vector, { count: 10 }), naive(vectors, vector, 10));
  }
  assert.deepEqual(
    index.search(vectors.get(1) as Float32Array, { count: 1 }).map(({ id }) => id),
    [1],
  );
});

test('equal and nearly equal vectors come by score, then by number, however many there are', () => {
  const index = new VectorIndex(8);
  const rng = Rng.seeded(2);
  const vector = unitVector(rng, 8);
  const vectors = new Map<number, Float32Array>();
  for (const id of Rng.seeded(3).shuffle(Int32Array.from({ length: 200 }, (_, at) => at))) {
    const near = vector.slice();
    // Some a rounding step away: float32 sums cannot tell them apart, float64 ones can.
    if (id % 3 === 0) near[id % 8] += near[id % 8] * 2 ** -22;
    vectors.set(id, near);
    index.put(id, near);
  }
  assert.deepEqual(index.search(vector, { count: 40 }), naive(vectors, vector, 40));
});

test('put, replace and remove are seen by the next search', () => {
  const { rng, index, vectors } = filled(4, 500, 16);
  for (let step = 0; step < 400; step++) {
    const ids = [...vectors.keys()];
    const id = rng.int(3) === 0 ? 10_000 + step : ids[rng.int(ids.length)];
    if (rng.int(2) === 0) {
      vectors.set(id, unitVector(rng, 16));
      index.put(id, vectors.get(id) as Float32Array);
    } else {
      assert.equal(index.remove(id), vectors.delete(id));
    }
    assert.equal(index.size, vectors.size);
    if (step % 20 > 0) continue;
    const probe = unitVector(rng, 16);
    assert.deepEqual(index.search(probe, { count: 5 }), naive(vectors, probe, 5));
  }
  const [first] = vectors.keys();
  assert.deepEqual(index.get(first), vectors.get(first));
  assert.equal(index.get(-1), null);
});

test('filters and thresholds: only what they allow, and the whole count of it', () => {
  const { rng, index, vectors } = filled(5, 3000, 16);
  const probe = unitVector(rng, 16);
  const asked: number[] = [];
  const allows = (id: number): boolean => {
    asked.push(id);
    return id % 7 === 0;
  };
  const allowed = new Map([...vectors].filter(([id]) => id % 7 === 0));
  assert.deepEqual(index.search(probe, { count: 12, allows }), naive(allowed, probe, 12));
  assert.equal(asked.length, 3000, 'each vector is asked about once');
  const [, second] = naive(vectors, probe, 2);
  assert.deepEqual(index.search(probe, { count: 50, threshold: second.score }).length, 2);
  assert.deepEqual(index.search(probe, { count: 3, allows: () => false }), []);
  assert.deepEqual(new VectorIndex(16).search(probe, { count: 3 }), []);
  assert.equal(index.search(probe, { count: 5000 }).length, 3000);
});

test('more than one block, and the index grows without a copy of what it holds', () => {
  const index = new VectorIndex(4);
  const rng = Rng.seeded(6);
  const vectors = new Map<number, Float32Array>();
  for (let id = 0; id < 65_536 + 100; id++) {
    const vector = unitVector(rng, 4);
    if (id < 50 || id >= 65_536) vectors.set(id, vector);
    index.put(id, vector);
  }
  const allows = (id: number): boolean => vectors.has(id);
  const probe = unitVector(rng, 4);
  assert.deepEqual(index.search(probe, { count: 20, allows }), naive(vectors, probe, 20));
  assert.equal(index.bytes, 2 * 65_536 * 6 * 4);
});

test('vectors of another size, not of unit length, or with NaN are refused and change nothing', () => {
  const { index } = filled(7, 10, 4);
  for (const bad of [
    Float32Array.of(1, 0, 0),
    Float32Array.of(1, 1, 0, 0),
    Float32Array.of(Number.NaN, 0, 0, 0),
  ]) {
    assert.throws(() => index.put(1, bad), { code: 'bad-data' });
    assert.throws(() => index.search(bad, { count: 1 }), { code: 'bad-data' });
  }
  assert.equal(index.size, 10);
});
