import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapInFlight } from '../../../src-main/datasets/in-flight.ts';

test('results keep the order and never more than the limit are under way', async () => {
  let underWay = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, index) => index);
  const results = await mapInFlight(items, 3, async (item, index) => {
    assert.equal(item, index);
    most = Math.max(most, ++underWay);
    // Later items need fewer turns of the event loop, so that they overtake.
    for (let turn = 20 - index; turn > 0; turn--) await new Promise(setImmediate);
    underWay--;
    return item * 2;
  });
  assert.deepEqual(
    results,
    items.map((item) => item * 2),
  );
  assert.equal(most, 3);
});

test('after a failure nothing new starts and the failure is thrown', async () => {
  const started: number[] = [];
  const work = mapInFlight([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await new Promise(setImmediate);
    if (item === 1) throw new Error('no');
  });
  await assert.rejects(work, { message: 'no' });
  assert.ok(started.length <= 4, `started ${started}`);
});

test('nothing to do', async () => {
  assert.deepEqual(await mapInFlight([], 4, async () => 1), []);
});
