// Streams a RecordIO file and decodes every picture, beside the decoder alone on pictures that are in memory already.
// Run: node --max-semi-space-size=2 test/bench/datasets/record-stream.ts <folder> [megabytes]; the file is made there once and may be
// removed. The small young heap is what `dataset inspect` gives its thread.

import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../../src-main/common/rng.ts';
import { parseImageRecord } from '../../../src-main/datasets/recordio/mxnet-faces.ts';
import { RecordFile } from '../../../src-main/datasets/recordio/record-file.ts';
import { decodeImage } from '../../../src-main/imaging/decode.ts';
import { framedRecord, imageRecord } from '../../support/made-records.ts';

const [folder = '/tmp/glimpse-record-bench', megabytes = '1024'] = process.argv.slice(2);
const PICTURES = 200;
const path = join(folder, `stream-${megabytes}.rec`);
const lanesWanted = 2 * availableParallelism();

/** Pictures of 112×112 with some structure: about as large as faces are as JPEG. */
async function pictures(): Promise<Uint8Array[]> {
  const rng = Rng.seeded(1);
  return Promise.all(
    Array.from({ length: PICTURES }, () => {
      const small = Uint8Array.from({ length: 28 * 28 * 3 }, () => rng.int(256));
      const raw = { width: 28, height: 28, channels: 3 as const };
      return sharp(small, { raw }).resize(112, 112).jpeg({ quality: 95 }).toBuffer();
    }),
  );
}

async function makeFile(faces: readonly Uint8Array[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stream = createWriteStream(path);
  let bytes = 0;
  for (let id = 0; bytes < Number(megabytes) * 2 ** 20; id++) {
    const record = framedRecord(imageRecord([id % 100], id, faces[id % faces.length]));
    bytes += record.length;
    if (!stream.write(record)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

/** Decodes what comes, a few at a time; gives how many. */
async function decodeAll(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  const lanes = new Set<Promise<void>>();
  let count = 0;
  for await (const picture of source) {
    count++;
    const lane = decodeImage(picture, 'picture').then(() => {});
    lanes.add(lane);
    lane.finally(() => lanes.delete(lane));
    if (lanes.size >= lanesWanted) await Promise.race(lanes);
  }
  await Promise.all(lanes);
  return count;
}

async function* streamed(file: RecordFile): AsyncGenerator<Uint8Array> {
  for await (const { content } of file.records()) yield parseImageRecord(content, 'record').picture;
}

function* repeated(faces: readonly Uint8Array[], count: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index++) yield faces[index % faces.length];
}

const faces = await pictures();
if (!existsSync(path)) await makeFile(faces);
const file = await RecordFile.open(path);
await decodeAll(repeated(faces, 500));
const before = performance.now();
const count = await decodeAll(streamed(file));
const streamSeconds = (performance.now() - before) / 1000;
const peakRssMb = process.resourceUsage().maxRSS / 1024;
const baselineStart = performance.now();
await decodeAll(repeated(faces, count));
const baselineSeconds = (performance.now() - baselineStart) / 1000;
await file.close();
const result = {
  name: 'record-stream',
  median: count / streamSeconds,
  unit: 'pictures/s',
  gigabytes: file.bytes / 2 ** 30,
  baseline: { name: 'the decoder alone', median: count / baselineSeconds },
  ratio: baselineSeconds / streamSeconds,
  peakRssMb,
};
await writeFile(join(folder, 'record-stream.json'), `${JSON.stringify(result)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
