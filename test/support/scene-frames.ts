// Frames of a scene with known truth: pictures of people pasted where they walk, over a wall with a pattern.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../src-main/common/rng.ts';
import type { RgbImage } from '../../src-main/imaging/image.ts';

/** A person who is there from one moment to another, and walks in a straight line; places are of the picture's middle. */
export interface Walk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly start: readonly [number, number];
  readonly end: readonly [number, number];
}

export interface ScenePerson {
  readonly picture: RgbImage;
  readonly walks: readonly Walk[];
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly durationMs: number;
  /** Later ones hide earlier ones. */
  readonly people: readonly ScenePerson[];
}

export interface SceneFrame {
  readonly image: RgbImage;
  /** Middle of each person's picture, by person; null while they are away. */
  readonly places: readonly (readonly [number, number] | null)[];
}

export function composeScene(scene: Scene): SceneFrame[] {
  const { width, height, framesPerSecond, durationMs, people } = scene;
  const rng = Rng.seeded(5);
  const wall = Uint8Array.from({ length: width * height * 3 }, () => 106 + rng.int(8));
  const frames = Math.round((durationMs * framesPerSecond) / 1000);
  return Array.from({ length: frames }, (_, frame) => {
    const timeMs = (frame * 1000) / framesPerSecond;
    const image = { width, height, data: wall.slice() };
    const places = people.map(({ picture, walks }) => {
      const walk = walks.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs <= toMs);
      if (walk === undefined) return null;
      const way = (timeMs - walk.fromMs) / (walk.toMs - walk.fromMs);
      const [x, y] = [0, 1].map((axis) => walk.start[axis] + way * (walk.end[axis] - walk.start[axis]));
      paste(image, picture, Math.round(x - picture.width / 2), Math.round(y - picture.height / 2));
      return [x, y] as const;
    });
    return { image, places };
  });
}

/** Writes `000.png` …: without times in the names. */
export async function writeFrames(folder: string, frames: readonly SceneFrame[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [at, { image }] of frames.entries()) {
    const { width, height, data } = image;
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await writeFile(join(folder, `${String(at).padStart(3, '0')}.png`), png);
  }
}

/** The person whose picture's middle is nearest to a box's, within half the picture; −1 for nobody. */
export function personAt(
  { places }: SceneFrame,
  people: readonly ScenePerson[],
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): number {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  places.forEach((place, person) => {
    if (place === null) return;
    const distance = Math.hypot(box.x + box.width / 2 - place[0], box.y + box.height / 2 - place[1]);
    if (distance >= least || distance > people[person].picture.width / 2) return;
    nearest = person;
    least = distance;
  });
  return nearest;
}

function paste(frame: RgbImage, picture: RgbImage, left: number, top: number): void {
  const from = Math.max(0, -left);
  const to = Math.min(picture.width, frame.width - left);
  for (let row = Math.max(0, -top); row < Math.min(picture.height, frame.height - top); row++) {
    const line = picture.data.subarray((row * picture.width + from) * 3, (row * picture.width + to) * 3);
    if (from < to) frame.data.set(line, ((top + row) * frame.width + left + from) * 3);
  }
}
