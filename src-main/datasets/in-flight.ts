// Runs an asynchronous job over many items with a bounded number of them under way.

/**
 * `work` over every item, at most `limit` at a time; results come back in the items' order.
 * After the first failure nothing new is started; what is under way is awaited, then that failure is thrown.
 */
export async function mapInFlight<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  let hasFailed = false;
  async function takeItems(): Promise<void> {
    while (next < items.length && !hasFailed) {
      const index = next++;
      try {
        results[index] = await work(items[index], index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }
  const lanes = Array.from({ length: Math.min(limit, items.length) }, takeItems);
  for (const outcome of await Promise.allSettled(lanes)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  return results;
}
