import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { dot } from '../../../../src-main/common/matrix.ts';
import { medianOf } from '../../../../src-main/common/statistics.ts';
import type { FaceCursor } from '../../../../src-main/gallery/db/queries/face-pages.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import type {
  FacePage,
  FaceRow,
  GallerySearch,
} from '../../../../src-main/processes/gallery/gallery-service.ts';
import { createGallery, enrolFaces, SPACE_KEY, startGallery } from '../../../support/gallery-client.ts';
import { madeActing, madeVector } from '../../../support/made-gallery.ts';

function searchOf(gallery: number, vector: Float32Array, count = 5): GallerySearch {
  const face = {
    path: 'probe.png',
    sha256: '00',
    face: 1,
    facesInPicture: 1,
    sizePx: 20,
    weight: 1,
    reasons: [],
    frame: null,
  };
  const probe = { faces: [face], crops: [], vectors: [vector], space: SPACE_KEY };
  return { gallery, probe: { kind: 'embedded', probe }, by: 'face', count, threshold: null, filter: {} };
}

test('what is enrolled is found at once; what is enrolled later too, and what was purged no more', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  const added: number[] = [];
  client.on('facesAdded', ({ faces }) => added.push(faces));
  await enrolFaces(client, gallery, 1, 60);
  const probe = madeVector(999);
  const expected = (numbers: number): number[] =>
    Array.from({ length: numbers }, (_, at) => ({ id: at + 1, score: dot(probe, madeVector(at + 1)) }))
      .sort((left, right) => right.score - left.score)
      .slice(0, 5)
      .map(({ id }) => id);
  const first = await client.call('search', searchOf(gallery, probe));
  assert.deepEqual(
    first.results.map(({ faceId }) => faceId),
    expected(60),
  );
  await enrolFaces(client, gallery, 61, 40);
  const second = await client.call('search', searchOf(gallery, probe));
  assert.deepEqual(
    second.results.map(({ faceId }) => faceId),
    expected(100),
  );
  assert.deepEqual(added, [60, 40]);
  const { subjectId } = (await client.call('search', searchOf(gallery, madeVector(3), 1))).results[0];
  const [change, purged] = [
    nextEvent(client, 'changed'),
    await client.call('purge', { gallery, rule: { kind: 'subject', subjectId: subjectId as number } }),
  ];
  assert.equal((await change).what, 'purge');
  const left = await client.call('search', searchOf(gallery, madeVector(3), 100));
  assert.equal(left.results.length, 100 - purged.faces);
  assert.ok(left.results.every((result) => result.subjectId !== subjectId));
  const { audit } = await client.call('verify', { gallery });
  assert.equal(audit.problem, null);
});

test('an enrolled face, a track or a subject is a probe too', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 30);
  const base = { gallery, by: 'face', count: 1, threshold: null, filter: {} } as const;
  const enrolled = (kind: 'face' | 'track' | 'subject', id: number, includesOwn = true) =>
    ({ kind: 'enrolled', reference: { kind, id }, side: null, fusion: 'template', includesOwn }) as const;
  const face = await client.call('search', { ...base, probe: enrolled('face', 7) });
  assert.deepEqual([face.results[0].faceId, face.probe.length, face.probe[0].path], [7, 1, 'p7.jpg']);
  const without = await client.call('search', { ...base, probe: enrolled('face', 7, false) });
  assert.notEqual(without.results[0].faceId, 7);
  const known = await client.call('subjectPage', { gallery, text: 'SUBJECT', after: null, limit: 2 });
  const rest = await client.call('subjectPage', { gallery, text: null, after: known[1], limit: 10 });
  assert.deepEqual(
    [...known, ...rest].map(({ name }) => name),
    [0, 1, 2, 3, 4].map((at) => `subject ${at}`),
  );
  const subject = await client.call('search', {
    ...base,
    by: 'subject',
    probe: enrolled('subject', known[0].id),
  });
  assert.deepEqual([subject.results[0].subject, subject.probe.length], ['subject 0', known[0].faces]);
  await assert.rejects(client.call('search', { ...base, probe: enrolled('track', 999) }), {
    code: 'not-found',
  });
  await assert.rejects(client.call('search', { ...base, probe: { ...enrolled('track', 1), side: 'hr' } }), {
    code: 'bad-data',
  });
});

