import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirror, type RgbImage } from '../../../src-main/imaging/image.ts';
import { DEFAULT_VIEW_RECIPE, renderView, type ViewRecipe } from '../../../src-main/imaging/views.ts';
import { flatPicture, noisePicture } from '../../support/noise-picture.ts';

const STILL: ViewRecipe = {
  scaleLog: 0,
  rotationDegrees: 0,
  shiftPx: 0,
  brightnessLog: 0,
  contrastLog: 0,
  saturationLog: 0,
  seed: 1,
};
const FACE = noisePicture(21, 21, 1);

function meanOf({ data }: RgbImage): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}

test('view 0 is the face, view 1 its mirror image, whatever the recipe', () => {
  assert.equal(renderView(FACE, DEFAULT_VIEW_RECIPE, 5, 0), FACE);
  assert.deepEqual(renderView(FACE, DEFAULT_VIEW_RECIPE, 5, 1), mirror(FACE));
});

test('a jittered view follows from seed, face and view', () => {
  const view = renderView(FACE, DEFAULT_VIEW_RECIPE, 5, 2);
  assert.deepEqual(renderView(FACE, DEFAULT_VIEW_RECIPE, 5, 2), view);
  const others = [
    renderView(FACE, DEFAULT_VIEW_RECIPE, 6, 2),
    renderView(FACE, DEFAULT_VIEW_RECIPE, 5, 3),
    renderView(FACE, { ...DEFAULT_VIEW_RECIPE, seed: 2 }, 5, 2),
  ];
  for (const other of others) assert.notDeepEqual(other, view);
  assert.deepEqual([view.width, view.height], [21, 21]);
});

test('a recipe without jitter leaves the face or its mirror image, each about half of the time', () => {
  let mirrored = 0;
  for (let face = 0; face < 100; face++) {
    const view = renderView(FACE, STILL, face, 2);
    const isMirrored = Buffer.from(view.data).equals(Buffer.from(mirror(FACE).data));
    if (isMirrored) mirrored++;
    else assert.deepEqual(view, FACE);
  }
  assert.ok(mirrored > 30 && mirrored < 70, `${mirrored}`);
});

test('brightness factors spread over e^±its log, and no further', () => {
  const grey = flatPicture(4, 4, [100, 100, 100]);
  const recipe = { ...STILL, brightnessLog: 0.25, contrastLog: 0.25, saturationLog: 0.4 };
  // Contrast turns about the picture's own mean, saturation about its luma: neither moves a flat grey.
  const means = Array.from({ length: 200 }, (_, face) => meanOf(renderView(grey, recipe, face, 2)));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  assert.ok(low >= 77 && low < 82, `${low}`); // 100·e^−0.25 = 77.9
  assert.ok(high <= 129 && high > 122, `${high}`); // 100·e^0.25 = 128.4
});

test('saturation keeps the luma, contrast the mean', () => {
  const coloured = flatPicture(4, 4, [120, 80, 60]);
  const luma = 0.299 * 120 + 0.587 * 80 + 0.114 * 60;
  for (let face = 0; face < 20; face++) {
    const [red, green, blue] = renderView(coloured, { ...STILL, saturationLog: 0.4 }, face, 2).data;
    assert.ok(Math.abs(0.299 * red + 0.587 * green + 0.114 * blue - luma) < 1);
    const factor = (red - luma) / (120 - luma);
    assert.ok(factor > 0.64 && factor < 1.53, `${factor}`); // e^±0.4, and a grey level of rounding
    // Noise below 100 is never clamped, so the mean stays.
    const gentle = noisePicture(21, 21, 2, 100);
    const contrasted = renderView(gentle, { ...STILL, contrastLog: 0.25 }, face, 2);
    assert.ok(Math.abs(meanOf(contrasted) - meanOf(gentle)) < 1);
  }
});

/** Where the single white pixel of a black picture has gone: its centre of mass. */
function centreOf({ width, data }: RgbImage): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let pixel = 0; pixel * 3 < data.length; pixel++) {
    sum += data[pixel * 3];
    x += data[pixel * 3] * (pixel % width);
    y += data[pixel * 3] * Math.floor(pixel / width);
  }
  return { x: x / sum, y: y / sum };
}

/** A black picture with a white 3×3 square about (x, y). */
function spot(sizePx: number, x: number, y: number): RgbImage {
  const picture = flatPicture(sizePx, sizePx, [0, 0, 0]);
  for (let row = y - 1; row <= y + 1; row++)
    picture.data.fill(255, (row * sizePx + x - 1) * 3, (row * sizePx + x + 2) * 3);
  return picture;
}

test('shifts, turns and scales move pixels by no more than the recipe says, about the centre', () => {
  const [size, middle, arm] = [101, 50, 30];
  for (let face = 0; face < 40; face++) {
    const shifted = centreOf(renderView(spot(size, middle, middle), { ...STILL, shiftPx: 4 }, face, 2));
    assert.ok(
      Math.abs(shifted.x - middle) <= 4.1 && Math.abs(shifted.y - middle) <= 4.1,
      JSON.stringify(shifted),
    );
    // Above the centre, so that a mirrored source makes no difference.
    const above = spot(size, middle, middle - arm);
    const turned = centreOf(renderView(above, { ...STILL, rotationDegrees: 6 }, face, 2));
    const angle = (Math.atan2(turned.x - middle, middle - turned.y) * 180) / Math.PI;
    assert.ok(Math.abs(angle) < 6.2, `${angle}°`);
    assert.ok(Math.abs(Math.hypot(turned.x - middle, turned.y - middle) - arm) < 0.3);
    const scaled = centreOf(renderView(above, { ...STILL, scaleLog: 0.08 }, face, 2));
    const factor = (middle - scaled.y) / arm;
    assert.ok(factor > 0.915 && factor < 1.09 && Math.abs(scaled.x - middle) < 0.2, `${factor}`);
  }
});
