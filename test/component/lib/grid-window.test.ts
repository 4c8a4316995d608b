// The window of a grid: what is in sight of few cards, of a million, at both ends, and where a card is scrolled to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gridWindow, scrollToCard, topOf } from '../../../src-renderer/lib/grid-window.ts';

const SIZE = { width: 1000, height: 600, scrollTop: 0, cardWidth: 100, cardHeight: 150 };

test('few cards are all there', () => {
  const seen = gridWindow(7, SIZE);
  assert.deepEqual([seen.columns, seen.rows, seen.first, seen.end], [10, 1, 0, 7]);
  assert.deepEqual([seen.offset, seen.contentHeight], [0, 150]);
  assert.deepEqual([gridWindow(0, SIZE).end, gridWindow(0, SIZE).contentHeight], [0, 0]);
});

test('a narrow place has one column', () => {
  assert.equal(gridWindow(5, { ...SIZE, width: 40 }).columns, 1);
});

test('some rows beside the sight, where they stand in the content', () => {
  const seen = gridWindow(1000, { ...SIZE, scrollTop: 1500 });
  // Rows 10 to 13 are in sight, two more on either side.
  assert.deepEqual([seen.first, seen.end, seen.offset], [80, 160, 8 * 150]);
});

test('a million faces in few columns fit what browsers lay out, from the first to the very last', () => {
  const size = { ...SIZE, width: 500 };
  const top = gridWindow(1_000_000, size);
  assert.equal(top.contentHeight, 16_000_000);
  assert.equal(top.first, 0);
  const bottom = gridWindow(1_000_000, { ...size, scrollTop: 16_000_000 - size.height });
  assert.equal(bottom.end, 1_000_000);
  const last = bottom.offset + Math.ceil((bottom.end - bottom.first) / 5) * 150;
  assert.ok(Math.abs(last - 16_000_000) < 1e-3, 'the last row ends where the content ends');
  assert.ok(bottom.end - bottom.first < 60, 'a screenful, not more');
});

test('a card is scrolled to just into sight, also at a scale; one in sight stays', () => {
  assert.equal(scrollToCard(12, 1000, SIZE), null);
  assert.equal(scrollToCard(500, 1000, SIZE), 50 * 150 + 150 - 600);
  assert.equal(scrollToCard(0, 1000, { ...SIZE, scrollTop: 3000 }), 0);
  const size = { ...SIZE, width: 500 };
  for (const index of [0, 123_456, 999_999]) {
    const scrollTop = scrollToCard(index, 1_000_000, size) ?? 0;
    const { first, end } = gridWindow(1_000_000, { ...size, scrollTop });
    assert.ok(first <= index && index < end, `card ${index} is there`);
    assert.ok(
      (scrollToCard(index, 1_000_000, { ...size, scrollTop: scrollTop + 1e-6 }) ?? scrollTop) - scrollTop < 1,
    );
  }
});

test('a card has a place of its own, and at a scale one beside the others in sight', () => {
  const plain = gridWindow(1000, { ...SIZE, scrollTop: 1500 });
  assert.deepEqual([topOf(85, plain, 150), topOf(999, plain, 150), topOf(0, plain, 150)], [1200, 14_850, 0]);
  const scaled = gridWindow(1_000_000, { ...SIZE, width: 500, scrollTop: 9_000_000 });
  assert.equal(topOf(scaled.first, scaled, 150), scaled.offset);
  assert.equal(topOf(scaled.first + 5, scaled, 150), scaled.offset + 150);
  assert.deepEqual([topOf(0, scaled, 150), topOf(scaled.end, scaled, 150)], [-150, -150]);
});

test('never more cards than it says, wherever it is scrolled to: their elements are used again', () => {
  for (const height of [1, 149, 150, 151, 560, 2000]) {
    for (let scrollTop = 0; scrollTop < 3000; scrollTop += 7) {
      const seen = gridWindow(1_000_000, { ...SIZE, height, scrollTop });
      assert.ok(seen.end - seen.first <= seen.most, `${seen.end - seen.first} cards of ${seen.most}`);
    }
  }
});
