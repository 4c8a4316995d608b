// One person under two names? The most similar pairs of different subjects, exactly, by the scans that searches use.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { gatherRows, rowOf } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { UNKNOWN_SUBJECT } from '../../evaluation/meaning/compared-items.ts';
import { mostSimilarOfDifferent, type NamedItems } from '../../evaluation/self-check.ts';
import type { ScoredPair } from '../../evaluation/top-pairs.ts';
import { searchInline } from '../../gallery/search/inline-search.ts';
import { NO_ATTRIBUTES } from '../../gallery/search/row-attributes.ts';
import { VectorStore } from '../../gallery/search/vector-store.ts';

const PROBES_PER_SEARCH = 256;
/** Subjects that each item is asked for first; its own is one of them. */
const FEW_SUBJECTS = 8;

/**
 * The `count` best pairs, at most one of the same two subjects; unknown items are left out. An item whose last neighbour would still
 * be in the list is asked for as many subjects as the list has places: no more of its pairs can be in it. Throws `cancelled`.
 */
export async function findLookAlikes(
  items: NamedItems,
  count: number,
  progress: ProgressToken,
): Promise<ScoredPair[]> {
  const { vectors, subjects } = items;
  const known = [...Array(vectors.rows).keys()].filter((row) => subjects[row] !== UNKNOWN_SUBJECT);
  const store = new VectorStore({ dimension: vectors.columns });
  for (const row of known)
    store.put(row, rowOf(vectors, row), { ...NO_ATTRIBUTES, subjectId: subjects[row] });
  const space = searchInline(store);
  const stage = progress.stage('comparing subjects', known.length, 'tracks');
  /** Score of an item's last neighbour where it may have more of them. */
  const lastOf = new Float64Array(vectors.rows).fill(Number.NEGATIVE_INFINITY);
  let found: ScoredPair[] = [];
  const ask = async (rows: readonly number[], limit: number): Promise<void> => {
    for (let first = 0; first < rows.length; first += PROBES_PER_SEARCH) {
      progress.throwIfCancelled();
      const part = rows.slice(first, first + PROBES_PER_SEARCH);
      const request = {
        probes: gatherRows(vectors, part).values,
        limit,
        // No worse pair gets into a list that is full.
        minimumScore: found[count - 1]?.score,
        // Pairs with what came before were found from there.
        filter: { mask: store.maskWhere((row) => row >= part[0]) },
      };
      const answers = await space.search({ ...request, fusion: 'each', groupBy: 'subject' }, progress.signal);
      const lists = answers.map(({ hits }, at) =>
        hits.map(({ id, score }) => ({ left: part[at], right: id, score })),
      );
      for (const [at, row] of part.entries())
        lastOf[row] = lists[at][limit - 1]?.score ?? Number.NEGATIVE_INFINITY;
      found = mostSimilarOfDifferent([...found, ...lists.flat()], items, { count });
      if (limit === FEW_SUBJECTS) stage.advance(part.length);
      await nextTurn();
    }
  };
  try {
    await ask(known, FEW_SUBJECTS);
    const bar = found[count - 1]?.score ?? Number.NEGATIVE_INFINITY;
    const mayHaveMore = known.filter((row) => lastOf[row] > Number.NEGATIVE_INFINITY && lastOf[row] >= bar);
    if (count >= FEW_SUBJECTS) await ask(mayHaveMore, count + 1);
    return found;
  } finally {
    space.detach();
  }
}
