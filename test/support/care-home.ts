// A data folder with a student and a gallery of small crops that it embedded, for journeys through Spaces and Care.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../src-main/common/rng.ts';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { RunFolder, runsFolder } from '../../src-main/engine/training/run-folder.ts';
import { exampleConfig } from './example-run.ts';
import { glimpse } from './glimpse.ts';
import { tinyNetwork } from './tiny-network.ts';

export const GALLERY = 'yard';
export const STUDENT = 'tiny-student';
export const PEOPLE = 24;

const SIDE_PX = 16;
const TILES = 4;

export interface CareHome {
  readonly home: string;
  /** A crop of person 03 that is not enrolled. */
  readonly probe: string;
  readonly faces: number;
}

/** Several batches of faces of 24 people, half by one camera; every other one was seen in January 2026, the rest in 2025. */
export async function makeCareHome(folder: string, images: number): Promise<CareHome> {
  const [home, faces] = ['home', 'faces'].map((name) => join(folder, name));
  const run = new RunFolder(join(runsFolder(home), STUDENT));
  await run.create(exampleConfig());
  await saveNetwork(run.networkPath, tinyNetwork(5));
  const rows = ['path,subject,camera,captured-at'];
  for (let person = 0; person < PEOPLE; person++) {
    const name = `person-${String(person).padStart(2, '0')}`;
    await mkdir(join(faces, name), { recursive: true });
    for (let image = 0; image < images; image++) {
      await writeFile(join(faces, name, `${image}.png`), await smallFace(person, image));
      const year = image % 2 === 0 ? 2026 : 2025;
      rows.push(`${name}/${image}.png,${name},${image % 3 === 0 ? 'hall' : 'gate'},${year}-01-02T10:00:00Z`);
    }
  }
  const manifest = join(faces, 'faces.csv');
  await writeFile(manifest, `${rows.join('\n')}\n`);
  for (const words of [
    ['gallery', 'create', GALLERY],
    ['gallery', 'enrol', GALLERY, manifest, '--model', STUDENT, '--crops'],
  ]) {
    const { code, err } = await glimpse(words, { home });
    assert.equal(code, 0, err);
  }
  const probe = join(folder, 'probe.png');
  await writeFile(probe, await smallFace(3, images));
  return { home, probe, faces: PEOPLE * images };
}

/** A PNG of 16×16: tiles in the person's colours, noise of the image's own. */
function smallFace(person: number, image: number): Promise<Buffer> {
  const colours = Rng.seeded(17, person);
  const tiles = Array.from({ length: TILES ** 2 * 3 }, () => colours.int(200));
  const noise = Rng.seeded(18, person, image);
  const pixels = new Uint8Array(SIDE_PX ** 2 * 3);
  for (let pixel = 0; pixel < SIDE_PX ** 2; pixel++) {
    const row = Math.floor((Math.floor(pixel / SIDE_PX) * TILES) / SIDE_PX);
    const column = Math.floor(((pixel % SIDE_PX) * TILES) / SIDE_PX);
    for (let channel = 0; channel < 3; channel++) {
      pixels[pixel * 3 + channel] = tiles[(row * TILES + column) * 3 + channel] + noise.int(50);
    }
  }
  return sharp(pixels, { raw: { width: SIDE_PX, height: SIDE_PX, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
