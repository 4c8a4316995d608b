import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { FaceTracker, type TrackedFrame } from '../../../../src-main/gallery/tracking/face-tracker.ts';
import { trackCameras, trackFrames } from '../../../../src-main/gallery/tracking/track-frames.ts';
import { makeCentres, makeScene, type SceneOptions } from '../../../support/made-scenes.ts';
import { scoreTracks } from '../../../support/track-scores.ts';

/** Made faces of one person score 0.5 ± 0.1 with each other, 0 ± 0.125 with others. */
const OPTIONS = { sameAbove: 0.45, otherBelow: 0.2 };
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

function track(seed: number, scene: Omit<SceneOptions, 'rng'>, options = OPTIONS) {
  const made = makeScene({ ...scene, rng: Rng.seeded(seed) });
  return scoreTracks(trackFrames(made.frames, options), made.truth);
}

const walk = (fromMs: number, toMs: number, start: [number, number], end: [number, number]) => ({
  fromMs,
  toMs,
  start,
  end,
});

test('two people cross: straight on by place alone, turning back by looks', () => {
  const straight = [
    { walks: [walk(0, 4000, [100, 100], [300, 100])] },
    { walks: [walk(0, 4000, [300, 112], [100, 112])] },
  ];
  // They meet at 200 and each goes back where it came from: the place would say that they passed each other.
  const turning = [
    { walks: [walk(0, 1999, [100, 100], [198, 100]), walk(2000, 4000, [198, 100], [100, 100])] },
    { walks: [walk(0, 1999, [300, 100], [202, 100]), walk(2000, 4000, [202, 100], [300, 100])] },
  ];
  for (const seed of SEEDS) {
    const scene = { durationMs: 4000 };
    for (const scatter of [1, null]) {
      const { switches, idf1, tracks } = track(seed, { ...scene, people: straight, scatter });
      assert.deepEqual([switches, idf1, tracks], [0, 1, 2], `straight, seed ${seed}, scatter ${scatter}`);
    }
    const { switches, mixed } = track(seed, { ...scene, people: turning });
    assert.deepEqual([switches, mixed], [0, 0], `turning, seed ${seed}`);
  }
  const byPlace = SEEDS.map((seed) => track(seed, { durationMs: 4000, people: turning, scatter: null }));
  assert.ok(
    byPlace.some(({ switches }) => switches > 0),
    'the scene cannot be told by place alone',
  );
});

test('a gap of missed frames is bridged, by place for a moment and by looks for longer', () => {
  for (const [gapMs, scatter] of [
    [700, null],
    [700, 1],
    [1800, 1],
  ] as const) {
    const people = [
      {
        walks: [
          walk(0, 2000, [50, 50], [150, 60]),
          walk(2000 + gapMs, 5000, [150 + gapMs / 20, 60], [300, 60]),
        ],
      },
      { walks: [walk(0, 5000, [60, 200], [310, 210])] },
    ];
    for (const seed of SEEDS) {
      const { switches, idf1, tracks } = track(seed, { durationMs: 5000, people, scatter });
      assert.deepEqual([switches, idf1, tracks], [0, 1, 2], `gap ${gapMs}, seed ${seed}, scatter ${scatter}`);
    }
  }
});

test('two people leave and come back in exchanged places: the same tracks after a moment, new ones after longer', () => {
  const people = (awayMs: number) => [
    {
      walks: [
        walk(0, 2000, [200, 100], [20, 100]),
        walk(2000 + awayMs, 4000 + awayMs, [20, 200], [200, 200]),
      ],
    },
    {
      walks: [
        walk(0, 2000, [200, 200], [20, 200]),
        walk(2000 + awayMs, 4000 + awayMs, [20, 100], [200, 100]),
      ],
    },
  ];
  for (const seed of SEEDS) {
    const brief = track(seed, { durationMs: 6000, people: people(1700) });
    assert.deepEqual([brief.switches, brief.mixed, brief.tracks], [0, 0, 2], `brief, seed ${seed}`);
    const long = track(seed, { durationMs: 11_000, people: people(6000) });
    assert.deepEqual([long.mixed, long.tracks], [0, 4], `long, seed ${seed}`);
    // Without looks nobody can say who came back: new tracks, none mixed.
    const blind = track(seed, { durationMs: 6000, people: people(1700), scatter: null });
    assert.deepEqual([blind.mixed, blind.tracks], [0, 4], `blind, seed ${seed}`);
  }
});

test('a stranger in a vanished face’s place begins a track of their own', () => {
  const people = [
    { walks: [walk(0, 2000, [100, 100], [160, 100])] },
    { walks: [walk(2300, 4000, [166, 100], [220, 100])] },
  ];
  for (const seed of SEEDS) {
    const { mixed, tracks } = track(seed, { durationMs: 4000, people });
    assert.deepEqual([mixed, tracks], [0, 2], `seed ${seed}`);
  }
});