test('pages of faces in every order, with filters, are what sorting all of them gives', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 100);
  const all = await client.call('facesById', {
    gallery,
    ids: Array.from({ length: 100 }, (_, at) => at + 1),
  });
  const keyOf = { enrolled: 'id', captured: 'capturedAt', size: 'sizePx', quality: 'weight' } as const;
  for (const order of ['enrolled', 'captured', 'size', 'quality'] as const) {
    for (const isDescending of [false, true]) {
      for (const filter of [{}, { camera: 'hall', leastSizePx: 12 }, { isKnown: true, from: 5000 }]) {
        const passes = (face: FaceRow): boolean =>
          (filter.camera === undefined || face.camera === filter.camera) &&
          (filter.leastSizePx === undefined || face.sizePx >= filter.leastSizePx) &&
          (filter.isKnown === undefined || face.subjectId !== null) &&
          (filter.from === undefined || (face.capturedAt !== null && face.capturedAt >= filter.from));
        const sign = isDescending ? -1 : 1;
        const expected = all
          .filter(passes)
          .sort((left, right) => {
            const [a, b] = [left[keyOf[order]], right[keyOf[order]]];
            if (a === null || b === null)
              return Number(a === null) - Number(b === null) || sign * (left.id - right.id);
            return sign * (a - b) || sign * (left.id - right.id);
          })
          .map(({ id }) => id);
        const options = { gallery, order, isDescending, filter };
        const found: number[] = [];
        for (let after: FaceCursor | null = null; ; ) {
          const page: FacePage = await client.call('facePage', { ...options, after, limit: 7 });
          found.push(...page.faces.map(({ id }) => id));
          if (page.next === null) break;
          after = page.next;
        }
        assert.deepEqual(found, expected, JSON.stringify(options));
        assert.deepEqual([...(await client.call('faceOrder', options))], expected);
      }
    }
  }
  await assert.rejects(client.call('facesById', { gallery, ids: new Array(1001).fill(1) }), {
    code: 'bad-usage',
  });
});

test('crops are had by their digest and nothing else is', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 2);
  const [{ crop }] = await client.call('facesById', { gallery, ids: [2] });
  assert.equal(Buffer.from(await client.call('crop', { gallery, digest: crop })).toString(), 'crop 2');
  for (const digest of ['../gallery.sqlite', `${crop}/../x`, crop.toUpperCase(), '', `${crop}\0`])
    await assert.rejects(client.call('crop', { gallery, digest }), { code: 'bad-usage' });
  await assert.rejects(client.call('crop', { gallery, digest: '0'.repeat(64) }), { code: 'not-found' });
});

test('changes are made, undone and done again, and searches follow', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 10);
  const whose = async (): Promise<string | null> => {
    const { results } = await client.call('search', {
      ...searchOf(gallery, madeVector(1), 1),
      by: 'subject',
    });
    return results[0].subject;
  };
  assert.equal(await whose(), null);
  const change = await client.call('change', {
    gallery,
    change: { kind: 'move', tracks: [1], owner: { name: 'Ann' } },
  });
  assert.equal(await whose(), 'Ann');
  await client.call('change', { gallery, change: { kind: 'undo', change } });
  assert.equal(await whose(), null);
  await client.call('change', { gallery, change: { kind: 'redo', change } });
  assert.equal(await whose(), 'Ann');
  const [{ id, action }] = await client.call('changes', { gallery, limit: 5 });
  assert.deepEqual([id, action], [change, 'tracks.moved']);
});

test('a new space is filled while the old one answers, and answers once it is whole', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 10);
  const key = { ...SPACE_KEY, modelDigest: 'c'.repeat(64) };
  const { space, faces, embedded } = await client.call('beginSpace', { gallery, space: key, profile: null });
  assert.deepEqual([faces, embedded], [10, 0]);
  const todo = await client.call('spaceTodo', { gallery, space: space.id, after: 0, limit: 6 });
  const entries = todo.map(({ id }) => ({ faceId: id, vector: madeVector(500 + id) }));
  await client.call('fillSpace', { gallery, space, entries });
  await assert.rejects(client.call('activateSpace', { gallery, space: space.id }), {
    code: 'bad-data',
    message: /is not complete/,
  });
  const old = await client.call('search', searchOf(gallery, madeVector(4), 1));
  assert.deepEqual([old.results[0].faceId, old.space.id === space.id], [4, false]);
  const rest = await client.call('spaceTodo', { gallery, space: space.id, after: 0, limit: 100 });
  assert.equal(rest.length, 4);
  await client.call('fillSpace', {
    gallery,
    space,
    entries: rest.map(({ id }) => ({ faceId: id, vector: madeVector(500 + id) })),
  });
  const mixed = { gallery, space: { ...space, modelDigest: 'd'.repeat(64) }, entries };
  await assert.rejects(client.call('fillSpace', mixed), {
    code: 'bad-usage',
    message: /of this gallery is student cccccccccccc…, not student dddddddddddd…/,
  });
  await client.call('activateSpace', { gallery, space: space.id });
  await assert.rejects(client.call('search', searchOf(gallery, madeVector(4), 1)), {
    code: 'bad-usage',
    message: /mean nothing together/,
  });
  const probe = { faces: [], crops: [], vectors: [madeVector(504)], space: key };
  const anew = await client.call('search', {
    ...searchOf(gallery, madeVector(4), 1),
    probe: { kind: 'embedded', probe },
  });
  assert.deepEqual([anew.results[0].faceId, anew.space.id], [4, space.id]);
});

