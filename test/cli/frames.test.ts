// Frames and videos through the command line: tracks with known truth, kills, resumes, refusals.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../src-main/common/progress.ts';
import { Rng } from '../../src-main/common/rng.ts';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { checkIntegrity } from '../../src-main/gallery/db/integrity.ts';
import { listFaces } from '../../src-main/gallery/db/queries/faces.ts';
import { trackById } from '../../src-main/gallery/db/queries/tracks.ts';
import { Gallery } from '../../src-main/gallery/gallery.ts';
import { galleryFolder } from '../../src-main/gallery/gallery-folder.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeLobby } from '../support/lobby-scene.ts';
import { madeActing } from '../support/made-gallery.ts';
import { composeScene, personAt, type Scene, type SceneFrame, writeFrames } from '../support/scene-frames.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const NEEDS_FFMPEG = { skip: !hasFfmpeg && 'no ffmpeg here' };

interface Bench {
  readonly home: string;
  readonly model: string;
  readonly folder: string;
  readonly scene: Scene;
  readonly frames: readonly SceneFrame[];
}

async function setUp(context: TestContext): Promise<Bench> {
  const root = await temporaryFolder(context);
  const scene = await makeLobby();
  const bench = {
    home: join(root, 'home'),
    model: join(root, 'tiny.glimpse'),
    folder: join(root, 'frames'),
    scene,
    frames: composeScene(scene),
  };
  await saveNetwork(bench.model, tinyNetwork(3));
  await writeFrames(bench.folder, bench.frames);
  return bench;
}

/** Faces of each track of a gallery that is whole, tracks by their first face. */
function tracksOf({ home }: Bench, name: string) {
  const gallery = Gallery.open(galleryFolder(home, name), madeActing());
  try {
    assert.deepEqual(checkIntegrity(gallery, ProgressToken.silent()).problems, []);
    const faces = listFaces(gallery.database, { after: 0, limit: 100_000 });
    const tracks = Map.groupBy(faces, ({ trackId }) => trackId);
    for (const trackId of tracks.keys()) {
      const track = trackById(gallery.database, trackId);
      assert.deepEqual([track?.origin, track?.label], ['tracker', null]);
    }
    return [...tracks.values()];
  } finally {
    gallery.close();
  }
}

type Tracks = ReturnType<typeof tracksOf>;

/** What must be the same however often an import was killed. */
function essence(tracks: Tracks): unknown {
  return tracks.map((faces) =>
    faces.map(({ frameIndex, box, crop, capturedAt, camera }) => ({
      ...{ frameIndex, box, capturedAt, camera },
      crop: crop.toString('hex'),
    })),
  );
}

/** Who each track shows; a mixed one fails. */
function peopleOf(tracks: Tracks, { frames, scene }: Bench): number[] {
  return tracks.map((faces) => {
    const people = new Set(
      faces.map(({ frameIndex, box }) => personAt(frames[frameIndex], scene.people, box)),
    );
    assert.equal(people.size, 1, `one person a track, not ${[...people]}`);
    return [...people][0];
  });
}

function words(bench: Bench, name: string, ...more: string[]): string[] {
  return ['gallery', 'enrol', name, ...more, '--model', bench.model, '--camera', 'lobby'];
}

const byRate = (bench: Bench): string[] => [
  bench.folder,
  '--frames',
  '--fps',
  '5',
  '--captured-at',
  '2026-01-31T18:00:00Z',
];

test('a folder of frames becomes tracks of the people who were there', async (context) => {
  const bench = await setUp(context);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'door'], options);
  const report = await glimpseJson(words(bench, 'door', ...byRate(bench)), options);
  const tracks = tracksOf(bench, 'door');
  assert.deepEqual([report.frames, report.failed, report.todo, report.tracks], [80, 0, 0, 4]);
  assert.ok((report.nearDuplicates as number) > 20, 'five seconds with nobody moving');
  assert.deepEqual(
    peopleOf(tracks, bench).sort(),
    [0, 0, 1, 2],
    'someone who comes back after five seconds is a new track',
  );
  const [standing] = tracks.filter(
    (faces) => personAt(bench.frames[0], bench.scene.people, faces[0].box) === 2,
  );
  const start = Date.UTC(2026, 0, 31, 18);
  assert.equal(standing[0].capturedAt, start);
  assert.ok((standing.at(-1)?.capturedAt ?? 0) >= start + 13_800, 'unbroken while frames were left out');
  assert.ok(tracks.flat().every(({ camera, sizePx }) => camera === 'lobby' && sizePx < 24));
  const walking = tracks.filter((faces) => peopleOf([faces], bench)[0] < 2);
  assert.ok(
    walking.every((faces) => faces.length >= 15),
    walking.map(({ length }) => length).join(),
  );

  const again = await glimpseJson(words(bench, 'door', ...byRate(bench)), options);
  assert.deepEqual([again.faces, again.tracks], [0, 0], 'enrolled already');
  assert.deepEqual(essence(tracksOf(bench, 'door')), essence(tracks));
});

