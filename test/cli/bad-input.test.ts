// Bad input: one sentence that names the file and the rule, exit code 1 or 2, never a stack trace.

import assert from 'node:assert/strict';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { madeFace, makeIdentityFolders, makeLfwFolder } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyTeacher } from '../support/tiny-teacher.ts';

test('bad usage exits with 2', async (context) => {
  const home = await temporaryFolder(context);
  // The other rules are tested in one process, in unit/cli/commands.test.ts.
  const cases: [string, RegExp][] = [
    ['trian', /^unknown command 'trian' \(Did you mean train\?\)$/],
    ['train --colour red', /^unknown option '--colour'$/],
    ['teacher import a.onnx --licence MIT', /^required option '--name <name>' not specified$/],
  ];
  for (const [line, message] of cases) {
    const text = await glimpseFailure(line.split(' '), { home }, { code: 'bad-usage', exitCode: 2 });
    assert.match(text, message);
  }
});

test('what does not exist is named, with what does', async (context) => {
  const home = await temporaryFolder(context);
  await writeRun(home, 'first', '{"version":1,"settings":{"version":1}}');
  const options = { home };
  const show = await glimpseFailure(['runs', 'show', 'second'], options, { code: 'not-found' });
  assert.equal(show, 'there is no run second (runs: first)');
  const resume = ['train', '--resume', '--run', 'second'];
  assert.equal(await glimpseFailure(resume, options, { code: 'not-found' }), show);
  const model = ['export', 'second', '--out', join(home, 'x.onnx')];
  assert.equal(
    await glimpseFailure(model, options, { code: 'not-found' }),
    'there is no student second: neither a file nor a run (runs: first)',
  );
  const inspect = ['dataset', 'inspect', join(home, 'nowhere')];
  assert.match(await glimpseFailure(inspect, options, { code: 'not-found' }), /nowhere does not exist/);
  const verify = ['verify', '--model', 'teacher', '--teacher', 'nobody', '--dataset', home];
  assert.match(
    await glimpseFailure(verify, options, { code: 'not-found' }),
    /^there is no teacher named nobody \(there are: faceplugin\)/,
  );
});

test('a damaged run is shown as such and spoils no list', async (context) => {
  const home = await temporaryFolder(context);
  await writeRun(home, 'cut', '{"version":1,"sett');
  await writeRun(home, 'newer', '{"version":2}');
  const { runs, damaged } = await glimpseJson(['runs', 'list'], { home });
  assert.deepEqual(runs, []);
  const problems = (damaged as { name: string; problem: string }[]).map(({ name, problem }) => [
    name,
    problem,
  ]);
  assert.deepEqual(
    problems.map(([name]) => name),
    ['cut', 'newer'],
  );
  assert.match(problems[0][1], /cut\/config\.json is not valid JSON/);
  assert.match(problems[1][1], /newer\/config\.json is not a run that this Glimpse can read \(version 2/);
  const message = await glimpseFailure(['runs', 'show', 'cut'], { home }, { code: 'bad-data' });
  assert.match(message, /cut\/config\.json is not valid JSON/);
  const { code, out } = await glimpse(['runs', 'list'], { home });
  assert.equal(code, 0);
  assert.match(out, /^cut: .*config\.json is not valid JSON.*\nnewer: /);
});

test('a folder with no identities is refused by every command that reads one', async (context) => {
  const folder = await temporaryFolder(context);
  const empty = join(folder, 'empty');
  await mkdir(empty);
  await writeFile(join(empty, 'loose.png'), await madeFace(1, 1));
  const rule = `${empty} has no identities (1 images lie directly in it): expected ${empty}/identity/image.jpg`;
  const options = { home: join(folder, 'home') };
  for (const words of [
    ['dataset', 'inspect', empty],
    ['train', '--data', empty],
  ]) {
    assert.equal(await glimpseFailure(words, options, { code: 'bad-dataset' }), rule);
  }
});

test('unreadable images are named and counted by dataset inspect', async (context) => {
  const folder = await temporaryFolder(context);
  await makeIdentityFolders(folder, { identities: 2, images: 3 });
  await truncate(join(folder, 'person-00', '1.png'), 5000);
  await writeFile(join(folder, 'person-01', '2.jpg'), 'no picture');
  await writeFile(join(folder, 'person-01', '3.jpg'), '');
  const result = await glimpseJson(['dataset', 'inspect', folder], { home: folder });
  assert.deepEqual([result.identities, result.images, result.readableImages], [2, 8, 5]);
  const unreadable = result.unreadable as { path: string; reason: string }[];
  assert.deepEqual(
    unreadable.map(({ path }) => path),
    ['person-00/1.png', 'person-01/2.jpg', 'person-01/3.jpg'],
  );
  assert.ok(unreadable.every(({ reason }) => reason !== ''));
  const { out } = await glimpse(['dataset', 'inspect', folder], { home: folder });
  assert.match(out, /images +5 readable, 3 unreadable/);
  assert.match(out, /^ {4}person-01\/3\.jpg is empty$/m);
});

test('an LFW folder with absent or malformed parts', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyTeacher());
  await glimpseJson(['teacher', 'import', model, '--name', 'tiny', '--licence', 'none'], options);
  const lfw = join(folder, 'lfw-small');
  await makeLfwFolder(lfw, { folds: 2, pairsPerClass: 3 });
  const verify = ['verify', '--model', 'teacher', '--teacher', 'tiny', '--dataset', lfw];
  const absent = join('Person_1', 'Person_1_0002.png');
  await rm(join(lfw, 'lfw', absent));

  // Person_1's second image stands in its genuine pair and in Person_0's impostor pair.
  const refused = await glimpseFailure(verify, options, { code: 'bad-dataset' });
  assert.match(
    refused,
    /pairs\.txt names images that are absent from .*lfw: 1 missing \(Person_1\/Person_1_0002\)/,
  );
  assert.match(refused, /needed by 2 of 12 pairs; .* --skip-missing$/);
  const skipped = await glimpseJson([...verify, '--skip-missing', '--scenario', 'lr-lr'], options);
  assert.equal(skipped.pairs, 10);
  assert.match(
    String(skipped.leftOut),
    /^2 of 12 pairs left out, images missing: 1 \(Person_1\/Person_1_0002\)/,
  );
  const { pairs } = await glimpseJson(['dataset', 'inspect', lfw], options);
  assert.equal((pairs as { pairsLeftOut: number }).pairsLeftOut, 2);

  await writeFile(join(lfw, 'pairs.txt'), '2\t3\nPerson_0\t1\t2\n');
  assert.match(
    await glimpseFailure(verify, options, { code: 'bad-dataset' }),
    /pairs\.txt has 1 pairs, but its header "2\t3" announces 2 × 2 × 3 = 12$/,
  );
});