test('killed, it rejects what it owes, and a new one has everything; a second process is told who holds a gallery', async (context) => {
  const first = startGallery(context);
  const { gallery, folder } = await createGallery(context, first.client);
  await enrolFaces(first.client, gallery, 1, 20);
  const holder = first.pid;
  const second = startGallery(context);
  await assert.rejects(second.client.call('open', { folder, actor: 'tester' }), {
    code: 'in-use',
    message: new RegExp(`is held by process ${holder} on`),
  });
  assert.throws(() => Gallery.open(folder, madeActing()), { code: 'in-use' });
  const owed = first.client.call('verify', { gallery });
  process.kill(holder as number, 'SIGKILL');
  await assert.rejects(owed, {
    code: 'lost-process',
    message: /the gallery was ended by SIGKILL before it answered verify/,
  });
  await first.ended;
  const opened = await second.client.call('open', { folder, actor: 'tester' });
  const { faces, subjects } = await second.client.call('overview', opened);
  assert.deepEqual([faces, subjects], [20, 5]);
  assert.deepEqual((await second.client.call('verify', opened)).problems, []);
  assert.equal((await second.client.call('open', { folder, actor: 'tester' })).gallery, opened.gallery);
  await second.client.call('close', opened);
  await assert.rejects(second.client.call('overview', opened), { code: 'not-found', message: /is not open/ });
  Gallery.open(folder, madeActing()).close();
});

test('long reads run beside calls: check, backup, cameras, meaning; a cancelled one ends', async (context) => {
  const { client } = startGallery(context);
  const { gallery, folder } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 400);
  const copy = join(folder, '..', 'copy.gallery');
  const reads = Promise.all([
    client.call('verify', { gallery }),
    client.call('backUp', { gallery, folder: copy }),
    client.call('cameras', { gallery }),
    client.call('verifyAudit', { gallery }),
  ]);
  const waits: number[] = [];
  for (let call = 0; call < 50; call++) {
    const startedMs = performance.now();
    await client.call('hello', null);
    waits.push(performance.now() - startedMs);
  }
  const [report, backup, cameras, audit] = await reads;
  assert.deepEqual([report.faces, report.problems, backup.faces, audit.problem], [400, [], 400, null]);
  assert.deepEqual(
    cameras.map(({ name, faces }) => [name, faces]),
    [
      ['door', 200],
      ['hall', 200],
    ],
  );
  assert.ok(medianOf(waits) < 50, `a trivial call takes ${medianOf(waits)} ms`);
  const copied = await client.call('open', { folder: copy, actor: 'tester' });
  assert.equal((await client.call('overview', copied)).faces, 400);
  const abort = new AbortController();
  const cancelled = client.call('verify', { gallery }, { signal: abort.signal });
  abort.abort();
  await assert.rejects(cancelled, { code: 'cancelled' });
  const sides = { probes: 'lr', answers: 'lr' } as const;
  await assert.rejects(client.call('measureMeaning', { gallery, ...sides, reference: null }), {
    code: 'bad-data',
  });
  // Forty strangers of two faces each.
  const vectors = Float32Array.from(Array.from({ length: 80 }, (_, at) => [...madeVector(5000 + at)]).flat());
  const people = Array.from({ length: 80 }, (_, at) => at >> 1);
  const byStrangers = await client.call('measureMeaning', {
    gallery,
    ...sides,
    reference: { people, vectors },
  });
  assert.equal(byStrangers.source, 'reference');
  const cell = byStrangers.cells.find(({ probeBand, galleryBand }) => probeBand === 0 && galleryBand === 0);
  // With the 5 who are named and the 267 tracks of nobody.
  assert.equal(cell?.impostors.people, 40 + 5 + 267);
  assert.deepEqual(await client.call('meaning', { gallery, ...sides }), {
    meaning: byStrangers,
    isOld: false,
  });
});

test('what scores mean is measured beside calls, kept, and old once somebody is moved', async (context) => {
  const { client } = startGallery(context);
  const { gallery } = await createGallery(context, client);
  await enrolFaces(client, gallery, 1, 60);
  const move = (tracks: readonly number[], name: string): Promise<number> =>
    client.call('change', { gallery, change: { kind: 'move', tracks, owner: { name } } });
  for (let person = 1; person <= 30; person++) await move([person, person + 30], `person ${person}`);
  const sides = { probes: 'lr', answers: 'lr' } as const;
  const meaning = await client.call('measureMeaning', { gallery, ...sides, reference: null });
  assert.ok(meaning.cells.length > 0);
  assert.deepEqual(await client.call('meaning', { gallery, ...sides }), { meaning, isOld: false });
  const { results } = await client.call('search', searchOf(gallery, madeVector(1), 3));
  assert.ok(results.every(({ fmrInterval }) => fmrInterval !== null));
  await move([1], 'somebody else');
  assert.equal((await client.call('meaning', { gallery, ...sides }))?.isOld, true);
  const measuring = client.call('measureMeaning', { gallery, ...sides, reference: null });
  await Promise.all([measuring, move([2], 'and another')]);
  assert.equal(
    (await client.call('meaning', { gallery, ...sides }))?.isOld,
    true,
    'changed while it was measured',
  );
});

function nextEvent(
  client: ReturnType<typeof startGallery>['client'],
  name: 'changed',
): Promise<{ what: string }> {
  return new Promise((resolve) => {
    const stop = client.on(name, (value) => {
      stop();
      resolve(value);
    });
  });
}
