import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { dot, matrix } from '../../../../src-main/common/matrix.ts';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { fuseTemplate } from '../../../../src-main/common/template.ts';
import {
  joinTracks,
  listChanges,
  mergeSubjects,
  moveTracks,
  redoChange,
  splitTrack,
  undoChange,
} from '../../../../src-main/gallery/changes/changes.ts';
import { readEmbeddings } from '../../../../src-main/gallery/db/queries/embedding-slices.ts';
import { putEmbeddings } from '../../../../src-main/gallery/db/queries/embeddings.ts';
import { beginImport } from '../../../../src-main/gallery/db/queries/imports.ts';
import type { Space } from '../../../../src-main/gallery/db/queries/spaces.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import {
  type AnswerKind,
  GalleryIndex,
  type IndexOptions,
} from '../../../../src-main/gallery/search/gallery-index.ts';
import { LiveIndexes } from '../../../../src-main/gallery/search/live-indexes.ts';
import { SearchClient } from '../../../../src-main/gallery/search/search-client.ts';
import { madeFace, madeGallery, madePicture, madeSpace, madeVector } from '../../../support/made-gallery.ts';

const SILENT = ProgressToken.silent();
const KINDS: readonly AnswerKind[] = ['face', 'track', 'subject'];

/** Enrols pictures numbered from `first`, some named, some in tracks of a manifest, some with two faces. */
async function enrol(gallery: Gallery, space: Space, first: number, count: number, rng: Rng): Promise<void> {
  const outcomes = Array.from({ length: count }, (_, at) => {
    const number = first + at;
    const face = (seed: number, isNamed: boolean) =>
      madeFace(seed, space, { weight: 0.1 + 0.9 * rng.next(), isNamed });
    const faces =
      rng.next() < 0.2 ? [face(2 * number, true), face(2 * number + 1, false)] : [face(2 * number, true)];
    const subject = rng.next() < 0.5 ? `subject ${rng.int(6)}` : null;
    const track = rng.next() < 0.4 ? `track ${rng.int(4)}` : null;
    const picture = madePicture(number, faces, { subject, track, capturedAt: number * 1000 });
    return { ...picture, position: at };
  });
  const items = outcomes.map(({ position }) => ({ name: String(position), item: {} }));
  const importId = beginImport(gallery.database, { kind: 'folder', root: '/', options: { first } }, items, 1);
  await enrolPictures(gallery, importId, [space], outcomes);
}

function idsOf(gallery: Gallery, table: 'subjects' | 'tracks'): number[] {
  return gallery.database.prepare(`SELECT id FROM ${table} ORDER BY id`).pluck().all() as number[];
}

/** One random action that may be refused. */
async function act(gallery: Gallery, space: Space, rng: Rng, step: number): Promise<string> {
  const pick = (ids: readonly number[]): number => ids[rng.int(ids.length)];
  const [subjects, tracks] = [idsOf(gallery, 'subjects'), idsOf(gallery, 'tracks')];
  const actions: Record<string, () => unknown> = {
    enrol: () => enrol(gallery, space, 1000 * step, 1 + rng.int(5), rng),
    merge: () => mergeSubjects(gallery, subjects[0], [pick(subjects.slice(1))]),
    move: () =>
      moveTracks(
        gallery,
        [pick(tracks), pick(tracks)],
        rng.next() < 0.3 ? null : { subjectId: pick(subjects) },
      ),
    name: () => moveTracks(gallery, [pick(tracks)], { name: `made in ${step}` }),
    split: () => {
      const track = pick(tracks);
      const faces = gallery.database
        .prepare('SELECT id FROM faces WHERE track_id = ?')
        .pluck()
        .all(track) as number[];
      return splitTrack(gallery, track, faces.slice(0, 1));
    },
    join: () => joinTracks(gallery, pick(tracks), [pick(tracks)]),
    undo: () => undoChange(gallery, listChanges(gallery).filter(({ undoneAt }) => undoneAt === null)[0].id),
    redo: () => redoChange(gallery, listChanges(gallery).filter(({ undoneAt }) => undoneAt !== null)[0].id),
    embed: () => {
      const faceId = gallery.database.prepare('SELECT max(id) FROM faces').pluck().get() as number;
      gallery.change(() =>
        putEmbeddings(gallery.database, space, [{ faceId, vector: madeVector(7 + 1000 * step) }]),
      );
    },
    purge: () => rng.next() < 0.2 && purgeFaces(gallery, { kind: 'subject', subjectId: pick(subjects) }),
    rollBack: () => {
      gallery.change(() => {
        gallery.database.prepare('UPDATE tracks SET subject_id = NULL').run();
        throw new Error('rolled back');
      });
    },
  };
  const name = Object.keys(actions)[rng.int(Object.keys(actions).length)];
  try {
    await actions[name]();
  } catch {
    // An action that the gallery refuses must leave the index alone too.
  }
  return name;
}

