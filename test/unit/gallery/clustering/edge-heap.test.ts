import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { type Edge, EdgeHeap } from '../../../../src-main/gallery/clustering/edge-heap.ts';

test('edges come out most similar first, equal ones by their items, however they went in', () => {
  const rng = Rng.seeded(1);
  const heap = new EdgeHeap();
  const edges: Edge[] = Array.from({ length: 5000 }, (_, version) => ({
    left: rng.int(50),
    right: 50 + rng.int(50),
    score: rng.int(64) / 64,
    version,
  }));
  for (const edge of edges) heap.push(edge);
  assert.equal(heap.size, 5000);
  const popped: Edge[] = [];
  for (let edge = heap.pop(); edge !== null; edge = heap.pop()) popped.push(edge);
  const order = (a: Edge, b: Edge) => b.score - a.score || a.left - b.left || a.right - b.right;
  assert.deepEqual(
    popped.map(({ left, right, score }) => [left, right, score]),
    edges.toSorted(order).map(({ left, right, score }) => [left, right, score]),
  );
  assert.deepEqual(
    popped.map(({ version }) => version).sort((a, b) => a - b),
    edges.map(({ version }) => version),
  );
});
