// Searching a gallery through the command line: who answers, what the scores mean, what is recorded.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeIdentityFolders } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Result {
  readonly rank: number;
  readonly score: number;
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  readonly margin: number | null;
  readonly subject: string | null;
  readonly faces: number;
  readonly sourcePath: string;
}

test('search, recheck, filters, refusals, audit', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const faces = join(folder, 'faces');
  const [model, other] = [join(folder, 'tiny.glimpse'), join(folder, 'other.glimpse')];
  await makeIdentityFolders(faces, { identities: 24, images: 2 });
  await saveNetwork(model, tinyNetwork(3));
  await saveNetwork(other, tinyNetwork(4));
  const picture = join(faces, 'person-07', '1.png');
  const search = ['gallery', 'search', 'door', picture, '--crops'];
  await glimpseJson(['gallery', 'create', 'door'], options);
  const empty = await glimpseFailure([...search, '--model', model], options, { code: 'bad-data' });
  assert.match(empty, /door has no faces to search among yet: enrol some/);
  await glimpseJson(
    ['gallery', 'enrol', 'door', faces, '--crops', '--model', model, '--camera', 'north'],
    options,
  );

  await context.test(
    'an enrolled picture finds itself, and says that nothing is known of its score yet',
    async () => {
      const report = await glimpseJson(
        [...search, '--model', model, '--by', 'face', '--count', '3'],
        options,
      );
      const results = report.results as Result[];
      assert.equal(results.length, 3);
      const [first, second] = results;
      assert.equal(first.sourcePath, picture);
      assert.ok(Math.abs(first.score - 1) < 1e-5 && first.score > second.score);
      assert.deepEqual([first.subject, first.fmr, first.rank], ['person-07', null, 1]);
      assert.match((report.notes as string[]).join(), /was not measured in door/);
    },
  );

  await context.test('by subject, each person answers once, with margin to the next', async () => {
    const report = await glimpseJson(
      [...search, '--model', model, '--by', 'subject', '--count', '30'],
      options,
    );
    const results = report.results as Result[];
    assert.equal(results.length, 24);
    assert.equal(new Set(results.map(({ subject }) => subject)).size, 24);
    assert.ok(results.every((result) => result.faces === 2));
    for (const [at, { margin, score }] of results.entries()) {
      const next = results[at + 1];
      assert.ok(next === undefined ? margin === null : Math.abs((margin ?? 0) - (score - next.score)) < 1e-9);
    }
  });

  await context.test('recheck measures what a score means; results then carry it', async () => {
    const recheck = await glimpseJson(['gallery', 'recheck', 'door'], options);
    assert.equal((recheck.alikeOfDifferent as object[]).length, 10);
    const report = await glimpseJson([...search, '--model', model, '--count', '48'], options);
    const results = report.results as Result[];
    assert.deepEqual(report.notes, []);
    const rates = results.map(({ fmr, fmrInterval }) => fmr ?? fmrInterval?.high ?? Number.NaN);
    assert.ok(
      rates.every((rate) => rate >= 0 && rate <= 1),
      JSON.stringify(rates),
    );
    assert.ok(rates[0] <= rates[47], 'a higher score is rarer among impostors');
  });

  await context.test('filters, thresholds and exclusions', async () => {
    const run = async (...more: string[]): Promise<Result[]> =>
      (await glimpseJson([...search, '--model', model, '--count', '100', ...more], options))
        .results as Result[];
    assert.equal((await run('--camera', 'north')).length, 48);
    assert.equal((await run('--camera', 'south')).length, 0);
    assert.equal((await run('--tag', 'person-07')).length, 0);
    assert.equal((await run('--known', 'unknown')).length, 0);
    assert.equal((await run('--exclude', 'person-07')).length, 46);
    assert.equal((await run('--threshold', '0.99999')).length, 1);
    assert.equal((await run('--from', '2026-01-01')).length, 0, 'nobody knows when these were taken');
  });

  await context.test('several probe pictures make one template, or the best of each', async () => {
    const pictures = [picture, join(faces, 'person-07', '0.png')];
    for (const fusion of ['template', 'max']) {
      const words = [
        'gallery',
        'search',
        'door',
        ...pictures,
        '--crops',
        '--model',
        model,
        '--by',
        'subject',
      ];
      const report = await glimpseJson([...words, '--fusion', fusion], options);
      assert.equal((report.probe as object[]).length, 2);
      const [best] = report.results as Result[];
      assert.equal(best.subject, 'person-07', fusion);
      const isWarned = /best of several probe faces/.test((report.notes as string[]).join('\n'));
      assert.equal(isWarned, fusion === 'max');
      if (fusion === 'max') assert.equal(best.fmrInterval, null);
    }
  });

  await context.test('a probe of another model, none, or without a face is refused', async () => {
    const foreign = await glimpseFailure([...search, '--model', other], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(
      foreign,
      /door was embedded by student [0-9a-f]{12}…, and the probe by student [0-9a-f]{12}…: their scores mean nothing/,
    );
    const none = await glimpseFailure(search, options, { code: 'bad-usage', exitCode: 2 });
    assert.match(none, /search needs either --model .* or --teacher/);
    const faceless = ['gallery', 'search', 'door', picture, '--model', model];
    assert.match(
      await glimpseFailure(faceless, options, { code: 'not-found' }),
      /no face was found in .*1\.png/,
    );
  });

  await context.test(
    'calibrate: a space of its own, whole before it answers; its profile is then the default, the plain student refused',
    async () => {
      const words = ['gallery', 'calibrate', 'door', '--model', model];
      const calibrated = await glimpseJson(words, options);
      assert.deepEqual([calibrated.faces, calibrated.adaptedTo], [48, 48]);
      const foreign = await glimpseFailure([...search, '--model', model, '--no-profile'], options, {
        code: 'bad-usage',
        exitCode: 2,
      });
      assert.match(foreign, /with FaceBN profile [0-9a-f]{12}…, and the probe by/);
      const adapted = [...search, '--model', model, '--profile', String(calibrated.profile)];
      const { results } = await glimpseJson([...adapted, '--by', 'face'], options);
      assert.equal((results as Result[])[0].sourcePath, picture);
      const byDefault = await glimpseJson([...search, '--model', model, '--by', 'face'], options);
      assert.deepEqual(byDefault.results, results, "the gallery's own profile");
      assert.deepEqual(
        await glimpseJson(words, options),
        calibrated,
        'again: the same profile, the same space, nothing to do',
      );
      const plain = ['gallery', 'enrol', 'door', faces, '--crops', '--model', model];
      const lost = await glimpseFailure([...plain, '--no-profile'], options, {
        code: 'bad-usage',
        exitCode: 2,
      });
      assert.match(
        lost,
        /searches of door are answered by student .* with FaceBN profile .*, and this would embed by student/,
      );
      const again = await glimpseJson(plain, options);
      assert.deepEqual([again.faces, again.duplicate], [0, 48]);
      const few = [...words, '--camera', 'south'];
      assert.match(
        await glimpseFailure(few, options, { code: 'bad-data' }),
        /camera south of door has 0 faces, and FaceBN takes 8/,
      );
    },
  );

  await context.test('people get a table, and every search is in the audit log', async () => {
    const words = [...search, '--model', model, '--count', '2'];
    const { code, out } = await glimpse(words, options);
    assert.equal(code, 0);
    assert.match(out, /^door: 1 probe face against 48 faces of 24 people\n/);
    assert.match(out, /\| 1 +\| 1\.0000 \|/);
    const { entries } = (await glimpseJson(['audit', 'show', 'door'], options)) as {
      entries: { action: string }[];
    };
    assert.ok(entries.filter(({ action }) => action === 'searched').length >= 10);
    assert.doesNotMatch(
      JSON.stringify(entries),
      /person-|faces\/|north|south/,
      'names and paths stay out of what is never purged',
    );
    assert.equal((await glimpseJson(['audit', 'verify', 'door'], options)).problem, null);
  });
});

