// Quality measures on faces made up so that each can be worked by hand, and the reason each limit gives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCFACE_TEMPLATE, applySimilarity } from '../../../src-main/imaging/align.ts';
import type { DetectedFace } from '../../../src-main/imaging/face-finder.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import type { FiveLandmarks } from '../../../src-main/imaging/landmarks.ts';
import {
  assessCrop,
  assessQuality,
  qualityWeight,
  rollDegreesOf,
  turnOf,
} from '../../../src-main/imaging/quality.ts';

const FACE: DetectedFace = {
  box: { x: 0, y: 0, width: 80, height: 100 },
  score: 0.99,
  landmarks: ARCFACE_TEMPLATE,
  landmarkSource: 'network',
  sizePx: 80,
};

function checks(low: number, high: number): RgbImage {
  const size = 8;
  return {
    width: size,
    height: size,
    data: Uint8Array.from({ length: size * size * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return (pixel + Math.floor(pixel / size)) % 2 === 0 ? low : high;
    }),
  };
}

function rolled(degrees: number): FiveLandmarks {
  const angle = (degrees * Math.PI) / 180;
  const turn = { a: Math.cos(angle), b: Math.sin(angle), tx: 5, ty: -9 };
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = ARCFACE_TEMPLATE.map((point) =>
    applySimilarity(turn, point),
  );
  return [leftEye, rightEye, nose, leftMouth, rightMouth];
}

test('a good face has no reasons; a checkerboard’s numbers are known', () => {
  const quality = assessQuality(FACE, checks(100, 140));
  assert.deepEqual(quality.reasons, []);
  assert.ok(Math.abs(quality.brightness - 120) < 1e-3);
  assert.ok(Math.abs(quality.contrast - 20) < 1e-3);
  // Every neighbour is 40 away: the Laplacian is ± 160, its variance 25,600.
  assert.ok(Math.abs(quality.sharpness - 25_600) < 1);
});

test('each limit gives its reason', () => {
  const flat = assessQuality({ ...FACE, score: 0.7, sizePx: 9 }, checks(20, 20));
  assert.deepEqual(flat.reasons, ['small', 'blurred', 'dark', 'flat', 'unsure']);
  assert.deepEqual(assessQuality(FACE, checks(200, 250)).reasons, ['bright']);
  const tilted = assessQuality({ ...FACE, landmarks: rolled(60) }, checks(100, 140));
  assert.deepEqual(tilted.reasons, ['tilted']);
});

test('roll is the angle of the eyes, and does not look like a turn of the head', () => {
  assert.ok(Math.abs(rollDegreesOf(rolled(25)) - rollDegreesOf(ARCFACE_TEMPLATE) - 25) < 1e-9);
  assert.ok(Math.abs(turnOf(rolled(25)) - turnOf(ARCFACE_TEMPLATE)) < 1e-9);
  assert.ok(Math.abs(turnOf(ARCFACE_TEMPLATE)) < 0.02);
});

test('a nose beside the right eye is a head turned all the way', () => {
  const [leftEye, rightEye, , leftMouth, rightMouth] = ARCFACE_TEMPLATE;
  const turned: FiveLandmarks = [leftEye, rightEye, { x: rightEye.x + 4, y: 72 }, leftMouth, rightMouth];
  assert.ok(turnOf(turned) > 0.9);
  assert.ok(assessQuality({ ...FACE, landmarks: turned }, checks(100, 140)).reasons.includes('turned'));
});

test('a larger, sharper, straighter, surer face weighs more; none weighs nothing', () => {
  const good = { ...assessQuality(FACE, checks(100, 140)), turn: 0, rollDegrees: 0, score: 1 };
  assert.equal(qualityWeight(good), 1);
  const worse = [{ sizePx: 12 }, { sharpness: 0 }, { turn: -1 }, { rollDegrees: 90 }, { score: 0.6 }];
  // √(12 / 48); half of it blurred; 1 − 0.6; 1 − 0.3; the score itself
  const expected = [0.5, 0.5, 0.4, 0.7, 0.6];
  for (const [at, change] of worse.entries())
    assert.ok(Math.abs(qualityWeight({ ...good, ...change }) - expected[at]) < 1e-9, JSON.stringify(change));
  const awful = { ...good, sizePx: 1, sharpness: 0, turn: 1, rollDegrees: 180, score: 0 };
  assert.equal(qualityWeight(awful), 0.05);
});

test('a crop is judged without pose and detection', () => {
  const quality = assessCrop(checks(20, 20));
  assert.deepEqual([quality.turn, quality.rollDegrees, quality.score, quality.sizePx], [0, 0, 1, 8]);
  assert.deepEqual(quality.reasons, ['small', 'blurred', 'dark', 'flat']);
});
