// The window's enrolment: what it plans, and that its engine may die in the middle without a difference to the command line's import.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { listFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { galleryFolder } from '../../../../src-main/gallery/gallery-folder.ts';
import { addBadPictures } from '../../../support/bad-pictures.ts';
import { askFor, type EnrolmentBench, startEnrolments } from '../../../support/enrolment-bench.ts';
import { glimpseJson } from '../../../support/glimpse.ts';
import { makeLobby } from '../../../support/lobby-scene.ts';
import { madeActing } from '../../../support/made-gallery.ts';
import { composeScene, writeFrames } from '../../../support/scene-frames.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { makeWindowHome, TEACHER } from '../../../support/window-home.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** Kills the engine at the first report of at least `done`. */
function killingAt({ engine }: EnrolmentBench, done: number): ProgressToken {
  let isKilled = false;
  return new ProgressToken((report) => {
    if (isKilled || report.done < done || engine.state.pid === null) return;
    isKilled = true;
    process.kill(engine.state.pid, 'SIGKILL');
  }, new AbortController().signal);
}

/** Faces by track, tracks by their first face: what must be the same whoever enrolled. */
function essence(home: string, name: string): unknown {
  const gallery = Gallery.open(galleryFolder(home, name), madeActing());
  try {
    assert.deepEqual(checkIntegrity(gallery, ProgressToken.silent()).problems, []);
    const faces = listFaces(gallery.database, { after: 0, limit: 10_000 });
    return [...Map.groupBy(faces, ({ trackId }) => trackId).values()].map((track) =>
      track.map(({ frameIndex, box, crop, capturedAt, camera, subjectName }) => ({
        ...{ frameIndex, box, capturedAt, camera, subjectName },
        crop: crop.toString('hex'),
      })),
    );
  } finally {
    gallery.close();
  }
}

async function byCommandLine(home: string, name: string, ...words: string[]): Promise<void> {
  await glimpseJson(['gallery', 'create', name], { home });
  await glimpseJson(['gallery', 'enrol', name, ...words, '--teacher', TEACHER], { home });
}

test('a plan says what is there, what is skipped, by what it is embedded and how long that takes', async (t) => {
  const { home, faces } = await makeWindowHome(await temporaryFolder(t), { identities: 3, images: 2 });
  await addBadPictures(faces);
  const { desk, galleries } = startEnrolments(t, home);
  await galleries.create('door');
  const plan = await desk.plan({ ...askFor(faces, 'crops'), reading: null });
  assert.deepEqual(
    [plan.kind, plan.reading, plan.files, plan.subjects, plan.unnamed],
    ['folder', 'crops', 9, 3, 0],
  );
  assert.deepEqual(plan.leftOut, [{ path: 'notes.txt', reason: 'has no image ending' }]);
  assert.deepEqual(plan.sample.sizes, { smallest: 112, median: 112, largest: 112 });
  assert.deepEqual(
    plan.sample.unreadable.map(({ path }) => path),
    ['person-00/empty.jpg', 'person-00/renamed.jpg'],
  );
  assert.deepEqual(plan.sides, [{ side: 'hr', model: TEACHER, profile: null, isOwn: false }]);
  assert.ok((plan.seconds ?? 0) > 0);

  const manifest = join(faces, 'faces.csv');
  await writeFile(manifest, 'path,subject,camera\nperson-00/0.png,Ann,hall\n../tiny.onnx,Bob,hall\n');
  const listed = await desk.plan({ ...askFor(manifest, 'crops'), reading: null });
  assert.deepEqual([listed.kind, listed.files, listed.subjects, listed.cameras], ['manifest', 1, 1, 1]);
  assert.match(listed.leftOut[0].reason, /lies outside/);
  await assert.rejects(desk.plan(askFor('/nowhere', 'crops')), { code: 'not-found' });
});

test('pictures: the engine dies in the middle, and the import ends as the command line’s', async (t) => {
  const { home, faces } = await makeWindowHome(await temporaryFolder(t), { identities: 20, images: 8 });
  await addBadPictures(faces);
  const bench = startEnrolments(t, home);
  await bench.galleries.create('door');
  const job = { kind: 'source', gallery: 'door', asked: askFor(faces, 'crops') } as const;
  await assert.rejects(bench.desk.run(job, killingAt(bench, 96), false), { code: 'lost-process' });
  const [unfinished] = await bench.galleries.call('door', 'unfinishedImports', {});
  assert.ok(unfinished.todo > 0 && unfinished.files === 163);
  // What the folder holds by now does not matter: the list was written down.
  await rm(join(faces, 'notes.txt'));
  const report = await bench.desk.run(job, ProgressToken.silent(), true);
  const { done, failed, duplicates, resumedAt } = report;
  assert.deepEqual([done, failed, duplicates], [161, 2, 0]);
  assert.ok(resumedAt >= 96);
  assert.deepEqual(await bench.galleries.call('door', 'unfinishedImports', {}), []);
  await bench.galleries.close('door');
  await byCommandLine(home, 'plain', faces, '--crops');
  assert.deepEqual(essence(home, 'door'), essence(home, 'plain'));
});

for (const kind of ['frames', 'video'] as const) {
  const options = { skip: kind === 'video' && !hasFfmpeg && 'no ffmpeg here' };
  test(
    `${kind}: the engine dies in the middle, and the tracks are the command line’s`,
    options,
    async (t) => {
      const folder = await temporaryFolder(t);
      const { home } = await makeWindowHome(folder, { identities: 1, images: 1 });
      const frames = join(folder, 'frames');
      await writeFrames(frames, composeScene(await makeLobby()));
      const source = kind === 'frames' ? frames : makeVideo(folder, frames);
      const bench = startEnrolments(t, home);
      await bench.galleries.create('door');
      const timing = { framesPerSecond: 5, everyNth: 1, startedAtMs: Date.UTC(2026, 0, 31), leastChange: 6 };
      const asked = askFor(source, kind, { camera: 'lobby', frames: timing });
      const plan = await bench.desk.plan(asked);
      assert.deepEqual([plan.kind, plan.files], [kind, 80]);
      assert.ok((plan.sample.faces?.count ?? 0) > 0 && (plan.seconds ?? 0) > 0);
      const job = { kind: 'source', gallery: 'door', asked } as const;
      await assert.rejects(bench.desk.run(job, killingAt(bench, 32), false), { code: 'lost-process' });
      const report = await bench.desk.run(job, ProgressToken.silent(), true);
      assert.deepEqual([report.files, report.failed], [80, 0]);
      assert.ok(report.resumedAt >= 32 && (report.tracks ?? 0) > 0);
      await bench.galleries.close('door');
      const words = kind === 'frames' ? ['--frames', '--fps', '5'] : [];
      const when = ['--captured-at', '2026-01-31T00:00:00Z', '--camera', 'lobby'];
      await byCommandLine(home, 'plain', source, ...words, ...when);
      assert.deepEqual(essence(home, 'door'), essence(home, 'plain'));
    },
  );
}

function makeVideo(folder: string, frames: string): string {
  const path = join(folder, 'lobby.mkv');
  const input = ['-framerate', '5', '-i', join(frames, '%03d.png')];
  execFileSync('ffmpeg', ['-v', 'error', ...input, '-c:v', 'ffv1', path]);
  return path;
}
