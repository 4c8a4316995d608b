// A data folder with a small gallery made by the real command line, for journeys through Search and Cases.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { glimpse } from './glimpse.ts';
import { madeFace } from './made-faces.ts';
import { makeWindowHome, TEACHER, type WindowHome } from './window-home.ts';

export const GALLERY = 'door';

export interface SearchedHome extends WindowHome {
  /** Pictures that are not enrolled: the first two of person 03, the third of person 07. */
  readonly probes: readonly [string, string, string];
}

/** 24 people of 4 faces each, half of them by one camera and half by one that gives JPEG; what scores mean is measured. */
export async function makeSearchedHome(folder: string): Promise<SearchedHome> {
  const made = await makeWindowHome(folder, { identities: 24, images: 4 });
  const run = async (...words: string[]): Promise<void> => {
    const { code, err } = await glimpse(words, made);
    assert.equal(code, 0, err);
  };
  const manifest = join(made.faces, 'faces.csv');
  const rows: string[] = [];
  for (let at = 0; at < 24 * 4; at++) {
    const [person, image] = [String(Math.floor(at / 4)).padStart(2, '0'), at % 4];
    const [camera, ending] = image % 2 === 0 ? ['hall', 'png'] : ['yard', 'jpg'];
    const picture = `person-${person}/${image}`;
    if (ending === 'jpg')
      await sharp(join(made.faces, `${picture}.png`))
        .jpeg({ quality: 95 })
        .toFile(join(made.faces, `${picture}.jpg`));
    rows.push(`${picture}.${ending},person-${person},${camera},2026-03-0${image + 1}T10:${person}:00Z`);
  }
  await writeFile(manifest, `path,subject,camera,captured-at\n${rows.join('\n')}\n`);
  await run('gallery', 'create', GALLERY);
  await run('gallery', 'enrol', GALLERY, manifest, '--teacher', TEACHER, '--crops');
  await run('gallery', 'recheck', GALLERY, '--side', 'hr');
  const probes = join(folder, 'probes');
  await mkdir(probes);
  const paths = await Promise.all(
    [
      [3, 10],
      [3, 11],
      [7, 12],
    ].map(async ([identity, image]) => {
      const path = join(probes, `probe-${identity}-${image}.png`);
      await writeFile(path, await madeFace(identity, image));
      return path;
    }),
  );
  return { ...made, probes: paths as [string, string, string] };
}
