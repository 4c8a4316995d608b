// Pictures in the place of faces: every identity has colours of its own, every image some noise.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../src-main/common/rng.ts';

const SIDE_PX = 112;
const TILES = 4;

/** A PNG of 112×112: 4×4 coloured tiles that belong to the identity, noise that belongs to the image. */
export async function madeFace(identity: number, image: number): Promise<Buffer> {
  const colours = Rng.seeded(7, identity);
  const tiles = Array.from({ length: TILES ** 2 * 3 }, () => colours.int(200));
  const noise = Rng.seeded(8, identity, image);
  const pixels = new Uint8Array(SIDE_PX ** 2 * 3);
  for (let pixel = 0; pixel < SIDE_PX ** 2; pixel++) {
    const row = Math.floor((Math.floor(pixel / SIDE_PX) * TILES) / SIDE_PX);
    const column = Math.floor(((pixel % SIDE_PX) * TILES) / SIDE_PX);
    for (let channel = 0; channel < 3; channel++) {
      pixels[pixel * 3 + channel] = tiles[(row * TILES + column) * 3 + channel] + noise.int(50);
    }
  }
  const raw = { width: SIDE_PX, height: SIDE_PX, channels: 3 as const };
  return sharp(pixels, { raw }).png({ compressionLevel: 1 }).toBuffer();
}

/** Writes `root/person-00/0.png` …. Images are the same in every call. */
export async function makeIdentityFolders(
  root: string,
  { identities, images }: { identities: number; images: number },
): Promise<void> {
  for (let identity = 0; identity < identities; identity++) {
    const folder = join(root, `person-${String(identity).padStart(2, '0')}`);
    await mkdir(folder, { recursive: true });
    for (let image = 0; image < images; image++) {
      await writeFile(join(folder, `${image}.png`), await madeFace(identity, image));
    }
  }
}

/**
 * Writes an LFW folder: `lfw/Person_0/Person_0_0001.png` … (two images each) and pairs.txt with `folds` × 2 × `pairsPerClass`
 * pairs. Identities are others than those of `makeIdentityFolders`.
 */
export async function makeLfwFolder(
  root: string,
  { folds, pairsPerClass }: { folds: number; pairsPerClass: number },
): Promise<void> {
  const people = folds * pairsPerClass;
  const name = (person: number) => `Person_${person % people}`;
  for (let person = 0; person < people; person++) {
    const folder = join(root, 'lfw', name(person));
    await mkdir(folder, { recursive: true });
    for (const number of [1, 2]) {
      await writeFile(
        join(folder, `${name(person)}_000${number}.png`),
        await madeFace(1000 + person, number),
      );
    }
  }
  const lines = [`${folds}\t${pairsPerClass}`];
  for (let fold = 0; fold < folds; fold++) {
    const own = Array.from({ length: pairsPerClass }, (_, pair) => fold * pairsPerClass + pair);
    lines.push(...own.map((person) => `${name(person)}\t1\t2`));
    lines.push(...own.map((person) => `${name(person)}\t1\t${name(person + 1)}\t2`));
  }
  await writeFile(join(root, 'pairs.txt'), `${lines.join('\n')}\n`);
}
