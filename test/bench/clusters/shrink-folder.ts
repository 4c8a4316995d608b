// Identity folders of aligned faces, made small as a camera far away would: bicubic to so many pixels, as PNG.
//
//   node test/bench/clusters/shrink-folder.ts <from> <to> [px, 16]
//
// The copy is measurement data as its source is: it belongs outside the repository.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure } from '../../../src-main/common/errors.ts';
import { decodesInFlight } from '../../../src-main/datasets/image-report.ts';
import { mapInFlight } from '../../../src-main/datasets/in-flight.ts';
import { listFolderTree } from '../../../src-main/datasets/sources/folder-tree.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { encodePng } from '../../../src-main/imaging/encode.ts';
import { resizeBicubic } from '../../../src-main/imaging/resample.ts';

const [from, to, px = '16'] = process.argv.slice(2);
ensure(
  from !== undefined && to !== undefined,
  'bad-usage',
  'name the folder of faces and where the small ones go',
);
const sizePx = Number(px);
const { items } = await listFolderTree(from, { subjects: 'folder' });
await mapInFlight(items, decodesInFlight(), async ({ path, name }) => {
  const small = resizeBicubic(await decodeImageFile(path), sizePx, sizePx);
  const target = join(to, name.replace(/\.[^.]+$/, '.png'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await encodePng(small));
});
process.stdout.write(`${items.length} faces of ${sizePx} px in ${to}\n`);