test('a crowd of ten with misses, unsure faces and clutter', () => {
  let [switches, mixed] = [0, 0];
  let least = 1;
  let mean = 0;
  for (const seed of SEEDS) {
    const rng = Rng.seeded(seed, 1);
    const people = Array.from({ length: 10 }, () => {
      const point = (): [number, number] => [rng.uniform(0, 640), rng.uniform(0, 360)];
      const [a, b, c] = [point(), point(), point()];
      return { walks: [walk(0, 5999, a, b), walk(6000, 12_000, b, c)] };
    });
    const scores = track(seed, { durationMs: 12_000, people, missed: 0.1, unsure: 0.1, clutter: 0.3 });
    switches += scores.switches;
    mixed += scores.mixed;
    least = Math.min(least, scores.idf1);
    mean += scores.idf1 / SEEDS.length;
  }
  const text = `${switches} switches and ${mixed} mixed tracks of 200 people, IDF1 ${mean} on average, ${least} at least`;
  assert.ok(switches <= 3 && mixed <= 5 && mean > 0.99 && least > 0.94, text);
});

test('unsure detections continue a track and never begin one', () => {
  const scene = { durationMs: 2000, people: [{ walks: [walk(0, 2000, [50, 50], [90, 50])] }] };
  const { frames } = makeScene({ ...scene, rng: Rng.seeded(1) });
  const dimmed = frames.map((frame) => ({
    ...frame,
    detections: frame.detections.map((found) =>
      frame.frame >= 5 && frame.frame < 12 ? { ...found, score: 0.3 } : found,
    ),
  }));
  assert.deepEqual(
    trackFrames(dimmed, OPTIONS).map(({ members }) => members.length),
    [21],
  );
  const all = frames.map((frame) => ({
    ...frame,
    detections: frame.detections.map((found) => ({ ...found, score: 0.3 })),
  }));
  assert.deepEqual(trackFrames(all, OPTIONS), []);
});

test('two cameras see two people at once, in the same places: nothing is linked across', () => {
  const rng = Rng.seeded(3);
  const centres = makeCentres(rng, 2);
  const people = [
    { walks: [walk(0, 3000, [50, 50], [200, 50])] },
    { walks: [walk(0, 3000, [50, 120], [200, 120])] },
  ];
  const scenes = ['gate', 'yard'].map((camera) => ({
    camera,
    scene: makeScene({ people, rng, durationMs: 3000, centres }),
  }));
  const frames = scenes
    .flatMap(({ camera, scene }) => scene.frames.map((frame) => ({ ...frame, camera })))
    .sort((a, b) => a.timeMs - b.timeMs);
  const tracks = trackCameras(frames, OPTIONS);
  assert.equal(tracks.length, 4);
  for (const { camera, scene } of scenes) {
    const own = tracks.filter((one) => one.camera === camera);
    assert.deepEqual(scoreTracks(own, scene.truth), { switches: 0, idf1: 1, mixed: 0, tracks: 2 });
  }
});

test('tracks come out as they end, and hold frame, detection and time', () => {
  const face = (x: number) => ({
    box: { x, y: 0, width: 20, height: 20 },
    score: 0.9,
    embedding: null,
  });
  const tracker = new FaceTracker({ ...OPTIONS, longestGapMs: 1000 });
  assert.deepEqual(tracker.push({ frame: 10, timeMs: 0, detections: [face(500), face(0)] }), []);
  assert.deepEqual(tracker.push({ frame: 11, timeMs: 100, detections: [face(3)] }), []);
  const ended = tracker.push({ frame: 12, timeMs: 1050, detections: [] });
  assert.deepEqual(ended, [{ members: [{ frame: 10, detection: 0, timeMs: 0 }], startedMs: 0, endedMs: 0 }]);
  assert.deepEqual(tracker.finish(), [
    {
      members: [
        { frame: 10, detection: 1, timeMs: 0 },
        { frame: 11, detection: 0, timeMs: 100 },
      ],
      startedMs: 0,
      endedMs: 100,
    },
  ]);
  assert.deepEqual(tracker.finish(), []);
});

test('a clock that goes back ends all tracks', () => {
  const frame = (number: number, timeMs: number): TrackedFrame => ({
    frame: number,
    timeMs,
    detections: [{ box: { x: 5, y: 5, width: 20, height: 20 }, score: 0.9, embedding: null }],
  });
  const tracks = trackFrames([frame(0, 1000), frame(1, 1100), frame(2, 200), frame(3, 300)], OPTIONS);
  assert.deepEqual(
    tracks.map(({ members }) => members.map((member) => member.frame)),
    [
      [2, 3],
      [0, 1],
    ],
  );
});

test('bad input is named with its frame', () => {
  const good = { box: { x: 0, y: 0, width: 9, height: 9 }, score: 0.9, embedding: Float32Array.of(1, 0) };
  const push = (detection: object) => () =>
    new FaceTracker(OPTIONS).push({ frame: 7, timeMs: 0, detections: [good, { ...good, ...detection }] });
  assert.throws(push({ box: { ...good.box, width: 0 } }), {
    code: 'bad-data',
    message: /frame 7.*box of 0×9 px/,
  });
  assert.throws(push({ box: { ...good.box, x: Number.NaN } }), { code: 'bad-data' });
  assert.throws(push({ score: 2 }), { code: 'bad-data', message: /score of 2/ });
  assert.throws(push({ embedding: Float32Array.of(1) }), { code: 'bad-data', message: /not 2 finite/ });
  assert.throws(push({ embedding: Float32Array.of(1, Number.NaN) }), { code: 'bad-data' });
  const noTime = { frame: 7, timeMs: Number.NaN, detections: [] };
  assert.throws(() => new FaceTracker(OPTIONS).push(noTime), { code: 'bad-data', message: /time NaN/ });
  assert.throws(() => new FaceTracker({ sameAbove: 0.2, otherBelow: 0.3 }), { code: 'bad-usage' });
});
