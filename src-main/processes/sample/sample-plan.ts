// The sample project on paper: who is seen by which camera, when and how small. The same every time.

import { Rng } from '../../common/rng.ts';

/** Imports of this kind hold drawn people; the window says so wherever it shows them. */
export const DRAWN_KIND = 'drawn';
/** Where the pictures of a sample are said to come from. */
export const DRAWN_ROOT = 'drawn by Glimpse';
export const SAMPLE_NAME = 'Sample';
const PROBES_PER_PERSON = 3;

const NAMES = [
  ...['Ada', 'Bruno', 'Chidi', 'Dalia', 'Emre', 'Farah', 'Goran', 'Hana', 'Idris', 'Jana'],
  ...['Kofi', 'Lena', 'Marek', 'Noor', 'Olga', 'Pedro', 'Quinn', 'Rosa', 'Sami', 'Tara'],
  ...['Umar', 'Vera', 'Wanda', 'Xenia', 'Yusuf', 'Zita', 'Anton', 'Bella', 'Carlos', 'Dina'],
  ...['Elias', 'Flora', 'Gita', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Luca', 'Mira', 'Nils'],
] as const;
/** People whom nobody has named. */
const UNKNOWN_PEOPLE = 8;
const FRAMES_PER_TRACK = 3;
const FRAME_EVERY_MS = 800;

/** What makes one camera unlike another. */
export interface SampleCamera {
  readonly name: string;
  /** Widths of faces, least and most. */
  readonly facePx: readonly [number, number];
  /** Factors of red, green and blue. */
  readonly tint: readonly [number, number, number];
  /** Standard deviation of its noise, in grey levels. */
  readonly noise: number;
  readonly wall: number;
}

const ENTRANCE: SampleCamera = {
  name: 'entrance',
  facePx: [34, 46],
  tint: [1, 1, 1],
  noise: 4,
  wall: 122,
};
const HALL: SampleCamera = { name: 'hall', facePx: [20, 28], tint: [1.08, 1, 0.86], noise: 6, wall: 104 };
const PLATFORM: SampleCamera = {
  name: 'platform',
  facePx: [16, 20],
  tint: [0.86, 0.95, 1.04],
  noise: 8,
  wall: 88,
};
/** A fixed week, so that the same sample has the same times. */
const FIRST_DAY_MS = Date.UTC(2026, 2, 2, 6);
const DAYS = 5;
const OPEN_HOURS = 16;

export interface SamplePicture {
  /** Its file's name, if it had a file. */
  readonly name: string;
  readonly person: number;
  /** Null for somebody whom nobody has named. */
  readonly subject: string | null;
  readonly camera: SampleCamera;
  readonly capturedAtMs: number;
  /** Pictures of one pass before one camera. */
  readonly track: string;
  readonly facePx: number;
  /** Fixes pose, light, place and noise. */
  readonly seed: number;
}

/** Everybody at the entrance, where faces are large, and at one of the other cameras too. */
export function samplePictures(): SamplePicture[] {
  const rng = Rng.seeded(41);
  const pictures: SamplePicture[] = [];
  for (let person = 0; person < NAMES.length + UNKNOWN_PEOPLE; person++) {
    for (const camera of [ENTRANCE, person % 2 === 0 ? HALL : PLATFORM]) {
      const day = rng.int(DAYS) * 24 * 3_600_000;
      const startedMs = FIRST_DAY_MS + day + Math.floor(rng.next() * OPEN_HOURS * 3_600_000);
      for (let frame = 0; frame < FRAMES_PER_TRACK; frame++) {
        const [least, most] = camera.facePx;
        pictures.push({
          name: `${camera.name}-${String(person + 1).padStart(2, '0')}-${frame + 1}.png`,
          person,
          subject: NAMES[person] ?? null,
          camera,
          capturedAtMs: startedMs + frame * FRAME_EVERY_MS,
          track: `${camera.name}-${person + 1}`,
          facePx: Math.round(rng.uniform(least, most)),
          seed: pictures.length,
        });
      }
    }
  }
  return pictures;
}

/** `at` from 1 … `SAMPLE_PROBES`: enrolled people as the platform's camera sees them at another time, some 18 px wide. */
export function sampleProbe(
  at: number,
): Pick<SamplePicture, 'name' | 'person' | 'camera' | 'facePx' | 'seed'> {
  const person = 6 + 7 * Math.floor((at - 1) / PROBES_PER_PERSON);
  const number = ((at - 1) % PROBES_PER_PERSON) + 1;
  const name = `drawn-person-${Math.floor((at - 1) / PROBES_PER_PERSON) + 1}-picture-${number}.png`;
  return { name, person, camera: PLATFORM, facePx: 18, seed: 10_000 + at };
}
