import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Track } from '../../../../src-main/gallery/tracking/live-track.ts';
import { SceneTracker } from '../../../../src-main/gallery/tracking/scene-tracker.ts';

const OPTIONS = { sameAbove: 0.5, otherBelow: 0.1 };

function face(x: number) {
  return { box: { x, y: 50, width: 20, height: 20 }, score: 1, embedding: null };
}

function framesOf(tracks: readonly Track[]): number[][] {
  return tracks.map(({ members }) => members.map(({ frame }) => frame));
}

test('someone who stands still while frames are left out stays one track', () => {
  const tracker = new SceneTracker(OPTIONS);
  const ended = [...tracker.see({ frame: 0, timeMs: 0, detections: [face(50)] })];
  for (let frame = 1; frame < 30; frame++) ended.push(...tracker.stillAt(frame * 200));
  ended.push(...tracker.see({ frame: 30, timeMs: 6000, detections: [face(52)] }));
  assert.deepEqual(framesOf([...ended, ...tracker.finish()]), [[0, 30]]);
});

test('the same six seconds without a word of the frames between are two tracks', () => {
  const tracker = new SceneTracker(OPTIONS);
  tracker.see({ frame: 0, timeMs: 0, detections: [face(50)] });
  const ended = tracker.see({ frame: 30, timeMs: 6000, detections: [face(52)] });
  assert.deepEqual(framesOf([...ended, ...tracker.finish()]), [[0], [30]]);
});

test('still frames too far apart end a track, and no face comes twice', () => {
  const tracker = new SceneTracker(OPTIONS);
  const ended = [
    ...tracker.stillAt(0),
    ...tracker.see({ frame: 0, timeMs: 100, detections: [face(50)] }),
    ...tracker.stillAt(5000),
    ...tracker.see({ frame: 2, timeMs: 5200, detections: [face(50)] }),
    ...tracker.stillAt(9000),
    ...tracker.finish(),
  ];
  assert.deepEqual(framesOf(ended), [[0], [2]]);
});
