import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { activeSpace } from '../../../../src-main/gallery/db/queries/spaces.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { GalleryIndex } from '../../../../src-main/gallery/search/gallery-index.ts';
import { contentOf, everyByteOf } from '../../../support/everything.ts';
import { type FaultJob, MARKED_SUBJECT, PICTURES, runFaultJob } from '../../../support/fault-child.ts';
import { runLimited } from '../../../support/limited-process.ts';
import { madeActing, madeVector } from '../../../support/made-gallery.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SEEDS = 20;
const SILENT = ProgressToken.silent();
const CHILD = new URL('../../../support/fault-child.ts', import.meta.url);

/** Runs the job in a process of its own, killed at the n-th change of a file; the changes that were seen. */
async function runKilled(job: FaultJob, folder: string, killAt: number): Promise<number> {
  const child: ChildProcess = fork(fileURLToPath(CHILD), [job, folder], { stdio: 'inherit' });
  await once(child, 'message');
  let changes = 0;
  const watcher = watch(folder, { recursive: true }, () => {
    changes++;
    if (changes === killAt) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  watcher.close();
  return changes;
}

async function emptyGallery(context: TestContext): Promise<string> {
  const folder = join(await temporaryFolder(context), 'whole.gallery');
  Gallery.create(folder, madeActing()).close();
  // Its folders stand, so that a watcher sees what comes into them.
  for (let first = 0; first < 256; first++)
    mkdirSync(join(folder, 'crops', first.toString(16).padStart(2, '0')), { recursive: true });
  return folder;
}

async function filledGallery(context: TestContext): Promise<string> {
  const folder = await emptyGallery(context);
  await runFaultJob('import', folder);
  return folder;
}

/** Opens what a fault has left, which must be whole. */
async function whole<Result>(
  folder: string,
  look: (gallery: Gallery) => Result | Promise<Result>,
): Promise<Result> {
  const gallery = Gallery.open(folder, madeActing());
  try {
    const { problems, audit } = checkIntegrity(gallery, SILENT);
    assert.deepEqual([problems, audit.problem], [[], null]);
    return await look(gallery);
  } finally {
    gallery.close();
  }
}

/** For each seed: a copy, the job killed somewhere in it, a look, the job done to its end, a look. */
async function killEverywhere(
  job: FaultJob,
  start: string,
  afterKill: (gallery: Gallery, seed: number) => void | Promise<void>,
  atEnd: (folder: string, seed: number) => void | Promise<void>,
): Promise<void> {
  const measured = `${start}.measured`;
  cpSync(start, measured, { recursive: true });
  const changes = await runKilled(job, measured, Number.POSITIVE_INFINITY);
  assert.ok(changes > 20, `the job was seen to write ${changes} times`);
  for (let seed = 0; seed < SEEDS; seed++) {
    const folder = `${start}.${seed}`;
    cpSync(start, folder, { recursive: true });
    await runKilled(job, folder, 1 + Rng.seeded(seed).int(changes));
    await whole(folder, (gallery) => afterKill(gallery, seed));
    await runFaultJob(job, folder);
    await atEnd(folder, seed);
  }
}

test('an import that is killed anywhere is whole, and goes on to the same end', async (context) => {
  const start = await emptyGallery(context);
  const reference = `${start}.reference`;
  cpSync(start, reference, { recursive: true });
  await runFaultJob('import', reference);
  const count = (gallery: Gallery): number =>
    gallery.database.prepare('SELECT count(*) FROM faces').pluck().get() as number;
  const expected = await whole(reference, (gallery) => [count(gallery), contentOf(gallery)]);
  assert.equal(expected[0], PICTURES);
  const left: number[] = [];
  await killEverywhere(
    'import',
    start,
    (gallery) => void left.push(count(gallery)),
    async (folder, seed) =>
      assert.deepEqual(await whole(folder, (g) => [count(g), contentOf(g)]), expected, `seed ${seed}`),
  );
  assert.ok(new Set(left).size > 3, `killed at different points: ${left}`);
});

test('an embedding anew that is killed anywhere leaves the old space answering, and goes on to the same end', async (context) => {
  const start = await filledGallery(context);
  const reference = `${start}.reference`;
  cpSync(start, reference, { recursive: true });
  await runFaultJob('embed', reference);
  const expected = await whole(reference, contentOf);
  await killEverywhere(
    'embed',
    start,
    async (gallery, seed) => {
      const space = activeSpace(gallery.database, 'lr');
      assert.ok(space);
      const index = await GalleryIndex.load(gallery.database, space, SILENT);
      assert.equal(index.faces, PICTURES, `seed ${seed}: what answers is whole`);
      // Of the two spaces one: the template of a face is its own vector.
      const isNew = space.modelDigest.startsWith('b');
      assert.deepEqual(index.templateOf([1]), madeVector(isNew ? 10_008 : 0));
    },
    async (folder, seed) => assert.deepEqual(await whole(folder, contentOf), expected, `seed ${seed}`),
  );
});

test('a purge that is killed anywhere has happened or has not, and leaves no byte once the gallery was opened', async (context) => {
  const start = await filledGallery(context);
  assert.ok(everyByteOf(start).includes(MARKED_SUBJECT));
  const reference = `${start}.reference`;
  cpSync(start, reference, { recursive: true });
  await runFaultJob('purge', reference);
  const purged = await whole(reference, contentOf);
  const unpurged = await whole(start, contentOf);
  const outcomes = new Set<boolean>();
  await killEverywhere(
    'purge',
    start,
    (gallery, seed) => {
      const hasHappened = gallery.database.prepare('SELECT count(*) FROM purges').pluck().get() === 1;
      outcomes.add(hasHappened);
      assert.deepEqual(contentOf(gallery), hasHappened ? purged : unpurged, `seed ${seed}`);
      if (hasHappened) assert.ok(!everyByteOf(gallery.folder).includes(MARKED_SUBJECT), `seed ${seed}`);
    },
    async (folder, seed) => {
      assert.deepEqual(await whole(folder, contentOf), purged, `seed ${seed}`);
      assert.ok(!everyByteOf(folder).includes(MARKED_SUBJECT), `seed ${seed}`);
    },
  );
  assert.ok(outcomes.has(true), 'killed after its rows were gone at least once');
});

test('a disk that fills up during an import, an embedding anew or a purge costs nothing, and the job goes on where there is room', async (context) => {
  const empty = await emptyGallery(context);
  const filled = await filledGallery(context);
  for (const [job, start, limits] of [
    ['import', empty, [60, 200, 320]],
    ['embed', filled, [40, 120]],
    ['purge', filled, [16, 60, 250]],
  ] as const) {
    const before = await whole(start, contentOf);
    const reference = `${start}.${job}.whole`;
    cpSync(start, reference, { recursive: true });
    await runFaultJob(job, reference);
    const expected = await whole(reference, contentOf);
    let stopped = 0;
    for (const limit of limits) {
      const folder = `${start}.${job}.${limit}`;
      cpSync(start, folder, { recursive: true });
      const { code, stderr } = await runLimited(limit, CHILD, [job, folder]);
      if (code !== 0) {
        stopped++;
        assert.match(
          stderr,
          /disk-full: no space left to write .*: free some and try again\n$/,
          `${job}, ${limit} KiB`,
        );
      }
      await whole(folder, (gallery) => {
        const faces = gallery.database.prepare('SELECT count(*) FROM faces').pluck().get();
        if (job === 'embed' && code !== 0) assert.equal(faces, PICTURES);
      });
      await runFaultJob(job, folder);
      assert.deepEqual(await whole(folder, contentOf), expected, `${job}, ${limit} KiB`);
    }
    assert.ok(stopped > 0, `${job}: no limit was small enough`);
    assert.deepEqual(await whole(start, contentOf), before);
  }
});