async function stateOf(index: GalleryIndex, probes: readonly Float32Array[]): Promise<object> {
  const allowed = index.facesWhere({ from: 3000, leastWeight: 0.4 });
  const answers = await Promise.all(
    KINDS.map(async (by) => [
      await index.searchAll(probes, { by, count: 500 }),
      await index.searchAll(probes, { by, count: 5 }),
      await index.searchAll(probes, { by, count: 500, allowed }),
      [...index.entriesByFaces({ by })].sort(),
      [...index.entriesByFaces({ by, allowed })].sort(),
    ]),
  );
  return { answers, faces: index.faces, people: index.people };
}

/** Every answer of a search by face, track or subject, from the rows alone. */
function naiveScores(gallery: Gallery, space: Space, probe: Float32Array, by: AnswerKind): number[] {
  const vectors = new Map(
    [...readEmbeddings(gallery.database, space)].map((row) => [row.faceId, row.vector]),
  );
  const rows = gallery.database
    .prepare(
      'SELECT faces.id, faces.weight, track_id AS track, subject_id AS subject FROM faces JOIN tracks ON tracks.id = track_id ORDER BY track_id, faces.id',
    )
    .all() as { id: number; weight: number; track: number; subject: number | null }[];
  const groups = Map.groupBy(rows, ({ id, track, subject }) =>
    by === 'face' ? id : by === 'subject' && subject !== null ? `s${subject}` : `t${track}`,
  );
  return [...groups.values()]
    .map((faces) => {
      const values = faces.flatMap(({ id }) => [...(vectors.get(id) as Float32Array)]);
      const template = fuseTemplate(
        matrix(Float32Array.from(values), space.dimension),
        [...faces.keys()],
        faces.map(({ weight }) => weight),
      );
      return dot(probe, faces.length === 1 ? (vectors.get(faces[0].id) as Float32Array) : template);
    })
    .sort((left, right) => right - left);
}

async function runRandomly(context: TestContext, seed: number, options: IndexOptions): Promise<void> {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const rng = Rng.seeded(seed);
  await enrol(gallery, space, 0, 12, rng);
  const live = new LiveIndexes(gallery, options);
  const probes = [madeVector(90 + seed), madeVector(190 + seed)];
  await live.of(space, SILENT);
  for (let step = 1; step <= 40; step++) {
    const action = await act(gallery, space, rng, step);
    const index = await live.of(space, SILENT);
    const fresh = await GalleryIndex.load(gallery.database, space, SILENT);
    assert.deepEqual(
      await stateOf(index, probes),
      await stateOf(fresh, probes),
      `seed ${seed}, step ${step}: ${action}`,
    );
    for (const by of KINDS) {
      const answers = await index.search(probes[0], { by, count: 500 });
      const expected = naiveScores(gallery, space, probes[0], by);
      assert.equal(answers.length, expected.length, `seed ${seed}, step ${step}: ${action}, by ${by}`);
      for (const [at, { score }] of answers.entries()) assert.ok(Math.abs(score - expected[at]) < 1e-6);
    }
  }
  live.close();
}

test('whatever is committed, an index that was kept is the one that would be loaded, and a naive reference agrees', async (context) => {
  for (let seed = 0; seed < 4; seed++) await runRandomly(context, seed, {});
});

test('the same on search threads', async (context) => {
  const client = new SearchClient({ threads: 2 });
  context.after(() => client.close());
  await runRandomly(context, 11, { attach: (store, reader) => client.attach(store, reader) });
});

test('the same in the compact mode, whose vectors are read from the database', async (context) => {
  await runRandomly(context, 12, { encoding: 'compact' });
});

test('faces that come while an index is being loaded are in it', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const rng = Rng.seeded(5);
  await enrol(gallery, space, 0, 10, rng);
  const live = new LiveIndexes(gallery);
  const loading = live.of(space, SILENT);
  await enrol(gallery, space, 500, 10, rng);
  moveTracks(gallery, [1], { name: 'late' });
  const [index, same] = [await loading, await live.of(space, SILENT)];
  assert.equal(index, same);
  const fresh = await GalleryIndex.load(gallery.database, space, SILENT);
  assert.deepEqual(await stateOf(index, [madeVector(1)]), await stateOf(fresh, [madeVector(1)]));
  live.close();
});

