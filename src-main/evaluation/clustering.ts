// How well clusters match known identities: pairwise and B-cubed precision and recall.

import { ensure } from '../common/errors.ts';

/** Shares of 1. F is the harmonic mean of both; 0 where both are. */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

export interface ClusteringScores {
  readonly items: number;
  readonly clusters: number;
  readonly identities: number;
  /** Over pairs of items: joined pairs that belong together, and pairs that belong together and are joined; 1 for no pairs. */
  readonly pairwise: PrecisionRecall;
  /** Means over items of the same within each item's own cluster and identity (A. Bagga, B. Baldwin 1998): large ones weigh less. */
  readonly bCubed: PrecisionRecall;
}

/** Compares cluster and identity of each item, both any whole numbers. O(N). Throws `bad-data` for none or unequal lengths. */
export function scoreClustering(
  clusterOf: ArrayLike<number>,
  identityOf: ArrayLike<number>,
): ClusteringScores {
  const items = clusterOf.length;
  ensure(items > 0, 'bad-data', 'a clustering needs at least one item');
  ensure(
    items === identityOf.length,
    'bad-data',
    `every item needs a cluster and an identity: there are ${items} clusters and ${identityOf.length} identities`,
  );
  const clusterSizes = countBy(items, (item) => clusterOf[item]);
  const identitySizes = countBy(items, (item) => identityOf[item]);
  const cells = countBy(items, (item) => `${clusterOf[item]} ${identityOf[item]}`);
  let precision = 0;
  let recall = 0;
  for (let item = 0; item < items; item++) {
    const together = cells.get(`${clusterOf[item]} ${identityOf[item]}`) ?? 0;
    precision += together / (clusterSizes.get(clusterOf[item]) ?? 1);
    recall += together / (identitySizes.get(identityOf[item]) ?? 1);
  }
  const rightPairs = pairsIn(cells);
  return {
    items,
    clusters: clusterSizes.size,
    identities: identitySizes.size,
    pairwise: withF(shareOf(rightPairs, pairsIn(clusterSizes)), shareOf(rightPairs, pairsIn(identitySizes))),
    bCubed: withF(precision / items, recall / items),
  };
}

function countBy<K>(items: number, keyOf: (item: number) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (let item = 0; item < items; item++) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function pairsIn(sizes: Map<unknown, number>): number {
  let pairs = 0;
  for (const size of sizes.values()) pairs += (size * (size - 1)) / 2;
  return pairs;
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function withF(precision: number, recall: number): PrecisionRecall {
  const sum = precision + recall;
  return { precision, recall, f: sum === 0 ? 0 : (2 * precision * recall) / sum };
}