test('both sides in one frame: FMR across them, another model, a reference set for a gallery of unknowns', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const [faces, strangers] = [join(folder, 'faces'), join(folder, 'strangers')];
  const [model, other] = [join(folder, 'tiny.glimpse'), join(folder, 'other.glimpse')];
  await makeIdentityFolders(faces, { identities: 24, images: 2 });
  await makeIdentityFolders(strangers, { identities: 22, images: 1 });
  await saveNetwork(model, tinyNetwork(3));
  await saveNetwork(other, tinyNetwork(4));
  const probe = [join(faces, 'person-07', '1.png'), '--crops', '--model', model, '--count', '3'];

  await context.test('recheck measures unknown faces against people of a reference set', async () => {
    await glimpseJson(['gallery', 'create', 'yard'], options);
    const enrol = ['gallery', 'enrol', 'yard', faces, '--crops', '--subjects', 'none', '--model', model];
    await glimpseJson(enrol, options);
    const alone = await glimpseFailure(['gallery', 'recheck', 'yard'], options, { code: 'bad-data' });
    assert.match(alone, /0 known subjects cannot say .* or a reference set of as many people/);
    const without = ['gallery', 'recheck', 'yard', '--reference', strangers, '--crops'];
    assert.match(
      await glimpseFailure(without, options, { code: 'bad-usage', exitCode: 2 }),
      /--reference goes with --model/,
    );
    assert.match(
      await glimpseFailure([...without, '--model', other], options, { code: 'bad-usage', exitCode: 2 }),
      /the reference set was embedded by student .* and searches of yard are answered by student/,
    );
    const { meanings } = (await glimpseJson([...without, '--model', model], options)) as {
      meanings: { meaning: { source: string; cells: { impostors: { pairs: number } }[] } }[];
    };
    assert.equal(meanings.length, 1);
    assert.equal(meanings[0].meaning.source, 'reference');
    assert.equal(meanings[0].meaning.cells[0].impostors.pairs, 22 * 48, 'every stranger against every face');
    const report = await glimpseJson(['gallery', 'search', 'yard', ...probe], options);
    assert.deepEqual(report.notes, []);
    assert.ok((report.results as Result[])[0].fmrInterval !== null);
  });

  await context.test('embed: another model answers, and the first again at once', async () => {
    const { spaces } = await glimpseJson(['gallery', 'embed', 'yard', '--model', other], options);
    assert.deepEqual(spaces, [{ id: 2, side: 'lr' }]);
    await glimpseFailure(['gallery', 'search', 'yard', ...probe], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    const back = await glimpseJson(['gallery', 'embed', 'yard', '--model', model], options);
    assert.deepEqual(back.spaces, [{ id: 1, side: 'lr' }]);
    const report = await glimpseJson(['gallery', 'search', 'yard', ...probe], options);
    assert.equal((report.results as Result[]).length, 3);
  });
});