for (const encoding of ['exact', 'compact'] as const) {
  test(`loaded on threads it is the same, also where faces come and go meanwhile (${encoding})`, async (context) => {
    const gallery = await madeGallery(context);
    const space = madeSpace(gallery);
    const { database } = gallery;
    const rng = Rng.seeded(6);
    await enrol(gallery, space, 0, 60, rng);
    const live = new LiveIndexes(gallery, { encoding, loadingThreads: () => 2 });
    const loading = live.of(space, SILENT);
    // Both are listed by now, and not read yet: the threads have yet to start.
    const [gone, other] = database
      .prepare('SELECT face_id FROM embeddings LIMIT 2')
      .pluck()
      .all() as number[];
    gallery.change(() => {
      database.prepare('DELETE FROM embeddings WHERE face_id = ?').run(gone);
      putEmbeddings(database, space, [{ faceId: other, vector: madeVector(7777) }]);
    });
    await enrol(gallery, space, 500, 10, rng);
    const index = await loading;
    await live.of(space, SILENT);
    const fresh = await GalleryIndex.load(database, space, SILENT, { encoding });
    assert.ok(!index.has(gone) && index.faces > 60);
    assert.deepEqual(await stateOf(index, [madeVector(7777)]), await stateOf(fresh, [madeVector(7777)]));
    assert.deepEqual(live.loading, []);
    live.close();
  });
}

test('threads that load tell of a damaged embedding, and stop when cancelled', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  await enrol(gallery, space, 0, 30, Rng.seeded(3));
  const load = (progress: ProgressToken) =>
    GalleryIndex.load(gallery.database, space, progress, { loadingThreads: () => 2 });
  const controller = new AbortController();
  const cancelled = load(new ProgressToken(() => controller.abort(), controller.signal));
  await assert.rejects(cancelled, { code: 'cancelled' });
  const blob = Buffer.from(madeVector(1).buffer);
  blob[0] ^= 1;
  gallery.change(() =>
    gallery.database.prepare('UPDATE embeddings SET vector = ? WHERE face_id = 3').run(blob),
  );
  await assert.rejects(load(SILENT), { code: 'bad-data', message: /embedding of face 3 is damaged/ });
});

test('an embedding that was damaged on the disk is told by the next search, and not laid on the writer', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  await enrol(gallery, space, 0, 3, Rng.seeded(2));
  const live = new LiveIndexes(gallery);
  await live.of(space, SILENT);
  const vector = madeVector(1);
  const blob = Buffer.from(vector.buffer);
  blob[0] ^= 1;
  gallery.change(() =>
    gallery.database.prepare('UPDATE embeddings SET vector = ? WHERE face_id = 1').run(blob),
  );
  await assert.rejects(live.of(space, SILENT), {
    code: 'bad-data',
    message: /embedding of face 1 is damaged: its checksum differs/,
  });
  live.close();
});

test('a purge while an index is being loaded: it is loaded without the purged', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  await enrol(gallery, space, 0, 1, Rng.seeded(2));
  // More than are read in one turn.
  gallery.database.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2300)
    INSERT INTO faces (id, track_id, source_id, frame_index, face_index, box_x, box_y, box_width, box_height, crop, size_px, sharpness,
      weight, reasons, created_at)
    SELECT n, track_id, source_id, n, face_index, box_x, box_y, box_width, box_height, crop, size_px, sharpness, weight, reasons, 1
    FROM numbers, faces WHERE faces.id = 1;
    INSERT INTO embeddings (space_id, face_id, vector, checksum)
    SELECT space_id, faces.id, vector, embeddings.checksum FROM faces, embeddings WHERE face_id = 1 AND faces.id >= 100;`);
  moveTracks(gallery, [1], null);
  splitTrack(gallery, 1, [2299, 2300]);
  const track = Number(gallery.database.prepare('SELECT track_id FROM faces WHERE id = 2300').pluck().get());
  moveTracks(gallery, [track], { name: 'Ann' });
  const ann = Number(gallery.database.prepare(`SELECT id FROM subjects WHERE name = 'Ann'`).pluck().get());
  const live = new LiveIndexes(gallery);
  const loading = live.of(space, SILENT);
  purgeFaces(gallery, { kind: 'subject', subjectId: ann });
  const index = await loading;
  const fresh = await GalleryIndex.load(gallery.database, space, SILENT);
  assert.equal(index.faces, fresh.faces);
  assert.ok(!index.has(2300));
  live.close();
});