test('an ONNX file that is no face model is refused, and nothing of it stays', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const whole = tinyTeacher();
  const cases: [string, Uint8Array, RegExp][] = [
    [
      'grey.onnx',
      tinyTeacher({ channels: 1 }),
      /its input is \[1, 1, 112, 112\], expected float32 \[batch, 3,/,
    ],
    ['wide.onnx', tinyTeacher({ width: 96 }), /its input \[1, 3, 112, 96\] is not square$/],
    [
      'short.onnx',
      tinyTeacher({ embeddingSize: 8 }),
      /its output has 8 numbers for 1 faces, expected an embedding/,
    ],
    ['cut.onnx', whole.subarray(0, whole.length / 2), /onnxruntime cannot read it/],
    ['text.onnx', Buffer.from('not a model'), /onnxruntime cannot read it/],
  ];
  for (const [name, bytes, reason] of cases) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const words = ['teacher', 'import', path, '--name', 'mine', '--licence', 'none'];
    const message = await glimpseFailure(words, options, { code: 'bad-model' });
    assert.ok(message.startsWith(`${path} cannot be a teacher: `), message);
    assert.match(message, reason);
  }
  const { teachers } = await glimpseJson(['teacher', 'list'], options);
  assert.deepEqual(
    (teachers as { name: string }[]).map(({ name }) => name),
    ['faceplugin'],
  );
});

test('an imported teacher is listed; its name is taken; a changed file is refused', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyTeacher());
  const words = ['teacher', 'import', model, '--name', 'mine', '--licence', 'CC0', '--channels', 'bgr'];
  const imported = await glimpseJson([...words, '--mean', '127', '--scale', '128'], options);
  assert.deepEqual(
    [imported.name, imported.inputSizePx, imported.embeddingSize, imported.batchSize, imported.licence],
    ['mine', 112, 32, 1, 'CC0'],
  );
  assert.match(String(imported.digest), /^[0-9a-f]{64}$/);
  const { out } = await glimpse(['teacher', 'list'], options);
  assert.match(out, /^\| mine +\| 112×112 \| +32 \| BGR, \(v − 127\) \/ 128 \| +CC0 \|/m);
  assert.match(
    await glimpseFailure(words, options, { code: 'bad-usage', exitCode: 2 }),
    /^there is a teacher named mine already: choose another --name$/,
  );
  await truncate(String(imported.modelPath), 1000);
  const verify = ['verify', '--model', 'teacher', '--teacher', 'mine', '--dataset', folder];
  assert.match(
    await glimpseFailure(verify, options, { code: 'bad-model' }),
    /has changed since it was imported/,
  );
});

async function writeRun(home: string, name: string, config: string): Promise<void> {
  await mkdir(join(home, 'runs', name), { recursive: true });
  await writeFile(join(home, 'runs', name, 'config.json'), config);
}
