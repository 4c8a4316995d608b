import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { BoxMotion, intersectionOverUnion } from '../../../../src-main/gallery/tracking/box-motion.ts';

const boxAt = (x: number, y: number, height = 20) => ({
  x: x - height / 2,
  y: y - height / 2,
  width: height,
  height,
});

test('overlap of boxes, by hand', () => {
  assert.equal(intersectionOverUnion(boxAt(0, 0), boxAt(0, 0)), 1);
  // Half over: 200 in common of 600.
  assert.ok(Math.abs(intersectionOverUnion(boxAt(0, 0), boxAt(10, 0)) - 1 / 3) < 1e-12);
  assert.equal(intersectionOverUnion(boxAt(0, 0), boxAt(20, 0)), 0);
});

test('a steady walk is foretold, through a gap and at uneven times', () => {
  const motion = new BoxMotion(boxAt(0, 0), 0);
  // 60 px a second to the right, 20 down.
  for (const timeMs of [100, 180, 300, 420, 500, 640, 700, 830, 1000]) {
    motion.advance(timeMs);
    motion.correct(boxAt(0.06 * timeMs, 0.02 * timeMs));
  }
  motion.advance(1500);
  const { x, y, height } = motion.box;
  assert.ok(Math.abs(x + height / 2 - 90) < 3, `${x + height / 2}`);
  assert.ok(Math.abs(y + height / 2 - 30) < 2, `${y + height / 2}`);
  assert.ok(motion.distanceTo(boxAt(90, 30)) < 1);
  assert.ok(motion.distanceTo(boxAt(90, 30, 60)) > 16, 'a face three times as large is another');
});

test('uncertainty grows with the gap, shrinks with each face, and goes with the size of the face', () => {
  const fresh = new BoxMotion(boxAt(0, 0), 0);
  fresh.advance(500);
  const afterOne = fresh.uncertainty;
  const known = new BoxMotion(boxAt(0, 0), 0);
  for (let timeMs = 100; timeMs <= 1000; timeMs += 100) {
    known.advance(timeMs);
    known.correct(boxAt(0, 0));
  }
  known.advance(1500);
  assert.ok(known.uncertainty < afterOne / 2);
  const half = known.uncertainty;
  known.advance(3000);
  assert.ok(known.uncertainty > 3 * half);
  const large = new BoxMotion(boxAt(0, 0, 200), 0);
  large.advance(500);
  assert.ok(Math.abs(large.uncertainty / afterOne - 1) < 1e-9);
});

test('distances of the same face follow chi-squared: the gate at 16.27 keeps nearly all', () => {
  let within = 0;
  let mean = 0;
  const faces = 2000;
  for (let face = 0; face < faces; face++) {
    const rng = Rng.seeded(face);
    const [vx, vy] = [3 * rng.normal(), 3 * rng.normal()];
    const at = (timeMs: number) =>
      boxAt(
        0.02 * timeMs * vx + 2 * rng.normal(),
        0.02 * timeMs * vy + 2 * rng.normal(),
        20 * Math.exp(0.1 * rng.normal()),
      );
    const motion = new BoxMotion(at(0), 0);
    for (let timeMs = 100; timeMs < 800; timeMs += 100) {
      motion.advance(timeMs);
      motion.correct(at(timeMs));
    }
    motion.advance(800);
    const distance = motion.distanceTo(at(800));
    mean += distance / faces;
    if (distance <= 16.27) within++;
  }
  assert.ok(within / faces > 0.99, `${within} of ${faces}`);
  assert.ok(mean > 1 && mean < 3.5, `mean ${mean}, 3 where the filter's noise is the true one`);
});
