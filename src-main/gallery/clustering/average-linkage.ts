// Clusters of unknown faces or tracks: agglomerative clustering with average linkage (R. Sokal, C. Michener 1958) over a graph of
// nearest neighbours.
//
// The average cosine between the items of two clusters is the inner product of the clusters' mean vectors, so the linkage is
// exact without any matrix of distances; the neighbour lists only say which clusters may be compared. Two clusters whose
// average reaches the threshold have a pair that does, so neighbours below it are never looked at. Averaging keeps two
// people apart whom one look-alike pair would chain together.

import { ensure } from '../../common/errors.ts';
import { type Matrix, rowOf } from '../../common/matrix.ts';
import { EdgeHeap } from './edge-heap.ts';

/** The k most similar other items of each item, as the search finds them. */
export interface NeighbourLists {
  /** k */
  readonly perItem: number;
  /** N × k rows of other items, −1 where there are fewer. */
  readonly items: Int32Array;
  /** N × k cosines. */
  readonly scores: Float32Array;
}

export interface ClusteringRequest {
  /** N × D unit rows: faces, or track templates. */
  readonly vectors: Matrix;
  readonly neighbours: NeighbourLists;
  /** Clusters join while their average cosine is at least this. */
  readonly threshold: number;
  /** Pairs of items that are different people for certain, such as two tracks that one camera sees at once. */
  readonly apart?: Iterable<readonly [number, number]>;
  /** Asked every thousand joins; may throw. */
  readonly checkpoint?: () => void;
}

export interface Clusters {
  /** Cluster of each item, 0 the largest; of equal ones the one with the lowest item first. */
  readonly clusterOf: Int32Array;
  /** Items of each cluster, ascending. Loners are clusters of one. */
  readonly members: readonly (readonly number[])[];
}

const JOINS_PER_CHECKPOINT = 1000;

/**
 * Joins the most similar clusters first, until none reaches the threshold. The outcome does not depend on chance; equal
 * averages are joined lower items first. Time O(N k log(N k)) plus one inner product for each edge looked at again after a
 * join; memory 16 bytes an edge and one vector for each cluster of two or more. Throws `bad-data` for lists that do not fit.
 */
export function clusterByAverageLinkage(request: ClusteringRequest): Clusters {
  const { vectors, threshold } = request;
  ensureFits(request);
  const forest = new ClusterForest(vectors, request.apart ?? []);
  const heap = edgesFrom(request);
  // Many pairs of items lead from one cluster to another; one edge for both is put back, at the version that stands here.
  const putBack = new Map<number, number>();
  let joins = 0;
  for (let edge = heap.pop(); edge !== null; edge = heap.pop()) {
    const left = forest.rootOf(edge.left);
    const right = forest.rootOf(edge.right);
    if (left === right || forest.areApart(left, right)) continue;
    // Edges are not followed when their clusters grow: one that was true for smaller ones is put back with today's average.
    // No average exceeds the larger of those it is made of, so nothing better is overlooked among listed neighbours.
    const version = forest.versionOf(left) + forest.versionOf(right);
    const pair = Math.min(left, right) * vectors.rows + Math.max(left, right);
    if (version !== edge.version) {
      if (putBack.get(pair) === version) continue;
      putBack.set(pair, version);
      const score = forest.averageOf(left, right);
      if (score >= threshold) heap.push({ left, right, score, version });
      continue;
    }
    putBack.delete(pair);
    forest.join(left, right);
    if (++joins % JOINS_PER_CHECKPOINT === 0) request.checkpoint?.();
  }
  return forest.clusters();
}

function edgesFrom({ vectors, neighbours, threshold }: ClusteringRequest): EdgeHeap {
  const { perItem, items, scores } = neighbours;
  const heap = new EdgeHeap();
  for (let left = 0; left < vectors.rows; left++) {
    for (let at = left * perItem; at < (left + 1) * perItem; at++) {
      const right = items[at];
      if (right === -1 || right === left || !(scores[at] >= threshold)) continue;
      // A pair that names each other comes twice; the second is met inside one cluster and dropped.
      heap.push({ left: Math.min(left, right), right: Math.max(left, right), score: scores[at], version: 0 });
    }
  }
  return heap;
}

