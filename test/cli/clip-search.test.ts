// Searches by a clip, by what is enrolled, with filters, and clusters of the unknown: through the command line, on one scene.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeLobby } from '../support/lobby-scene.ts';
import { composeScene, writeFrames } from '../support/scene-frames.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Answer {
  readonly score: number;
  readonly trackId: number | null;
  readonly subject: string | null;
  readonly faceId: number;
  readonly faces: number;
  readonly capturedAt: number;
}

interface Listed {
  readonly id: number;
  readonly trackId: number;
  readonly sizePx: number;
  readonly weight: number;
  readonly capturedAt: number;
}

test('a clip, what is enrolled, filters and clusters', async (context) => {
  const root = await temporaryFolder(context);
  const options = { home: join(root, 'home') };
  const [folder, model] = [join(root, 'frames'), join(root, 'tiny.glimpse')];
  const scene = await makeLobby();
  const frames = composeScene(scene);
  await writeFrames(folder, frames);
  await saveNetwork(model, tinyNetwork(3));
  await glimpseJson(['gallery', 'create', 'door'], options);
  const timed = ['--frames', '--fps', '5'];
  await glimpseJson(
    [
      'gallery',
      'enrol',
      'door',
      folder,
      ...timed,
      '--captured-at',
      '2026-01-31T18:00:00Z',
      '--camera',
      'lobby',
      '--model',
      model,
    ],
    options,
  );
  const { faces } = (await glimpseJson(
    ['gallery', 'list-faces', 'door', '--limit', '1000'],
    options,
  )) as unknown as {
    faces: Listed[];
  };
  const tracks = Map.groupBy(faces, ({ trackId }) => trackId);
  // Tracks by their first face: the one at the wall is the first, who came back the last.
  const ids = [...tracks.keys()];
  assert.equal(ids.length, 4);
  const returned = ids[3];
  const search = (...more: string[]) => glimpseJson(['gallery', 'search', 'door', ...more], options);
  const answersTo = async (...more: string[]): Promise<Answer[]> =>
    (await search(...more)).results as Answer[];

  await context.test(
    'the tracks of a clip are listed, the longest is looked for, another is chosen',
    async () => {
      const report = await search(folder, ...timed, '--model', model);
      const listed = report.tracks as { number: number; faces: number; fused: number; startedMs: number }[];
      assert.deepEqual(
        listed.map(({ number }) => number),
        [1, 2, 3, 4],
      );
      assert.ok(listed.every(({ fused, faces: all }) => fused <= Math.min(all, 16)));
      assert.equal(report.track, 1);
      const longest = (report.results as Answer[])[0];
      assert.equal(longest.trackId, ids[0], 'the one who stands at the wall all the time');
      assert.ok(longest.score > 0.999, String(longest.score));
      const last = listed.find(({ startedMs }) => startedMs >= 10_000);
      const other = await answersTo(folder, ...timed, '--model', model, '--track', String(last?.number));
      assert.equal(other[0].trackId, returned);
      const tooMany = ['gallery', 'search', 'door', folder, ...timed, '--model', model, '--track', '5'];
      assert.match(
        await glimpseFailure(tooMany, options, { code: 'not-found' }),
        /the clip has 4 tracks, not 5/,
      );
      const { code, out } = await glimpse(
        ['gallery', 'search', 'door', folder, ...timed, '--model', model, '--list'],
        options,
      );
      assert.equal(code, 0);
      assert.match(out, /\| 1 \*.*\n\| 2 .*\n\| 3 .*\n\| 4 .*\n\* is the one that is looked for/);
    },
  );

  await context.test('an enrolled track and face leave their own track out, unless asked', async () => {
    for (const probe of [
      ['--enrolled-track', String(returned)],
      ['--enrolled-face', String(tracks.get(returned)?.[3].id)],
    ]) {
      const report = await search(...probe);
      const answers = report.results as Answer[];
      assert.deepEqual(answers.map(({ trackId }) => trackId).sort(), ids.slice(0, 3).sort());
      assert.match(String(report.notes), new RegExp(`the probe's own track ${returned} was left out`));
      const [first] = await answersTo(...probe, '--include-own');
      assert.equal(first.trackId, returned);
    }
    const max = await answersTo(
      '--enrolled-track',
      String(returned),
      '--fusion',
      'max',
      '--include-own',
      '--by',
      'face',
    );
    assert.equal(max[0].trackId, returned);
    assert.ok(max[0].score > 0.9999, 'the best of its faces is one of its faces');
  });

  await context.test('an enrolled subject leaves itself out', async () => {
    await glimpseJson(
      ['gallery', 'move', 'door', String(ids[1]), String(returned), '--to-new', 'Ann'],
      options,
    );
    const probe = ['--enrolled-subject', 'ANN'];
    assert.match(
      await glimpseFailure(['gallery', 'search', 'door', ...probe], options, { code: 'not-found' }),
      /is it "Ann" \(number 1\)\?/,
    );
    const others = await answersTo('--enrolled-subject', 'Ann', '--by', 'subject');
    assert.deepEqual(others.map(({ trackId }) => trackId).sort(), [ids[0], ids[2]].sort());
    const [own] = await answersTo('--enrolled-subject', 'Ann', '--by', 'subject', '--include-own');
    assert.equal(own.subject, 'Ann');
    // By track, another track of the same subject is what one looks for.
    const byTrack = await answersTo('--enrolled-track', String(returned));
    assert.ok(byTrack.some(({ trackId, subject }) => trackId === ids[1] && subject === 'Ann'));
    const bySubject = await answersTo('--enrolled-track', String(returned), '--by', 'subject');
    assert.ok(
      bySubject.every(({ subject }) => subject !== 'Ann'),
      'her template holds the probe',
    );
  });

  await context.test('filters say which faces let a track answer; its template stays whole', async () => {
    const probe = ['--enrolled-track', String(returned), '--include-own'];
    const all = await answersTo(...probe);
    const until = '2026-01-31T18:00:03Z';
    const early = await answersTo(...probe, '--until', until);
    assert.deepEqual(
      early.map(({ trackId }) => trackId).sort(),
      ids.slice(0, 3).sort(),
      'who was there in the first three seconds',
    );
    for (const answer of early) {
      const whole = all.find(({ trackId }) => trackId === answer.trackId);
      assert.deepEqual(
        [answer.score, answer.faces],
        [whole?.score, whole?.faces],
        'compared with all that is known of them',
      );
      assert.ok(answer.capturedAt < Date.parse(until), 'and shown by a face that passes');
    }
    const sizes = faces.map(({ sizePx }) => sizePx).sort((left, right) => left - right);
    const middle = sizes[Math.floor(sizes.length / 2)];
    for (const [option, least, of] of [
      ['--least-size', middle, ({ sizePx }: Listed) => sizePx],
      ['--least-weight', 0.4, ({ weight }: Listed) => weight],
    ] as const) {
      const expected = faces.filter((face) => of(face) >= least).map(({ id }) => id);
      const found = await answersTo(...probe, '--by', 'face', '--count', '1000', option, String(least));
      assert.deepEqual(found.map(({ faceId }) => faceId).sort(), expected.sort(), option);
    }
    const known = await answersTo(...probe, '--known', 'known');
    assert.deepEqual(new Set(known.map(({ subject }) => subject)), new Set(['Ann']));
    const unknown = await answersTo(...probe, '--known', 'unknown');
    assert.deepEqual(unknown.map(({ trackId }) => trackId).sort(), [ids[0], ids[2]].sort());
    const without = await answersTo(...probe, '--exclude', '1');
    assert.deepEqual(without.map(({ trackId }) => trackId).sort(), [ids[0], ids[2]].sort());
  });

  await context.test('a picture with several faces: listed, and chosen by number', async () => {
    const picture = join(folder, '000.png');
    const { faces: listed } = (await search(picture, '--list')) as {
      faces: { face: number; isDefault: boolean; sizePx: number }[];
    };
    assert.deepEqual(
      listed.map(({ face }) => face),
      [1, 2, 3],
    );
    assert.equal(listed.filter(({ isDefault }) => isDefault).length, 1);
    for (const { face } of listed) {
      const report = await search(`${picture}#${face}`, '--model', model, '--by', 'face');
      const [first] = report.results as Answer[];
      assert.ok(first.score > 0.9999);
      assert.deepEqual((report.probe as { face: number }[])[0].face, face);
    }
  });

  await context.test('clusters: who came back is one person, who were seen together are not', async () => {
    await glimpseJson(['gallery', 'undo', 'door'], options);
    const report = await glimpseJson(['gallery', 'cluster', 'door', '--threshold', '0.9'], options);
    const [cluster, ...others] = report.clusters as { key: string; tracks: number[]; sightings: unknown[] }[];
    assert.deepEqual([others.length, report.alone, cluster.tracks.length], [0, 2, 2]);
    assert.ok(cluster.tracks.includes(returned) && !cluster.tracks.includes(ids[0]));
    const words = ['gallery', 'cluster', 'door', '--threshold', '0.9', '--cluster', cluster.key];
    assert.match(
      await glimpseFailure(words, options, { code: 'bad-usage', exitCode: 2 }),
      /--cluster goes with --name or --assign/,
    );
    const named = await glimpseJson([...words, '--name', 'Ann'], options);
    assert.match(
      JSON.stringify(named.change),
      /2 tracks of cluster .* went to \\"Ann\\" \(number \d+\) with 2 tracks/,
    );
    await glimpseJson(['gallery', 'undo', 'door'], options);
  });

  await context.test('probes that do not fit are one sentence', async () => {
    const refused = async (message: RegExp, ...more: string[]): Promise<void> => {
      const words = ['gallery', 'search', 'door', ...more];
      assert.match(await glimpseFailure(words, options, { code: 'bad-usage', exitCode: 2 }), message);
    };
    await refused(/search needs a picture or clip, or one of --enrolled-face/);
    await refused(/either pictures or what is enrolled, not both/, folder, '--enrolled-face', '1');
    await refused(
      /one of --enrolled-face, --enrolled-track and --enrolled-subject/,
      '--enrolled-face',
      '1',
      '--enrolled-track',
      '1',
    );
    await refused(
      /--face is for pictures: a clip has tracks/,
      folder,
      ...timed,
      '--model',
      model,
      '--face',
      '1',
    );
    const absent = ['gallery', 'search', 'door', '--enrolled-face', '9999'];
    assert.match(
      await glimpseFailure(absent, options, { code: 'not-found' }),
      /door has no face 9999 on its lr side/,
    );
  });
});