test('killed anywhere, a frames import ends with the same tracks as one that was not', async (context) => {
  const bench = await setUp(context);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'whole'], options);
  await glimpseJson(words(bench, 'whole', ...byRate(bench)), options);
  const whole = essence(tracksOf(bench, 'whole'));
  for (let seed = 0; seed < 4; seed++) {
    const name = `killed-${seed}`;
    await glimpseJson(['gallery', 'create', name], options);
    const folder = galleryFolder(bench.home, name);
    const rng = Rng.seeded(seed);
    for (let kill = 0; kill < 1 + (seed % 2); kill++) {
      let left = 1 + rng.int(60);
      await glimpse(words(bench, name, ...byRate(bench)), {
        ...options,
        onStart: (child) => {
          // Writes to the database and new folders of crops count down to the kill.
          const watcher = watch(folder, { recursive: true }, () => {
            left--;
            if (left > 0) return;
            watcher.close();
            child.kill('SIGKILL');
          });
          child.once('exit', () => watcher.close());
        },
      });
    }
    await glimpseJson(words(bench, name, ...byRate(bench)), options);
    assert.deepEqual(essence(tracksOf(bench, name)), whole, `seed ${seed}`);
  }
});

test(
  'a video: as its frames, known by its content, gone on with wherever it lies',
  NEEDS_FFMPEG,
  async (context) => {
    const bench = await setUp(context);
    const options = { home: bench.home };
    const video = join(bench.home, '..', "it's a clip.mkv");
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-framerate',
      '5',
      '-i',
      join(bench.folder, '%03d.png'),
      '-c:v',
      'ffv1',
      video,
    ]);
    const timed = [video, '--every', '2', '--captured-at', '2026-01-31T18:00:00Z'];
    await glimpseJson(['gallery', 'create', 'whole'], options);
    const report = await glimpseJson(words(bench, 'whole', ...timed), options);
    assert.deepEqual([report.frames, report.tracks, report.failed], [40, 4, 0]);
    const whole = tracksOf(bench, 'whole');
    assert.deepEqual(peopleOf(whole, bench).sort(), [0, 0, 1, 2]);
    assert.ok(whole.flat().every(({ frameIndex }) => frameIndex % 2 === 0));
    assert.equal(whole[0][1].capturedAt, Date.UTC(2026, 0, 31, 18) + whole[0][1].frameIndex * 200);

    const moved = join(bench.home, 'moved.mkv');
    await copyFile(video, moved);
    const again = await glimpseJson(words(bench, 'whole', moved, '--every', '1'), options);
    assert.deepEqual([again.faces, again.duplicate], [0, 1]);
    assert.match(String(again.notes), /moved\.mkv is enrolled already \(same content\)/);

    for (let seed = 0; seed < 2; seed++) {
      const name = `killed-${seed}`;
      await glimpseJson(['gallery', 'create', name], options);
      let left = 1 + Rng.seeded(9, seed).int(40);
      await glimpse(words(bench, name, ...timed), {
        ...options,
        onStart: (child) => {
          const watcher = watch(galleryFolder(bench.home, name), { recursive: true }, () => {
            left--;
            if (left > 0) return;
            watcher.close();
            child.kill('SIGKILL');
          });
          child.once('exit', () => watcher.close());
        },
      });
      const elsewhere = [moved, ...timed.slice(1)];
      await glimpseJson(words(bench, name, ...elsewhere), options);
      assert.deepEqual(essence(tracksOf(bench, name)), essence(whole), `seed ${seed}`);
    }
  },
);

