// `glimpse benchmark` and `report` in processes of their own: exit codes, a kill, bad input, files.

import assert from 'node:assert/strict';
import { existsSync, watch } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBrowser } from '../../src-main/common/browser.ts';
import { benchmarkBench } from '../support/benchmark-bench.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeLfwFolder } from '../support/made-faces.ts';
import { pickleOf } from '../support/made-pickle.ts';

test('benchmark, report, report check', async (context) => {
  const bench = await benchmarkBench(context);
  const options = { home: bench.home };
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, { folds: 10, pairsPerClass: 4 });
  const out = join(bench.folder, 'out');
  const words = [
    'benchmark',
    'lfw',
    '--data',
    lfw,
    '--model',
    'first',
    '--teacher',
    'tiny',
    '--resolution',
    '16',
  ];

  await context.test('killed after its first side, it goes on from there', async (inner) => {
    const cache = join(bench.home, 'cache');
    await mkdir(cache, { recursive: true });
    const onStart = (child: { kill(signal: NodeJS.Signals): boolean }) => {
      const watcher = watch(cache, { recursive: true }, (_, name) => {
        if (!/embeddings-[0-9a-f]+.00000000\.glimpse$/.test(String(name))) return;
        watcher.close();
        child.kill('SIGKILL');
      });
      inner.after(() => watcher.close());
    };
    const killed = await glimpse([...words, '--out', out], { ...options, onStart });
    assert.equal(killed.signal, 'SIGKILL', killed.err);
    assert.ok(!existsSync(join(out, 'result.json')));
    const [faces] = await readdir(cache).then((names) => names.filter((name) => name.startsWith('faces-')));
    const pieces = (await readdir(join(cache, faces))).filter((name) => name.startsWith('embeddings-'));
    const piece = join(cache, faces, pieces[0], '00000000.glimpse');
    const before = (await stat(piece)).mtimeMs;
    const result = await glimpseJson([...words, '--out', out], options);
    assert.equal((await stat(piece)).mtimeMs, before, 'what was done is not done again');
    assert.equal((result.cells as unknown[]).length, 2);
    const { err, out: text } = await glimpse([...words, '--plan'], options);
    assert.match(text, /^\| first, 16 px +\| +80 \| +0 \|/m, err);
  });

  await context.test('the numbers are those of verify', async () => {
    const verified = await glimpseJson(
      ['verify', '--model', 'first', '--teacher', 'tiny', '--dataset', lfw],
      options,
    );
    const { cells } = JSON.parse(await readFile(join(out, 'result.json'), 'utf8'));
    for (const [index, result] of (verified.results as Record<string, unknown>[]).entries()) {
      for (const key of ['accuracy', 'accuracyStandardError', 'auc', 'eer', 'bestThreshold'])
        assert.equal(cells[index].measured[key], result[key], key);
    }
  });

  await context.test('assertions: exit 1 where one does not hold, 2 where it is about nothing', async () => {
    const held = await glimpseJson([...words, '--out', out, '--assert', 'lfw.16.lr-lr.accuracy>=0'], options);
    assert.equal(held.fromCache, true);
    const failing = [...words, '--out', out, '--assert', 'lfw.16.lr-lr.accuracy>=100.1'];
    const message = await glimpseFailure(failing, options, { code: 'bad-data' });
    assert.match(message, /lfw\.16\.lr-lr\.accuracy>=100\.1 does not hold: lfw\.16\.lr-lr\.first\.none \d/);
    const unknown = [...words, '--assert', 'lfw.64.lr-lr.accuracy>=1'];
    assert.match(
      await glimpseFailure(unknown, options, { code: 'bad-usage', exitCode: 2 }),
      /speaks of no cell/,
    );
  });

  await context.test('report check recomputes; a changed number is named', async () => {
    const path = join(out, 'result.json');
    const checked = await glimpseJson(['report', 'check', path], options);
    assert.ok(Number(checked.numbers) > 500);
    const report = JSON.parse(await readFile(path, 'utf8'));
    report.cells[0].measured.eer += 0.01;
    const changed = join(bench.folder, 'changed.json');
    await writeFile(changed, JSON.stringify(report));
    const message = await glimpseFailure(['report', 'check', changed], options, { code: 'bad-data' });
    assert.match(message, /does not agree with its own scores: lfw\.16\.lr-lr\.first\.none\.eer: /);
  });

  await context.test('report writes every format', async () => {
    const files = ['a.html', 'a.csv', 'a.json'].map((name) => join(bench.folder, name));
    const hasChromium = findBrowser(process.env) !== null;
    if (hasChromium) files.push(join(bench.folder, 'a.pdf'));
    await glimpseJson(
      ['report', join(out, 'result.json'), ...files.flatMap((file) => ['--out', file])],
      options,
    );
    const page = await readFile(files[0], 'utf8');
    assert.match(page, /<title>LFW/);
    assert.ok(page.includes(lfw), 'the command that repeats it');
    const bare = join(bench.folder, 'bare.html');
    await glimpseJson(['report', join(out, 'result.json'), '--aggregates', '--out', bare], options);
    const aggregates = await readFile(bare, 'utf8');
    assert.ok(!aggregates.includes(bench.folder), 'no folder of this machine');
    assert.match(aggregates, /benchmark lfw --data …\/lfw /);
    if (hasChromium) assert.equal((await readFile(files[3])).subarray(0, 5).toString(), '%PDF-');
    const wrong = ['report', join(out, 'result.json'), '--out', join(bench.folder, 'a.docx')];
    assert.match(
      await glimpseFailure(wrong, options, { code: 'bad-usage', exitCode: 2 }),
      /ends in none of \.html/,
    );
    assert.match(
      await glimpseFailure(['report', join(lfw, 'pairs.txt'), '--out', files[0]], options, {
        code: 'bad-data',
      }),
      /pairs\.txt is not valid JSON/,
    );
  });

  await context.test('a hostile .bin is refused by name, in a benchmark and in an inspection', async () => {
    const bin = join(bench.folder, 'evil.bin');
    await writeFile(bin, pickleOf('\x80\x02', 'cposix\nsystem\n', '(U\x08touch /xtR.'));
    const message =
      /evil\.bin, byte 2: the file has the opcode GLOBAL, which would import "posix\.system": refused/;
    const bad = { code: 'bad-dataset' };
    const benchmark = ['benchmark', 'lfw', '--data', bin, '--model', 'first', '--teacher', 'tiny'];
    assert.match(await glimpseFailure(benchmark, options, bad), message);
    assert.match(await glimpseFailure(['dataset', 'inspect', bin], options, bad), message);
  });
});
