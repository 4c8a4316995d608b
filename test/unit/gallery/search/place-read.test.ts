import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { fillBenchGallery } from '../../../../src-main/gallery/search/bench-gallery.ts';
import { Members } from '../../../../src-main/gallery/search/members.ts';
import {
  addPlaces,
  countPlaces,
  placeRanges,
  readPlaces,
} from '../../../../src-main/gallery/search/place-read.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const FACES = 3000;

test('ranges cover every face once and in order, also where numbers are missing; a range of many is read whole', async (context) => {
  const folder = join(await temporaryFolder(context), 'g.gallery');
  const gallery = Gallery.create(folder, { actor: 'test', now: Date.now });
  context.after(() => gallery.close());
  const { database } = gallery;
  assert.deepEqual(placeRanges(database, 1, 100), [], 'nothing is there');
  fillBenchGallery(gallery, { faces: FACES, dimension: 16, seed: 1 }, ProgressToken.silent());
  // A hole of a thousand, and one face alone far behind all others.
  database.exec('DELETE FROM embeddings WHERE face_id BETWEEN 500 AND 1499');
  database.pragma('foreign_keys = OFF');
  database.exec(`UPDATE faces SET id = 900000 WHERE id = ${FACES}`);
  database.exec(`UPDATE embeddings SET face_id = 900000 WHERE face_id = ${FACES}`);
  const wanted = database.prepare('SELECT face_id FROM embeddings ORDER BY 1').pluck().all() as number[];
  const spaceId = database.prepare('SELECT id FROM spaces').pluck().get() as number;
  const ranges = placeRanges(database, spaceId, 128);
  const read = ranges.map((range) => readPlaces(database, { spaceId, range }));
  const counts = read.map(countPlaces);
  assert.ok(Math.max(...counts) > 1024, 'nearly all lie in the first range');
  const members = new Members();
  read.forEach((places, at) => {
    addPlaces(members, places, 0, 700);
    if (counts[at] > 700) addPlaces(members, places, 700, FACES);
  });
  const ids: number[] = [];
  members.eachFace(({ id }) => ids.push(id));
  assert.deepEqual(ids, wanted);
  const tracks = database
    .prepare('SELECT faces.id, track_id, subject_id FROM faces JOIN tracks ON tracks.id = track_id')
    .raw()
    .all() as [number, number, number | null][];
  const here = new Set(wanted);
  for (const [faceId, trackId, subjectId] of tracks.filter(([id]) => here.has(id)))
    assert.deepEqual([members.trackOf(faceId), members.subjectOf(trackId)], [trackId, subjectId]);
});
