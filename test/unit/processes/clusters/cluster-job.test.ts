import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { listChanges, undoChange } from '../../../../src-main/gallery/changes/changes.ts';
import { subjectByName } from '../../../../src-main/gallery/db/queries/subjects.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { clusterUnknown, nameCluster } from '../../../../src-main/processes/clusters/cluster-job.ts';
import { madeGallery } from '../../../support/made-gallery.ts';
import { enrolSightings, type MadeSighting, measureSightings } from '../../../support/sightings-gallery.ts';

const DAY_MS = 24 * 3600 * 1000;
const FIRST_DAY = Date.UTC(2026, 0, 30, 9);
const SILENT = ProgressToken.silent();

/** 40 known subjects with 4 faces, 5 unknown people seen 6, 5, 4, 3 and 2 times, 10 unknown people seen once. */
function sightings(): MadeSighting[] {
  const known = Array.from({ length: 160 }, (_, at) => ({
    person: Math.floor(at / 4),
    subject: `known ${Math.floor(at / 4)}`,
  }));
  const unknown = [6, 5, 4, 3, 2].flatMap((times, person) =>
    Array.from({ length: times }, (_, time) => ({
      person: 100 + person,
      camera: time % 2 === 0 ? 'north' : 'south',
      capturedAt: FIRST_DAY + Math.floor(time / 3) * DAY_MS + time * 60_000,
    })),
  );
  const once = Array.from({ length: 10 }, (_, at) => ({ person: 200 + at }));
  return [...known, ...unknown, ...once];
}

/** Unknown tracks 161 … 180 are of the five people, 181 … 190 of those seen once. */
async function measured(context: TestContext): Promise<Gallery> {
  const gallery = await madeGallery(context);
  await measureSightings(gallery, await enrolSightings(gallery, sightings()));
  return gallery;
}

test('who is seen most often, where and when, at a threshold from the measured FMR', async (context) => {
  const gallery = await measured(context);
  const report = await clusterUnknown(gallery, { side: 'lr', limit: { fmr: 1e-3 } }, SILENT);
  const { clusters, threshold, tracks, alone } = report;
  assert.deepEqual([tracks, alone, threshold.fmr, threshold.notes], [30, 10, 1e-3, []]);
  // Impostors score 0 ± 1/√64: one in a thousand reaches about 3.1 of those.
  assert.ok(threshold.score > 0.3 && threshold.score < 0.5, String(threshold.score));
  assert.deepEqual(
    clusters.map((cluster) => cluster.tracks),
    [
      [161, 162, 163, 164, 165, 166],
      [167, 168, 169, 170, 171],
      [172, 173, 174, 175],
      [176, 177, 178],
      [179, 180],
    ],
  );
  const [most] = clusters;
  assert.deepEqual(
    [most.faces, most.cameras, most.firstSeen, most.lastSeen],
    [6, ['north', 'south'], FIRST_DAY, FIRST_DAY + DAY_MS + 5 * 60_000],
  );
  assert.deepEqual(most.sightings, [
    { camera: 'north', day: '2026-01-30', tracks: 2, faces: 2 },
    { camera: 'south', day: '2026-01-30', tracks: 1, faces: 1 },
    { camera: 'north', day: '2026-01-31', tracks: 1, faces: 1 },
    { camera: 'south', day: '2026-01-31', tracks: 2, faces: 2 },
  ]);
  const again = await clusterUnknown(gallery, { side: 'lr', limit: { fmr: 1e-3 } }, SILENT);
  assert.deepEqual(again.clusters, clusters, 'the same gallery gives the same clusters');
});

test('a cluster becomes a subject by one change, which can be undone', async (context) => {
  const gallery = await measured(context);
  const limit = { score: 0.4 };
  const report = await clusterUnknown(gallery, { side: 'lr', limit }, SILENT);
  const [{ key }, second] = report.clusters;
  const change = nameCluster(gallery, report, key, { name: 'Ann' });
  assert.deepEqual([subjectByName(gallery.database, 'Ann')?.tracks, listChanges(gallery).length], [6, 1]);
  const later = await clusterUnknown(gallery, { side: 'lr', limit }, SILENT);
  assert.deepEqual(later.clusters[0].key, second.key, 'the named are no longer unknown');
  assert.throws(() => nameCluster(gallery, later, key, { name: 'Bo' }), {
    code: 'not-found',
    message: /there is no cluster 161-[0-9a-f]{6} now: the gallery or the options have changed/,
  });
  undoChange(gallery, change);
  const undone = await clusterUnknown(gallery, { side: 'lr', limit }, SILENT);
  assert.deepEqual([undone.clusters, subjectByName(gallery.database, 'Ann')], [report.clusters, null]);
});

test('two tracks in one frame are two people, however alike', async (context) => {
  const gallery = await measured(context);
  // Tracks 161 and 162 are made to lie in one frame of a video.
  gallery.database.exec(`
    UPDATE sources SET kind = 'video' WHERE id = 161;
    UPDATE faces SET source_id = 161, face_index = 1 WHERE id = 162;`);
  const { clusters } = await clusterUnknown(gallery, { side: 'lr', limit: { score: 0.4 } }, SILENT);
  const holding = clusters.filter(({ tracks }) => tracks.includes(161) || tracks.includes(162));
  assert.ok(holding.every(({ tracks }) => !(tracks.includes(161) && tracks.includes(162))));
});

test('without a measurement, without unknown tracks, or beyond what was measured: one sentence', async (context) => {
  const gallery = await madeGallery(context);
  await assert.rejects(clusterUnknown(gallery, { side: 'lr', limit: { fmr: 1e-3 } }, SILENT), {
    code: 'bad-data',
    message: /made has no faces on the lr side yet/,
  });
  const space = await enrolSightings(gallery, sightings());
  await assert.rejects(clusterUnknown(gallery, { side: 'lr', limit: { fmr: 1e-3 } }, SILENT), {
    code: 'bad-data',
    message: /was not measured in made: `glimpse gallery recheck made` .*or give --threshold/,
  });
  await measureSightings(gallery, space);
  await assert.rejects(clusterUnknown(gallery, { side: 'lr', limit: { fmr: 1e-9 } }, SILENT), {
    code: 'unsupported',
    message: /FMR 1e-9 needs at least .* pairs .*: ask for a larger FMR/,
  });
  const usual = await clusterUnknown(gallery, { side: 'lr', limit: { fmr: null } }, SILENT);
  assert.ok([1e-3, 1e-4, 1e-5].includes(usual.threshold.fmr ?? 0), 'the strictest that is supported');
  gallery.database.exec(
    'DELETE FROM embeddings WHERE face_id > 160; DELETE FROM faces WHERE id > 160; DELETE FROM tracks WHERE id > 160;',
  );
  await assert.rejects(clusterUnknown(gallery, { side: 'lr', limit: { score: 0.4 } }, SILENT), {
    code: 'bad-data',
    message: /made has no unknown track/,
  });
});
