// While a purge runs: the gallery is looked at, other galleries answer, and what searches or writes waits for its end.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { benchVector, fillBenchGallery } from '../../../../src-main/gallery/search/bench-gallery.ts';
import { ANSWERED_MEANWHILE } from '../../../../src-main/processes/gallery/admission.ts';
import type { GallerySearch } from '../../../../src-main/processes/gallery/gallery-service.ts';
import {
  createGallery,
  enrolFaces,
  type GalleryClient,
  startGallery,
} from '../../../support/gallery-client.ts';
import { DIMENSION, madeActing } from '../../../support/made-gallery.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NO_FACE = {
  ...{ path: 'probe.png', sha256: '00', face: 1, facesInPicture: 1, frame: null },
  ...{ sizePx: 16, weight: 1, reasons: [] },
};

type Looks = { readonly [Name in (typeof ANSWERED_MEANWHILE)[number]]: () => Promise<unknown> };

/** Every call that is answered meanwhile. */
function looksAt(client: GalleryClient, gallery: number, crop: string, caseId: number): Looks {
  const all = { filter: {}, order: 'enrolled', isDescending: false } as const;
  return {
    overview: () => client.call('overview', { gallery }),
    facePage: () => client.call('facePage', { gallery, ...all, after: null, limit: 5 }),
    faceOrder: () => client.call('faceOrder', { gallery, ...all }),
    facesById: () => client.call('facesById', { gallery, ids: [1, 2] }),
    subjectPage: () => client.call('subjectPage', { gallery, text: null, after: null, limit: 5 }),
    subject: () => client.call('subject', { gallery, id: 1 }),
    track: () => client.call('track', { gallery, id: 1 }),
    tracks: () => client.call('tracks', { gallery, of: { kind: 'subject', id: 1 }, after: 0, limit: 5 }),
    crop: () => client.call('crop', { gallery, digest: crop }),
    changes: () => client.call('changes', { gallery, limit: 5 }),
    clusters: () => client.call('clusters', { gallery, side: 'lr', limit: 5 }),
    labels: () => client.call('labels', { gallery }),
    leftOut: () => client.call('leftOut', { gallery, state: 'failed', limit: 5 }),
    meaning: () => client.call('meaning', { gallery, probes: 'lr', answers: 'lr' }),
    profile: () => client.call('profile', { gallery, digest: 'a'.repeat(64) }),
    cases: () => client.call('cases', { gallery }),
    readCase: () => client.call('readCase', { gallery, id: caseId }),
    audit: () => client.call('audit', { gallery, after: 0, limit: 5 }),
    purges: () => client.call('purges', { gallery, limit: 5 }),
    retention: () => client.call('retention', { gallery }),
    unfinishedImports: () => client.call('unfinishedImports', { gallery }),
  };
}

function searchOf(gallery: number, face: number): GallerySearch {
  const reference = { kind: 'face', id: face } as const;
  const probe = { kind: 'enrolled', reference, side: null, fusion: 'template', includesOwn: true } as const;
  return { gallery, by: 'face', count: 100, threshold: null, filter: {}, probe };
}

