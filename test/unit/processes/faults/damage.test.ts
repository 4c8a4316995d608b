import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { readAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { moveTracks, redoChange, undoChange } from '../../../../src-main/gallery/changes/changes.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { countFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { contentOf } from '../../../support/everything.ts';
import { PICTURES, runFaultJob } from '../../../support/fault-child.ts';
import { madeActing } from '../../../support/made-gallery.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SILENT = ProgressToken.silent();

async function filledGallery(context: TestContext): Promise<string> {
  const folder = join(await temporaryFolder(context), 'whole.gallery');
  Gallery.create(folder, madeActing()).close();
  await runFaultJob('import', folder);
  return folder;
}

/** What opening or checking says is wrong; else the content. */
function lookAt(folder: string): { readonly told: string } | { readonly content: object } {
  let gallery: Gallery;
  try {
    gallery = Gallery.open(folder, madeActing());
  } catch (error) {
    assert.equal((error as Error).name, 'GlimpseError', String(error));
    return { told: String(error) };
  }
  try {
    const [problem] = checkIntegrity(gallery, SILENT).problems;
    return problem === undefined ? { content: contentOf(gallery) } : { told: problem };
  } finally {
    gallery.close();
  }
}

test('a flipped bit anywhere in the file is told, or nothing that was enrolled has changed', async (context) => {
  const start = await filledGallery(context);
  const path = join(start, 'gallery.sqlite');
  const whole = await readFile(path);
  const before = lookAt(start);
  assert.ok('content' in before);
  const rng = Rng.seeded(4);
  let told = 0;
  for (let flip = 0; flip < 200; flip++) {
    const bytes = Buffer.from(whole);
    // Where something is written: most of a small file's pages are empty.
    let at = rng.int(bytes.length);
    while (bytes[at] === 0) at = rng.int(bytes.length);
    const bit = 1 << rng.int(8);
    bytes[at] ^= bit;
    await writeFile(path, bytes);
    const after = lookAt(start);
    if ('told' in after) told++;
    else assert.deepEqual(after, before, `byte ${at}, bit ${bit}`);
    await writeFile(path, whole);
  }
  assert.ok(told > 5, `${told} told`);
});

test('a flipped bit in any crop is told', async (context) => {
  const folder = await filledGallery(context);
  const gallery = Gallery.open(folder, madeActing());
  const rng = Rng.seeded(6);
  const crops = gallery.database.prepare('SELECT crop FROM faces ORDER BY id').pluck().all() as Buffer[];
  gallery.close();
  for (let flip = 0; flip < 10; flip++) {
    const path = gallery.crops.pathOf(crops[rng.int(crops.length)]);
    const whole = await readFile(path);
    const bytes = Buffer.from(whole);
    bytes[rng.int(bytes.length)] ^= 1 << rng.int(8);
    await writeFile(path, bytes);
    const after = lookAt(folder);
    assert.ok('told' in after && /is damaged/.test(after.told));
    await writeFile(path, whole);
  }
  assert.ok('content' in lookAt(folder));
});

test('a journal that is cut anywhere, or has a flipped bit, loses what came after it and nothing before', async (context) => {
  const folder = await filledGallery(context);
  const before = lookAt(folder);
  const gallery = Gallery.open(folder, madeActing());
  gallery.database.pragma('wal_checkpoint(TRUNCATE)');
  for (let track = 1; track <= 8; track++) moveTracks(gallery, [track], { name: `owner ${track}` });
  // As a crash leaves it: a copy of the open files.
  const crashed = `${folder}.crashed`;
  cpSync(folder, crashed, { recursive: true });
  gallery.close();
  const journal = join(crashed, 'gallery.sqlite-wal');
  const whole = await readFile(journal);
  assert.ok(existsSync(journal) && whole.length > 8 * 16_384);
  const rng = Rng.seeded(8);
  const seen = new Set<number>();
  for (let round = 0; round < 16; round++) {
    const copy = `${crashed}.${round}`;
    cpSync(crashed, copy, { recursive: true });
    const at = rng.int(whole.length);
    const bytes = Buffer.from(whole);
    bytes[at] ^= 1 << rng.int(8);
    if (round % 2 === 0) await truncate(join(copy, 'gallery.sqlite-wal'), at);
    else await writeFile(join(copy, 'gallery.sqlite-wal'), bytes);
    const opened = Gallery.open(copy, madeActing());
    assert.deepEqual(checkIntegrity(opened, SILENT).problems, [], `round ${round}`);
    const count = opened.database
      .prepare(`SELECT count(*) FROM subjects WHERE name LIKE 'owner %'`)
      .pluck()
      .get() as number;
    seen.add(count);
    // Whole changes, in their order: the first so many.
    for (let track = 1; track <= 8; track++) {
      const name = opened.database
        .prepare('SELECT name FROM tracks JOIN subjects ON subjects.id = subject_id WHERE tracks.id = ?')
        .pluck()
        .get(track);
      assert.equal(name === `owner ${track}`, track <= count, `round ${round}`);
    }
    if (count === 0) assert.deepEqual(contentOf(opened), 'content' in before && before.content);
    opened.close();
  }
  assert.ok(seen.size > 2, `cut at different places: ${[...seen]}`);
});

test('a clock that goes backwards in the middle of it all costs nothing', async (context) => {
  const folder = join(await temporaryFolder(context), 'clock.gallery');
  const times = Rng.seeded(9);
  const acting = { actor: 'tester', now: () => Date.UTC(2026, 0, 1) - times.int(1e10) };
  Gallery.create(folder, acting).close();
  await runFaultJob('import', folder);
  const gallery = Gallery.open(folder, acting);
  const change = moveTracks(gallery, [1], { name: 'Ann' });
  undoChange(gallery, change);
  redoChange(gallery, change);
  const before = contentOf(gallery);
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
  gallery.close();
  await runFaultJob('embed', folder);
  const again = Gallery.open(folder, acting);
  assert.deepEqual(checkIntegrity(again, SILENT).problems, []);
  assert.equal(countFaces(again.database), PICTURES);
  assert.notDeepEqual(contentOf(again), before, 'the new space is there');
  const order = readAudit(again.database).map(({ sequence }) => sequence);
  assert.deepEqual(
    order,
    Array.from({ length: order.length }, (_, at) => at + 1),
  );
  again.close();
});
