import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { scoreClustering } from '../../../src-main/evaluation/clustering.ts';

test('a hand-worked example', () => {
  // Identity a is split 2 + 1, and its single item is joined with b's two.
  const { pairwise, bCubed, clusters, identities } = scoreClustering([0, 0, 1, 1, 1], [7, 7, 7, 8, 8]);
  assert.deepEqual([clusters, identities], [2, 2]);
  // Joined pairs 1 + 3, right ones 1 + 1, pairs that belong together 3 + 1.
  assert.deepEqual([pairwise.precision, pairwise.recall, pairwise.f], [0.5, 0.5, 0.5]);
  // Precision 1, 1, 1/3, 2/3, 2/3; recall 2/3, 2/3, 1/3, 1, 1.
  assert.ok(Math.abs(bCubed.precision - 11 / 15) < 1e-12);
  assert.ok(Math.abs(bCubed.recall - 11 / 15) < 1e-12);
});

test('perfect, all alone, all together', () => {
  const identities = [1, 1, 2, 2, 3];
  const perfect = scoreClustering([5, 5, 6, 6, 7], identities);
  assert.deepEqual([perfect.pairwise.f, perfect.bCubed.f.toFixed(9)], [1, '1.000000000']);
  const alone = scoreClustering([0, 1, 2, 3, 4], identities);
  assert.deepEqual([alone.pairwise.precision, alone.pairwise.recall, alone.pairwise.f], [1, 0, 0]);
  const together = scoreClustering([0, 0, 0, 0, 0], identities);
  assert.deepEqual([together.pairwise.precision, together.pairwise.recall], [0.2, 1]);
});

test('equal to the definitions on random clusters', () => {
  const rng = Rng.seeded(1);
  const items = 80;
  const cluster = Array.from({ length: items }, () => rng.int(12));
  const identity = Array.from({ length: items }, () => rng.int(15));
  let [right, joined, belong] = [0, 0, 0];
  let [precision, recall] = [0, 0];
  for (let a = 0; a < items; a++) {
    const same = (labels: number[]) => labels.map((label) => label === labels[a]);
    const [inCluster, inIdentity] = [same(cluster), same(identity)];
    const both = inCluster.filter((isIn, item) => isIn && inIdentity[item]).length;
    precision += both / inCluster.filter(Boolean).length / items;
    recall += both / inIdentity.filter(Boolean).length / items;
    for (let b = 0; b < a; b++) {
      joined += Number(inCluster[b]);
      belong += Number(inIdentity[b]);
      right += Number(inCluster[b] && inIdentity[b]);
    }
  }
  const scores = scoreClustering(cluster, identity);
  assert.deepEqual([scores.pairwise.precision, scores.pairwise.recall], [right / joined, right / belong]);
  assert.ok(Math.abs(scores.bCubed.precision - precision) < 1e-12);
  assert.ok(Math.abs(scores.bCubed.recall - recall) < 1e-12);
  assert.throws(() => scoreClustering([], []), { code: 'bad-data' });
  assert.throws(() => scoreClustering([1], [1, 2]), { code: 'bad-data' });
});
