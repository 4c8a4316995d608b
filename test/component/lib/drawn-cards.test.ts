import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDrawn } from '../../../src-renderer/lib/drawn-cards.ts';

const ready = (): boolean => true;

test('a jump fills by so many a frame, first ones first, and then nothing changes any more', () => {
  const sight = { first: 100, end: 110 };
  let drawn: ReadonlySet<number> = new Set([1, 2, 3]);
  const sizes: number[] = [];
  for (let frame = 0; frame < 5; frame++) {
    drawn = nextDrawn(drawn, sight, ready, 4);
    sizes.push(drawn.size);
  }
  assert.deepEqual(sizes, [4, 8, 10, 10, 10]);
  assert.deepEqual([...nextDrawn(new Set(), sight, ready, 4)], [100, 101, 102, 103]);
  assert.equal(nextDrawn(drawn, sight, ready, 4), drawn);
});

test('what stays in sight stays drawn, whatever comes beside it', () => {
  const before = nextDrawn(new Set(), { first: 10, end: 20 }, ready, 100);
  const after = nextDrawn(before, { first: 5, end: 15 }, ready, 2);
  assert.deepEqual([...after], [5, 6, 10, 11, 12, 13, 14]);
});

test('what is not ready is not drawn and takes no place of others', () => {
  const even = (index: number): boolean => index % 2 === 0;
  assert.deepEqual([...nextDrawn(new Set(), { first: 0, end: 10 }, even, 3)], [0, 2, 4]);
  const full = nextDrawn(new Set(), { first: 0, end: 10 }, ready, 100);
  assert.deepEqual([...nextDrawn(full, { first: 0, end: 10 }, even, 3)], [0, 2, 4, 6, 8]);
});
