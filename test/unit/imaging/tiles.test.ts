// Tiles cover every pixel, overlap as asked and share out the cores without gap.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tilesOf } from '../../../src-main/imaging/tiles.ts';

test('a small picture is one tile', () => {
  assert.deepEqual(tilesOf({ width: 100, height: 50 }, 100, 60, 20), [
    { x: 0, y: 0, width: 100, height: 50, core: { left: 0, top: 0, right: 100, bottom: 50 } },
  ]);
});

test('one axis worked by hand', () => {
  // 100 wide, tiles of 40, overlap 10: ceil(90 / 30) = 3 tiles at 0, 30, 60; cores meet at 35 and 65.
  const tiles = tilesOf({ width: 100, height: 10 }, 40, 40, 10);
  assert.deepEqual(
    tiles.map(({ x, width, core }) => [x, width, core.left, core.right]),
    [
      [0, 40, 0, 35],
      [30, 40, 35, 65],
      [60, 40, 65, 100],
    ],
  );
});

for (const [width, height] of [
  [1920, 1080],
  [1921, 1081],
  [961, 545],
  [5000, 300],
]) {
  test(`${width}×${height}: covered, overlapping, equal tiles`, () => {
    const tiles = tilesOf({ width, height }, 960, 544, 128);
    const columns = tiles.filter((tile) => tile.y === 0);
    for (const [index, tile] of tiles.entries()) {
      assert.ok(tile.x >= 0 && tile.y >= 0 && tile.x + tile.width <= width && tile.y + tile.height <= height);
      assert.deepEqual([tile.width, tile.height], [tiles[0].width, tiles[0].height], `tile ${index}`);
    }
    for (let index = 1; index < columns.length; index++) {
      assert.ok(columns[index - 1].x + columns[index - 1].width - columns[index].x >= 128);
      assert.equal(columns[index - 1].core.right, columns[index].core.left);
    }
    assert.equal(columns[0].core.left, 0);
    assert.equal(columns[columns.length - 1].core.right, width);
  });
}
