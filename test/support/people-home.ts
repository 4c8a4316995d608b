// A data folder with a gallery that has something to put right: unknown people seen several times, a wrong label, a picture that is
// there twice, a file that cannot be read. Made by the real command line.

import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { glimpse } from './glimpse.ts';
import { makeWindowHome, TEACHER, type WindowHome } from './window-home.ts';

export const GALLERY = 'door';

const KNOWN = 24;
const IMAGES = 4;
/** Pictures of each unknown person. */
const UNKNOWN = [4, 3];

/**
 * 24 people of 4 faces, of which the last of person 07 is said to be person 03; two unknown people of 4 and 3 faces. The first
 * picture of person 05 is there again, in another file.
 */
export async function makePeopleHome(folder: string): Promise<WindowHome> {
  const made = await makeWindowHome(folder, { identities: KNOWN + UNKNOWN.length, images: IMAGES });
  const rows: string[] = [];
  for (let person = 0; person < KNOWN + UNKNOWN.length; person++) {
    const name = `person-${String(person).padStart(2, '0')}`;
    const images = UNKNOWN[person - KNOWN] ?? IMAGES;
    for (let image = 0; image < images; image++) {
      const subject = person >= KNOWN ? '' : person === 7 && image === IMAGES - 1 ? 'person-03' : name;
      const camera = image % 2 === 0 ? 'hall' : 'yard';
      const hour = String(person % 24).padStart(2, '0');
      rows.push(`${name}/${image}.png,${subject},${camera},2026-03-0${image + 1}T${hour}:00:00Z`);
    }
  }
  const again = await sharp(join(made.faces, 'person-05', '0.png'))
    .png({ compressionLevel: 9 })
    .toBuffer();
  await writeFile(join(made.faces, 'again.png'), again);
  await writeFile(join(made.faces, 'broken.png'), 'no picture');
  await copyFile(join(made.faces, 'person-06', '0.png'), join(made.faces, 'copy.png'));
  rows.push('again.png,person-05,hall,', 'broken.png,,hall,', 'copy.png,,hall,');
  const manifest = join(made.faces, 'faces.csv');
  await writeFile(manifest, `path,subject,camera,captured-at\n${rows.join('\n')}\n`);
  for (const words of [
    ['gallery', 'create', GALLERY],
    ['gallery', 'enrol', GALLERY, manifest, '--teacher', TEACHER, '--crops'],
  ]) {
    const { code, err } = await glimpse(words, made);
    assert.equal(code, 0, err);
  }
  return made;
}