test('an unfinished import goes on under its own options only; a damaged frame is named and passed over', async (context) => {
  const bench = await setUp(context);
  const options = { home: bench.home };
  await writeFile(join(bench.folder, '007.png'), 'no picture');
  await glimpseJson(['gallery', 'create', 'door'], options);
  const { signal } = await glimpse(words(bench, 'door', ...byRate(bench)), {
    ...options,
    onStart: (child) => {
      const watcher = watch(join(galleryFolder(bench.home, 'door'), 'crops'), () => child.kill('SIGKILL'));
      child.once('exit', () => watcher.close());
    },
  });
  assert.equal(signal, 'SIGKILL');
  const other = words(bench, 'door', ...byRate(bench), '--least-change', '0');
  assert.match(
    await glimpseFailure(other, options, { code: 'bad-usage', exitCode: 2 }),
    /was not finished, with the options .*"leastChange":6.*not with .*"leastChange":0/,
  );
  const report = await glimpseJson(words(bench, 'door', ...byRate(bench)), options);
  assert.deepEqual([report.failed, report.tracks], [1, 4]);
  assert.match(JSON.stringify(report.failures), /007\.png is not a JPEG, PNG/);
});

test('sources that cannot be enrolled, one sentence each', async (context) => {
  const bench = await setUp(context);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'door'], options);
  const refused = async (code: string, message: RegExp, ...more: string[]): Promise<void> => {
    const exitCode = code === 'bad-usage' ? 2 : 1;
    assert.match(await glimpseFailure(words(bench, 'door', ...more), options, { code, exitCode }), message);
  };
  await refused(
    'bad-dataset',
    /000\.png in .* has no time in its name or EXIF data: .* --fps/,
    bench.folder,
    '--frames',
  );
  await refused(
    'bad-usage',
    /--captured-at is a time such as/,
    ...byRate(bench).slice(0, 4),
    '--captured-at',
    'noon',
  );
  await refused(
    'bad-usage',
    /--fps and --captured-at are for --frames and videos/,
    bench.folder,
    '--fps',
    '5',
  );
  await refused('bad-usage', /--crops is for pictures of one face/, ...byRate(bench), '--crops');
  await refused('bad-usage', /one folder or file at a time/, bench.folder, bench.folder, '--frames');
  const list = join(bench.home, 'list.txt');
  await writeFile(list, '\n\n');
  await refused('bad-dataset', /list\.txt is empty: expected one path a line/, list);
  if (!hasFfmpeg) return context.diagnostic('no ffmpeg here: videos were left out');
  const empty = join(bench.home, 'empty.mp4');
  await writeFile(empty, '');
  await refused('bad-data', /empty\.mp4 is empty \(0 bytes\)/, empty);
  await rename(list, join(bench.home, 'list.mp4'));
  await refused('bad-data', /list\.mp4 is not a readable video/, join(bench.home, 'list.mp4'));
});

test('a list of pictures: relative and absolute paths, and what stays out', async (context) => {
  const bench = await setUp(context);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'door'], options);
  const list = join(bench.folder, 'list.txt');
  const outside = join(bench.home, 'outside.png');
  await copyFile(join(bench.folder, '001.png'), outside);
  await rm(join(bench.folder, '001.png'));
  const lines = ['000.png', join(bench.folder, '010.png'), '', '../home/outside.png', 'none.png', 'list.txt'];
  await writeFile(
    list,
    Buffer.concat([Buffer.from(`\ufeff${lines.join('\r\n')}\n`), Buffer.from([0xff, 0x0a])]),
  );
  const report = await glimpseJson(words(bench, 'door', list), options);
  assert.deepEqual([report.done, report.failed], [2, 0]);
  assert.deepEqual(report.leftOut, [
    {
      path: 'line 4: ../home/outside.png',
      reason: "lies outside the list's folder",
    },
    { path: 'line 5: none.png', reason: 'does not exist' },
    { path: 'line 6: list.txt', reason: 'has no image ending' },
    { path: 'line 7: ', reason: 'is not UTF-8' },
  ]);
  const anywhere = await glimpseJson(words(bench, 'door', list, '--anywhere'), options);
  assert.deepEqual([anywhere.done, anywhere.duplicate], [1, 2]);
});