test('a purge that cannot go on yet holds up what searches and writes, and nothing else', async (context) => {
  const { client } = startGallery(context);
  const { gallery, folder } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 40);
  const other = await createGallery(context, client);
  await enrolFaces(client, other.gallery, 1, 10);
  const record = await client.call('createCase', { gallery, title: 'Door' });
  const [{ crop }] = await client.call('facesById', { gallery, ids: [1] });
  await client.call('search', searchOf(gallery, 1));

  // Whoever writes to the file now waits for this.
  const writer = new Database(join(folder, 'gallery.sqlite'));
  context.after(() => writer.close());
  writer.exec('BEGIN IMMEDIATE');
  const settled: string[] = [];
  const noted = <Result>(name: string, call: Promise<Result>): Promise<Result> =>
    call.finally(() => settled.push(name));
  const stages: string[] = [];
  const { promise: reached, resolve: begun } = Promise.withResolvers<void>();
  const purge = noted(
    'purge',
    client.call(
      'purge',
      { gallery, rule: { kind: 'subject', subjectId: 1 } },
      {
        onProgress: ({ stage }) => {
          stages.push(stage);
          begun();
        },
      },
    ),
  );
  await reached;
  const search = noted('search', client.call('search', searchOf(gallery, 1)));
  const note = noted('note', client.call('addNote', { gallery, id: record.id, text: 'seen' }));
  const backup = noted('backup', client.call('backUp', { gallery, folder: `${folder}-copy` }));
  const elsewhere = await client.call('search', searchOf(other.gallery, 1));
  assert.equal(elsewhere.results.length, 10);
  const looks = looksAt(client, gallery, crop, record.id);
  for (const name of ANSWERED_MEANWHILE) await looks[name]();
  assert.deepEqual(settled, []);

  writer.exec('ROLLBACK');
  const { faces: gone } = await purge;
  assert.ok(gone > 0);
  const { results } = await search;
  await Promise.all([note, backup]);
  assert.equal(results.length, 40 - gone);
  assert.ok(results.every(({ subjectId }) => subjectId !== 1));
  assert.deepEqual([...new Set(stages)], ['removing rows', 'removing crops', 'rewriting the file']);
  const { problems, faces: left } = await client.call('verify', { gallery });
  assert.deepEqual([problems, left], [[], 40 - gone]);
});

test('a purge waits for a search and a preview that are under way, and the closing for the purge', async (context) => {
  const { client } = startGallery(context);
  const { gallery, folder } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 40);
  const rule = { kind: 'subject', subjectId: 1 } as const;
  const order: string[] = [];
  const noted = (name: string) => () => void order.push(name);
  const calls = [
    client.call('search', searchOf(gallery, 2)).finally(noted('search')),
    client.call('previewPurge', { gallery, rule }).finally(noted('preview')),
    client.call('purge', { gallery, rule }).finally(noted('purge')),
    client.call('close', { gallery }).finally(noted('close')),
  ] as const;
  const [, preview, purged] = await Promise.all(calls);
  assert.deepEqual(
    [order.slice(0, 2).sort(), order.slice(2)],
    [
      ['preview', 'search'],
      ['purge', 'close'],
    ],
  );
  assert.equal(preview.faces, purged.faces);
  await assert.rejects(client.call('overview', { gallery }), { code: 'not-found' });
  const again = await client.call('open', { folder, actor: 'tester' });
  const { faces } = await client.call('overview', { gallery: again.gallery });
  assert.equal(faces, 40 - purged.faces);
});

test('a purge that takes most of a large gallery leaves a search that finds the rest', async (context) => {
  const folder = join(await temporaryFolder(context), 'many.gallery');
  const made = Gallery.create(folder, madeActing());
  fillBenchGallery(made, { faces: 12_000, dimension: DIMENSION, seed: 1 }, ProgressToken.silent());
  made.close();
  const { client } = startGallery(context);
  const { gallery } = await client.call('open', { folder, actor: 'tester' });
  const { faces } = await client.call('warmUp', { gallery, side: 'lr' });
  assert.equal(faces, 12_000);
  const all = { filter: {}, order: 'captured', isDescending: false } as const;
  const last = await client.call('facePage', {
    gallery,
    ...all,
    isDescending: true,
    after: null,
    limit: 300,
  });
  const before = Math.min(...last.faces.map(({ capturedAt }) => capturedAt as number));
  const purged = await client.call('purge', { gallery, rule: { kind: 'age', before } });
  assert.equal(purged.faces, 11_700);
  const [space] = (await client.call('overview', { gallery })).spaces;
  const probe = { faces: [NO_FACE], crops: [], vectors: [benchVector(2, 0, DIMENSION)], space };
  const found = await client.call('search', {
    ...{ gallery, by: 'face', count: 1000, threshold: null, filter: {} },
    probe: { kind: 'embedded', probe },
  });
  assert.deepEqual(
    found.results.map(({ faceId }) => faceId).sort((left, right) => left - right),
    last.faces.map(({ id }) => id).sort((left, right) => left - right),
  );
});