/** Union-find over items, with the sum of each cluster's vectors. */
class ClusterForest {
  readonly #vectors: Matrix;
  readonly #parents: Int32Array;
  readonly #sizes: Int32Array;
  readonly #sums = new Map<number, Float64Array>();
  readonly #apart = new Map<number, Set<number>>();

  constructor(vectors: Matrix, apart: Iterable<readonly [number, number]>) {
    this.#vectors = vectors;
    this.#parents = Int32Array.from({ length: vectors.rows }, (_, item) => item);
    this.#sizes = new Int32Array(vectors.rows).fill(1);
    for (const [left, right] of apart) {
      const isPair = left !== right && left >= 0 && right >= 0 && left < vectors.rows && right < vectors.rows;
      ensure(
        isPair,
        'bad-data',
        `items ${left} and ${right} cannot be kept apart, there are ${vectors.rows} items`,
      );
      this.#apartOf(left).add(right);
      this.#apartOf(right).add(left);
    }
  }

  rootOf(item: number): number {
    let root = item;
    while (this.#parents[root] !== root) {
      this.#parents[root] = this.#parents[this.#parents[root]];
      root = this.#parents[root];
    }
    return root;
  }

  /** Rises with every join of a cluster; 0 for a single item. */
  versionOf(root: number): number {
    return this.#sizes[root] - 1;
  }

  areApart(left: number, right: number): boolean {
    return this.#apart.get(left)?.has(right) ?? false;
  }

  averageOf(left: number, right: number): number {
    const a = this.#sumOf(left);
    const b = this.#sumOf(right);
    let product = 0;
    for (let d = 0; d < a.length; d++) product += a[d] * b[d];
    return product / (this.#sizes[left] * this.#sizes[right]);
  }

  join(left: number, right: number): void {
    const isLeftLarger = this.#sizes[left] >= this.#sizes[right];
    const [kept, gone] = isLeftLarger ? [left, right] : [right, left];
    const sum = this.#sums.get(kept) ?? Float64Array.from(rowOf(this.#vectors, kept));
    const added = this.#sumOf(gone);
    for (let d = 0; d < sum.length; d++) sum[d] += added[d];
    this.#sums.set(kept, sum);
    this.#sums.delete(gone);
    this.#parents[gone] = kept;
    this.#sizes[kept] += this.#sizes[gone];
    this.#inheritApart(kept, gone);
  }

  clusters(): Clusters {
    const membersOf = new Map<number, number[]>();
    for (let item = 0; item < this.#parents.length; item++) {
      const root = this.rootOf(item);
      const known = membersOf.get(root);
      if (known === undefined) membersOf.set(root, [item]);
      else known.push(item);
    }
    const members = [...membersOf.values()].sort((a, b) => b.length - a.length || a[0] - b[0]);
    const clusterOf = new Int32Array(this.#parents.length);
    members.forEach((items, cluster) => {
      for (const item of items) clusterOf[item] = cluster;
    });
    return { clusterOf, members };
  }

  #sumOf(root: number): Float32Array | Float64Array {
    return this.#sums.get(root) ?? rowOf(this.#vectors, root);
  }

  #apartOf(root: number): Set<number> {
    const known = this.#apart.get(root);
    if (known !== undefined) return known;
    const others = new Set<number>();
    this.#apart.set(root, others);
    return others;
  }

  #inheritApart(kept: number, gone: number): void {
    const others = this.#apart.get(gone);
    if (others === undefined) return;
    this.#apart.delete(gone);
    for (const other of others) {
      this.#apartOf(kept).add(other);
      this.#apartOf(other).delete(gone);
      this.#apartOf(other).add(kept);
    }
  }
}

function ensureFits({ vectors, neighbours, threshold }: ClusteringRequest): void {
  const { perItem, items, scores } = neighbours;
  const expected = vectors.rows * perItem;
  ensure(
    items.length === expected && scores.length === expected,
    'bad-data',
    `${vectors.rows} items with ${perItem} neighbours each need ${expected} neighbours and scores, ` +
      `there are ${items.length} and ${scores.length}`,
  );
  ensure(Number.isFinite(threshold), 'not-finite', `a threshold is a finite number, not ${threshold}`);
  for (const item of items) {
    const isItem = item >= -1 && item < vectors.rows;
    ensure(isItem, 'bad-data', `a neighbour names item ${item}, there are ${vectors.rows}`);
  }
}
