// A scene of three drawn people for tests of frames, videos and clips.

import { drawFace } from '../../src-main/imaging/drawn-face.ts';
import type { Scene } from './scene-frames.ts';

/** Faces about 20 px wide: two cross, one of them leaves for seconds and comes back, a third stands still at the wall. */
export async function makeLobby(): Promise<Scene> {
  const [first, second, third] = await Promise.all([3, 10, 12].map((person) => drawFace(person, 24)));
  return {
    ...{ width: 320, height: 240, framesPerSecond: 5, durationMs: 16_000 },
    people: [
      {
        picture: first,
        walks: [
          { fromMs: 0, toMs: 5000, start: [30, 60], end: [280, 60] },
          { fromMs: 10_000, toMs: 14_000, start: [280, 80], end: [120, 80] },
        ],
      },
      { picture: second, walks: [{ fromMs: 0, toMs: 5000, start: [280, 105], end: [30, 105] }] },
      { picture: third, walks: [{ fromMs: 0, toMs: 16_000, start: [60, 190], end: [60, 190] }] },
    ],
  };
}
