// Files that look like pictures and are none, beside made faces: what people's folders hold.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madeFace } from './made-faces.ts';

/** A name that would be a formula in a spreadsheet and markup in a page. */
export const HOSTILE_NAME = '=cmd|<img src=x onerror=alert(1)>.png';

/** Below `root/person-00`: an empty JPEG, a text that is called one, a good face by a hostile name; and a text file. */
export async function addBadPictures(root: string): Promise<void> {
  const folder = join(root, 'person-00');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'empty.jpg'), '');
  await writeFile(join(folder, 'renamed.jpg'), 'this is no picture');
  await writeFile(join(folder, HOSTILE_NAME), await madeFace(0, 90));
  await writeFile(join(root, 'notes.txt'), 'left out by its ending');
}
