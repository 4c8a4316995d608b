import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadFaces } from '../../../../src-main/processes/search/spread-faces.ts';

function faces(count: number, everyMs: number, weightAt: (at: number) => number = () => 0.5) {
  return Array.from({ length: count }, (_, at) => ({
    at,
    timeMs: 1000 + at * everyMs,
    weight: weightAt(at),
  }));
}

test('of each half second the best face', () => {
  // 2 s at 10 a second: moments of 0–400, 400–800, … ms by share; the best of each has weight 0.9.
  const chosen = spreadFaces(faces(20, 100, (at) => (at % 5 === 3 ? 0.9 : 0.1)));
  assert.equal(chosen.length, 4);
  assert.ok(chosen.every(({ weight }) => weight === 0.9));
});

test('at most so many, however long the track, from its beginning to its end', () => {
  const chosen = spreadFaces(faces(10_000, 100), { most: 16 });
  assert.equal(chosen.length, 16);
  assert.equal(chosen[0].at, 0);
  assert.ok(chosen[15].at >= 9375);
  const gaps = chosen.slice(1).map((face, at) => face.timeMs - chosen[at].timeMs);
  assert.ok(Math.max(...gaps) < 2 * Math.min(...gaps));
});

test('one face, faces of one moment, a burst and a gap', () => {
  assert.deepEqual(
    spreadFaces(faces(1, 0)).map(({ at }) => at),
    [0],
  );
  assert.deepEqual(
    spreadFaces(faces(3, 0, (at) => at / 10)).map(({ at }) => at),
    [2],
  );
  const burst = [...faces(5, 10), { at: 5, timeMs: 11_000, weight: 0.1 }];
  assert.deepEqual(
    spreadFaces(burst).map(({ at }) => at),
    [0, 5],
  );
  assert.deepEqual(spreadFaces([]), []);
});
