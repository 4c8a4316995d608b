// Scenes of walking faces with known truth: who is where when, what a detector would find, and whose each detection is.

import { normalise } from '../../src-main/common/matrix.ts';
import type { Rng } from '../../src-main/common/rng.ts';
import type { TrackedFrame } from '../../src-main/gallery/tracking/face-tracker.ts';
import type { Detection } from '../../src-main/gallery/tracking/live-track.ts';
import { randomDirection } from './made-embeddings.ts';

/** Seen from `fromMs` to `toMs`, walking straight from one point to the other. */
export interface Walk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly start: readonly [x: number, y: number];
  readonly end: readonly [x: number, y: number];
}

export interface ScenePerson {
  readonly walks: readonly Walk[];
}

export interface SceneOptions {
  readonly people: readonly ScenePerson[];
  readonly rng: Rng;
  readonly durationMs: number;
  /** Default 100. */
  readonly frameEveryMs?: number;
  /** Height of a face; boxes are square. Default 16. */
  readonly facePx?: number;
  /** Scatter of an embedding against a centre of length 1: pairs score about 1 / (1 + scatter²). Null: no embeddings. Default 1. */
  readonly scatter?: number | null;
  /** Chance that a face is not found. Default 0. */
  readonly missed?: number;
  /** Chance that a face is found with a low score. Default 0. */
  readonly unsure?: number;
  /** False detections a frame on average, low scores all. Default 0. */
  readonly clutter?: number;
  /** The people's looks; made when not given, so that two scenes may share them. */
  readonly centres?: readonly Float32Array[];
}

export interface Scene {
  readonly frames: readonly TrackedFrame[];
  /** Person of each detection of each frame, −1 for clutter. */
  readonly truth: readonly (readonly number[])[];
}

const DIMENSION = 64;
const JITTER = 0.06;

export function makeCentres(rng: Rng, people: number): Float32Array[] {
  return Array.from({ length: people }, () => randomDirection(rng, DIMENSION));
}

export function makeScene(options: SceneOptions): Scene {
  const { people, rng, durationMs, frameEveryMs = 100, missed = 0, clutter = 0 } = options;
  const centres = options.centres ?? makeCentres(rng, people.length);
  const frames: TrackedFrame[] = [];
  const truth: number[][] = [];
  for (let timeMs = 0; timeMs <= durationMs; timeMs += frameEveryMs) {
    const found: { person: number; detection: Detection }[] = [];
    people.forEach(({ walks }, person) => {
      const walk = walks.find(({ fromMs, toMs }) => fromMs <= timeMs && timeMs <= toMs);
      if (walk === undefined || rng.next() < missed) return;
      found.push({ person, detection: detect(placeAt(walk, timeMs), centres[person], options) });
    });
    for (let extra = rng.next() < clutter ? 1 : 0; extra > 0; extra--) {
      const place = [rng.uniform(0, 640), rng.uniform(0, 360)] as const;
      const detection = detect(place, randomDirection(rng, DIMENSION), options);
      found.push({ person: -1, detection: { ...detection, score: 0.2 } });
    }
    // A detector lists faces in no order that tells who is who.
    const order = rng.shuffle(found.map((_, index) => index));
    frames.push({
      frame: frames.length,
      timeMs,
      detections: order.map((index) => found[index].detection),
    });
    truth.push(order.map((index) => found[index].person));
  }
  return { frames, truth };
}

function placeAt({ fromMs, toMs, start, end }: Walk, timeMs: number): readonly [number, number] {
  const way = toMs === fromMs ? 0 : (timeMs - fromMs) / (toMs - fromMs);
  return [start[0] + way * (end[0] - start[0]), start[1] + way * (end[1] - start[1])];
}

function detect(place: readonly [number, number], centre: Float32Array, options: SceneOptions): Detection {
  const { rng, facePx = 16, scatter = 1, unsure = 0 } = options;
  const isUnsure = rng.next() < unsure;
  const height = facePx * (1 + JITTER * rng.normal());
  const box = {
    x: place[0] - height / 2 + JITTER * facePx * rng.normal(),
    y: place[1] - height / 2 + JITTER * facePx * rng.normal(),
    width: height,
    height,
  };
  if (scatter === null) return { box, score: isUnsure ? 0.3 : 0.9, embedding: null };
  const away = randomDirection(rng, centre.length);
  const spread = isUnsure ? 2 * scatter : scatter;
  const embedding = normalise(Float32Array.from(centre, (value, d) => value + spread * away[d]));
  return { box, score: isUnsure ? 0.3 : 0.9, embedding };
}
