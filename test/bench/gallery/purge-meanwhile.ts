// How long a purge of one person takes in a large gallery, and how long trivial calls and pages of faces wait meanwhile.
//   node test/bench/gallery/purge-meanwhile.ts <faces>
// Prints one JSON line. Nothing else may run.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { Gallery } from '../../../src-main/gallery/gallery.ts';
import { fillBenchGallery } from '../../../src-main/gallery/search/bench-gallery.ts';
import { GALLERY_PROGRAM } from '../../../src-main/processes/gallery/gallery-program.ts';
import type { GalleryService } from '../../../src-main/processes/gallery/gallery-service.ts';
import { launchInNode } from '../../../src-main/processes/launcher.ts';

const EVERY_MS = 20;
const PAGE = { filter: {}, order: 'enrolled', isDescending: false, after: null, limit: 60 } as const;

const home = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
const folder = join(home, 'bench.gallery');
const made = Gallery.create(folder, { actor: 'bench', now: Date.now });
fillBenchGallery(
  made,
  { faces: Number(process.argv[2] ?? 1e6), dimension: 512, seed: 1 },
  ProgressToken.silent(),
);
made.close();

const { client, stop } = launchInNode<GalleryService>(GALLERY_PROGRAM);
const { gallery } = await client.call('open', { folder, actor: 'bench' });
await client.call('warmUp', { gallery, side: 'lr' });
const [{ id: subjectId }] = await client.call('subjectPage', { gallery, text: null, after: null, limit: 1 });
const rule = { kind: 'subject', subjectId } as const;

const preview = await measured(client.call('previewPurge', { gallery, rule }));
const begins: Record<string, number> = {};
const startedMs = performance.now();
const purge = await measured(
  client.call(
    'purge',
    { gallery, rule },
    {
      onProgress: ({ stage }) => {
        begins[stage] ??= Math.round(performance.now() - startedMs);
      },
    },
  ),
);
await stop(5000);
await rm(home, { recursive: true });
process.stdout.write(`${JSON.stringify({ preview, purge, begins })}\n`);

async function measured(work: Promise<unknown>): Promise<object> {
  const waits: Record<'hello' | 'page', number[]> = { hello: [], page: [] };
  const timed = async (name: keyof typeof waits, call: Promise<unknown>): Promise<void> => {
    const beganMs = performance.now();
    await call;
    waits[name].push(performance.now() - beganMs);
  };
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  const beganMs = performance.now();
  while (!isOver) {
    await timed('hello', client.call('hello', null));
    await timed('page', client.call('facePage', { gallery, ...PAGE }));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  await over;
  const seconds = (performance.now() - beganMs) / 1000;
  return { seconds, hello: spread(waits.hello), page: spread(waits.page) };
}

function spread(all: readonly number[]): object {
  const sorted = all.toSorted((left, right) => left - right);
  return { calls: sorted.length, p99: sorted[Math.floor(sorted.length * 0.99)], most: sorted.at(-1) };
}
