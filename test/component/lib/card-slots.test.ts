// Cards of a long grid in few elements: a jump comes in by steps, what stays in sight stays, what is not ready waits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextSlots, type Slots } from '../../../src-renderer/lib/card-slots.ts';

const ready = (): boolean => true;

/** Those in sight, in order. */
function inSight(slots: Slots, { first, end }: { first: number; end: number }): number[] {
  return slots
    .filter((index): index is number => index !== null && index >= first && index < end)
    .sort((left, right) => left - right);
}

test('a jump comes in by so many a step, first ones first, and then nothing changes any more', () => {
  const sight = { first: 100, end: 110, most: 12, count: 10_000, urgent: -1 };
  let slots: Slots = nextSlots([], { first: 0, end: 12, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  const counts: number[] = [];
  for (let frame = 0; frame < 5; frame++) {
    slots = nextSlots(slots, sight, ready, 4);
    counts.push(inSight(slots, sight).length);
  }
  assert.deepEqual(counts, [4, 8, 10, 10, 10]);
  assert.deepEqual(inSight(nextSlots([], sight, ready, 4), sight), [100, 101, 102, 103]);
  assert.equal(nextSlots(slots, sight, ready, 4), slots);
});

test('every card stands in its own element, and what is out of sight stays until that is wanted', () => {
  const before = nextSlots([], { first: 10, end: 20, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  const after = nextSlots(before, { first: 15, end: 25, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  assert.deepEqual(after, [24, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
});

test('nothing comes in while it flies', () => {
  const before = nextSlots([], { first: 0, end: 10, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  assert.equal(
    nextSlots(before, { first: 5000, end: 5010, most: 12, count: 10_000, urgent: -1 }, ready, 0),
    before,
  );
});

test('what is not ready takes no step of others, and goes at once where it stood', () => {
  const sight = { first: 0, end: 10, most: 12, count: 10_000, urgent: -1 };
  const even = (index: number): boolean => index % 2 === 0;
  assert.deepEqual(inSight(nextSlots([], sight, even, 3), sight), [0, 2, 4]);
  const full = nextSlots([], sight, ready, 100);
  assert.deepEqual(inSight(nextSlots(full, sight, even, 0), sight), [0, 2, 4, 6, 8]);
});

test('the card that keys lead to is there at once', () => {
  const before = nextSlots([], { first: 0, end: 10, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  const sight = { first: 5000, end: 5010, most: 12, count: 10_000, urgent: 5007 };
  assert.deepEqual(
    inSight(
      nextSlots(before, sight, () => false, 0),
      sight,
    ),
    [5007],
  );
});

test('what is not there any more goes at once', () => {
  const before = nextSlots([], { first: 0, end: 10, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  const after = nextSlots(before, { first: 0, end: 3, most: 12, count: 3, urgent: -1 }, ready, 0);
  assert.deepEqual(after.slice(0, 4), [0, 1, 2, null]);
  assert.ok(after.slice(3).every((index) => index === null));
});

test('with more elements, or with fewer, what is in sight stays there at once', () => {
  const before = nextSlots([], { first: 20, end: 30, most: 12, count: 10_000, urgent: -1 }, ready, 100);
  for (const most of [11, 40]) {
    const sight = { first: 22, end: 32, most, count: 10_000, urgent: -1 };
    const after = nextSlots(before, sight, ready, 0);
    assert.equal(after.length, most);
    assert.deepEqual(inSight(after, sight), [22, 23, 24, 25, 26, 27, 28, 29]);
    assert.ok(after.every((index, slot) => index === null || index % most === slot));
  }
});
