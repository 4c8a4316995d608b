// Changes by hand through the command line: what they say, what they change, and that all of it can be taken back.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeIdentityFolders } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Listed {
  readonly id: number;
  readonly trackId: number;
  readonly subjectName: string | null;
}

async function setUp(context: TestContext) {
  const root = await temporaryFolder(context);
  const options = { home: join(root, 'home') };
  const [faces, model] = [join(root, 'faces'), join(root, 'tiny.glimpse')];
  await makeIdentityFolders(faces, { identities: 4, images: 2 });
  await saveNetwork(model, tinyNetwork(3));
  await glimpseJson(['gallery', 'create', 'door'], options);
  await glimpseJson(['gallery', 'enrol', 'door', faces, '--crops', '--model', model], options);
  const list = async (): Promise<string[]> => {
    const { faces: listed } = await glimpseJson(['gallery', 'list-faces', 'door'], options);
    return (listed as Listed[]).map(({ id, trackId, subjectName }) => `${id} ${trackId} ${subjectName}`);
  };
  const change = (...words: string[]) =>
    glimpseJson(['gallery', words[0], 'door', ...words.slice(1)], options);
  const refused = (code: string, ...words: string[]): Promise<string> =>
    glimpseFailure(['gallery', words[0], 'door', ...words.slice(1)], options, {
      code,
      exitCode: code === 'bad-usage' ? 2 : 1,
    });
  return { options, list, change, refused };
}

test('rename, merge, move, split, join; undo and redo bring back every state', async (context) => {
  const { options, list, change } = await setUp(context);
  const states = [await list()];
  assert.deepEqual(states[0].slice(0, 3), ['1 1 person-00', '2 2 person-00', '3 3 person-01']);
  const said: unknown[] = [];
  for (const words of [
    ['rename', 'person-00', 'Ann'],
    ['merge', 'Ann', '2'],
    ['move', '5', '6', '--to-new', 'Bo'],
    ['move', '8', '--to-nobody'],
    ['join', '1', '2'],
    ['split', '1', '2'],
    ['rename', '#1', '--unname'],
  ]) {
    said.push((await change(...words)).done);
    states.push(await list());
  }
  assert.deepEqual(said, [
    '"person-00" (number 1) is now called "Ann"',
    '"person-01" (number 2) became part of "Ann" (number 1) with 4 tracks and 4 faces',
    'track 5 (1 face, person-02), track 6 (1 face, person-02) went to "Bo" (number 5) with 2 tracks and 2 faces',
    'track 8 (1 face, person-03) went to nobody known',
    'track 1 (1 face, Ann) and track 2 (1 face, Ann) became track 1 (2 faces, Ann)',
    'track 1 (2 faces, Ann) became track 1 (1 face, Ann) and track 9 (1 face, Ann)',
    '"Ann" (number 1) has no name any more',
  ]);
  assert.deepEqual(states.at(-1)?.slice(0, 3), ['1 1 null', '2 9 null', '3 3 null']);
  assert.equal(new Set(states.map(String)).size, states.length, 'each change shows');
  for (let at = states.length - 2; at >= 0; at--) {
    assert.equal((await change('undo')).change, at + 1);
    assert.deepEqual(await list(), states[at], `undo of ${at + 1}`);
  }
  for (let at = 1; at < states.length; at++) {
    assert.equal((await change('redo')).change, at);
    assert.deepEqual(await list(), states[at], `redo of ${at}`);
  }
  const { out } = await glimpse(['gallery', 'changes', 'door', '--limit', '2'], options);
  assert.match(out, /\n\| 7 .* subject\.renamed \| stands \|\n\| 6 .* track\.split \| stands \|\n$/);
});

test('what cannot be meant or done is one sentence, with the candidates', async (context) => {
  const { list, change, refused } = await setUp(context);
  const before = await list();
  assert.match(
    await refused('not-found', 'rename', 'PERSON 0', 'x'),
    /no subject "PERSON 0": is it "person-00" \(number 1\), "person-01" \(number 2\), .*\?/,
  );
  assert.match(await refused('not-found', 'rename', 'Zoe', 'x'), /there is no subject "Zoe"$/);
  assert.match(await refused('bad-usage', 'rename', '1'), /rename needs a new name, or --unname/);
  assert.match(
    await refused('bad-usage', 'rename', '1', 'person-02'),
    /there is a subject "person-02" already \(number 3\)/,
  );
  assert.match(
    await refused('bad-usage', 'merge', '1', 'person-00'),
    /other subjects than the one that stays/,
  );
  assert.match(await refused('bad-usage', 'move', '1'), /one of --to, --to-new and --to-nobody/);
  assert.match(await refused('not-found', 'move', '99', '--to', '1'), /there is no track 99/);
  assert.match(await refused('bad-usage', 'move', 'x', '--to', '1'), /whole number of at least 1/);
  assert.match(
    await refused('bad-usage', 'split', '1', '1'),
    /some, not all, of the faces of track 1, which are 1/,
  );
  assert.match(await refused('bad-usage', 'join', '1', '1'), /other tracks than the one that stays/);
  assert.match(await refused('not-found', 'undo'), /door has no change to take back/);
  assert.match(await refused('not-found', 'redo'), /door has no change to do again/);
  assert.match(await refused('not-found', 'undo', '7'), /there is no change 7/);
  assert.deepEqual(await list(), before);
  await change('rename', 'person-00', '3');
  assert.match(
    await refused('bad-usage', 'rename', '3', 'x'),
    /"3" may be "3" \(number 1\) or "person-02" \(number 3\): write #1 or #3/,
  );
  await change('rename', '#3', 'Cy');
  await change('rename', 'Cy', 'Di');
  assert.match(
    await refused('bad-usage', 'undo', '2'),
    /later changes touch the same subjects or tracks, undo those first/,
  );
});
