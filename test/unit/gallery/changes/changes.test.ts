import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { readAudit, verifyAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import {
  joinTracks,
  listChanges,
  mergeSubjects,
  moveTracks,
  redoChange,
  renameSubject,
  splitTrack,
  undoChange,
} from '../../../../src-main/gallery/changes/changes.ts';
import { beginImport } from '../../../../src-main/gallery/db/queries/imports.ts';
import { listSubjects } from '../../../../src-main/gallery/db/queries/subjects.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { madeFace, madeGallery, madePicture, madeSpace } from '../../../support/made-gallery.ts';

/** Ann has tracks 1 and 2, Bo has 3, nobody has 4; track 5 is a manifest's with three faces of Bo. */
async function filled(context: TestContext): Promise<Gallery> {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const subjects = ['Ann', 'Ann', 'Bo', null];
  const singles = subjects.map((subject, at) => madePicture(at, [madeFace(at, space)], { subject }));
  const tracked = [4, 5, 6].map((at) =>
    madePicture(at, [madeFace(at, space)], { subject: 'Bo', track: 't' }),
  );
  const outcomes = [...singles, ...tracked];
  const items = outcomes.map(({ position }) => ({ name: `p${position}.jpg`, item: {} }));
  const importId = beginImport(gallery.database, { kind: 'folder', root: '/', options: {} }, items, 1);
  await enrolPictures(gallery, importId, [space], outcomes);
  return gallery;
}

/** Who owns which track, which face is in which track, and all names. */
function stateOf({ database }: Gallery): unknown {
  return {
    subjects: database.prepare('SELECT * FROM subjects ORDER BY id').all(),
    tracks: database.prepare('SELECT * FROM tracks ORDER BY id').all(),
    faces: database.prepare('SELECT id, track_id FROM faces ORDER BY id').all(),
  };
}

function owners({ database }: Gallery): Record<number, string | null> {
  const rows = database
    .prepare(
      'SELECT tracks.id, subjects.name FROM tracks LEFT JOIN subjects ON subjects.id = tracks.subject_id ORDER BY tracks.id',
    )
    .raw()
    .all() as [number, string | null][];
  return Object.fromEntries(rows);
}

test('each action does what it says, and undo and redo are exact', async (context) => {
  const gallery = await filled(context);
  const before = stateOf(gallery);
  const [ann, bo] = listSubjects(gallery.database).map(({ id }) => id);
  const cases: readonly (readonly [() => number, () => void])[] = [
    [
      () => renameSubject(gallery, ann, 'Anna'),
      () => assert.deepEqual(owners(gallery), { 1: 'Anna', 2: 'Anna', 3: 'Bo', 4: null, 5: 'Bo' }),
    ],
    [
      () => mergeSubjects(gallery, ann, [bo]),
      () => assert.deepEqual(owners(gallery), { 1: 'Ann', 2: 'Ann', 3: 'Ann', 4: null, 5: 'Ann' }),
    ],
    [
      () => moveTracks(gallery, [2, 4], { name: "O'Neil; DROP" }),
      () =>
        assert.deepEqual(owners(gallery), {
          1: 'Ann',
          2: "O'Neil; DROP",
          3: 'Bo',
          4: "O'Neil; DROP",
          5: 'Bo',
        }),
    ],
    [() => moveTracks(gallery, [3], { subjectId: ann }), () => assert.equal(owners(gallery)[3], 'Ann')],
    [() => moveTracks(gallery, [3], null), () => assert.equal(owners(gallery)[3], null)],
    [
      () => splitTrack(gallery, 5, [6]),
      () => {
        assert.deepEqual(owners(gallery), { 1: 'Ann', 2: 'Ann', 3: 'Bo', 4: null, 5: 'Bo', 6: 'Bo' });
        assert.equal(gallery.database.prepare('SELECT track_id FROM faces WHERE id = 6').pluck().get(), 6);
      },
    ],
    [
      () => joinTracks(gallery, 5, [3, 4]),
      () => {
        assert.deepEqual(owners(gallery), { 1: 'Ann', 2: 'Ann', 5: 'Bo' });
        assert.equal(
          gallery.database.prepare('SELECT count(*) FROM faces WHERE track_id = 5').pluck().get(),
          5,
        );
      },
    ],
  ];
  for (const [act, check] of cases) {
    const id = act();
    check();
    const after = stateOf(gallery);
    undoChange(gallery, id);
    assert.deepEqual(stateOf(gallery), before);
    redoChange(gallery, id);
    assert.deepEqual(stateOf(gallery), after);
    undoChange(gallery, id);
  }
  assert.deepEqual(stateOf(gallery), before);
  assert.equal(verifyAudit(gallery.database).problem, null);
});

test('any sequence of actions is taken back step by step', async (context) => {
  const gallery = await filled(context);
  const rng = Rng.seeded(4);
  const states = [stateOf(gallery)];
  const ids: number[] = [];
  const pick = (sql: string): number[] => gallery.database.prepare(sql).pluck().all() as number[];
  for (let step = 0; step < 60; step++) {
    const subjects = pick('SELECT id FROM subjects ORDER BY id');
    const tracks = pick('SELECT id FROM tracks ORDER BY id');
    const track = tracks[rng.int(tracks.length)];
    const faces = pick(`SELECT id FROM faces WHERE track_id = ${track} ORDER BY id`);
    const kind = rng.int(5);
    if (kind === 0 && subjects.length > 0)
      ids.push(renameSubject(gallery, subjects[rng.int(subjects.length)], `name ${step}`));
    if (kind === 1 && subjects.length > 1)
      ids.push(mergeSubjects(gallery, subjects[0], subjects.slice(1, 2)));
    if (kind === 2) ids.push(moveTracks(gallery, [track], rng.int(2) === 0 ? null : { name: `new ${step}` }));
    if (kind === 3 && faces.length > 1) ids.push(splitTrack(gallery, track, faces.slice(1)));
    if (kind === 4 && tracks.length > 2) ids.push(joinTracks(gallery, tracks[0], [tracks[1]]));
    if (ids.length === states.length) states.push(stateOf(gallery));
  }
  assert.ok(ids.length > 20, `${ids.length} actions`);
  for (let at = ids.length - 1; at >= 0; at--) {
    undoChange(gallery, ids[at]);
    assert.deepEqual(stateOf(gallery), states[at], `after undoing action ${at}`);
  }
});

test('a change under a later one cannot be taken back before it', async (context) => {
  const gallery = await filled(context);
  const first = moveTracks(gallery, [4], { name: 'Cy' });
  const second = moveTracks(gallery, [4], null);
  assert.throws(() => undoChange(gallery, first), {
    code: 'bad-usage',
    message: /later changes touch the same/,
  });
  undoChange(gallery, second);
  undoChange(gallery, first);
  assert.throws(() => undoChange(gallery, first), { code: 'bad-usage', message: /is undone already/ });
  assert.deepEqual(
    listChanges(gallery).map(({ id, undoneAt }) => [id, undoneAt !== null]),
    [
      [second, true],
      [first, true],
    ],
  );
});

test('what makes no sense is refused and changes nothing, not even the audit log', async (context) => {
  const gallery = await filled(context);
  const before = stateOf(gallery);
  const entries = readAudit(gallery.database).length;
  const [ann, bo] = listSubjects(gallery.database).map(({ id }) => id);
  for (const [act, code, message] of [
    [
      () => renameSubject(gallery, ann, 'Bo'),
      'bad-usage',
      /there is a subject "Bo" already \(number 2\): merge/,
    ],
    [() => renameSubject(gallery, 99, 'X'), 'not-found', /there is no subject 99/],
    [() => mergeSubjects(gallery, ann, [ann]), 'bad-usage', /other subjects/],
    [() => mergeSubjects(gallery, ann, []), 'bad-usage', /other subjects/],
    [() => moveTracks(gallery, [1, 99], { subjectId: bo }), 'not-found', /there is no track 99/],
    [() => moveTracks(gallery, [1], { name: 'Bo' }), 'bad-usage', /already/],
    [() => splitTrack(gallery, 5, [5, 6, 7]), 'bad-usage', /some, not all, of the faces of track 5/],
    [() => splitTrack(gallery, 5, [1]), 'bad-usage', /some, not all/],
    [() => joinTracks(gallery, 5, [5]), 'bad-usage', /other tracks/],
    [() => undoChange(gallery, 7), 'not-found', /there is no change 7/],
  ] as const) {
    assert.throws(act, { code, message });
  }
  assert.deepEqual(stateOf(gallery), before);
  assert.equal(readAudit(gallery.database).length, entries);
});

test('what others have come to belong to is not taken away by an undo or a redo', async (context) => {
  const gallery = await filled(context);
  const named = moveTracks(gallery, [1], { name: 'Cy' });
  const cy = listSubjects(gallery.database).find(({ name }) => name === 'Cy')?.id ?? 0;
  const joined = moveTracks(gallery, [4], { subjectId: cy });
  const before = stateOf(gallery);
  const refused = { code: 'bad-usage', message: /later changes touch the same/ };
  assert.throws(() => undoChange(gallery, named), refused);
  assert.deepEqual(stateOf(gallery), before);
  undoChange(gallery, joined);
  undoChange(gallery, named);

  const split = splitTrack(gallery, 5, [7]);
  const made = Number(gallery.database.prepare('SELECT max(id) FROM tracks').pluck().get());
  joinTracks(gallery, made, [4]);
  assert.throws(() => undoChange(gallery, split), refused);

  const [ann, bo] = listSubjects(gallery.database).map(({ id }) => id);
  const merged = mergeSubjects(gallery, ann, [bo]);
  undoChange(gallery, merged);
  moveTracks(gallery, [2], { subjectId: bo });
  assert.throws(() => redoChange(gallery, merged), refused);
});
