// Results on disk: one folder per request, the shelf that lists them, cells as the window sees them, data that are not there.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { runStoredBenchmark } from '../../../../src-main/processes/benchmark/benchmark-folder.ts';
import { commandOf } from '../../../../src-main/processes/benchmark/command-text.ts';
import { DataPlaces } from '../../../../src-main/processes/benchmark/data-places.ts';
import { ResultShelf } from '../../../../src-main/processes/benchmark/result-shelf.ts';
import { cellDetailOf, detailOf } from '../../../../src-main/processes/benchmark/result-view.ts';
import { benchmarkBench } from '../../../support/benchmark-bench.ts';
import { makeLfwFolder } from '../../../support/made-faces.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SILENT = ProgressToken.silent();

test('the same request writes the same folder, another one its own; the shelf lists both and names what is damaged', async (t) => {
  const bench = await benchmarkBench(t);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, { folds: 2, pairsPerClass: 4 });
  const run = (changes = {}) =>
    runStoredBenchmark(bench.request('lfw', lfw, changes), null, () => {}, SILENT);
  const first = await run();
  assert.equal((await run({ command: 'another way of saying it' })).folder, first.folder);
  const second = await run({ scenarios: ['lr-lr'] });
  assert.notEqual(second.folder, first.folder);
  const damaged = join(bench.home, 'benchmarks', 'damaged');
  await mkdir(damaged);
  await writeFile(join(damaged, 'result.json'), '{"format": "something else"}');

  const shelf = new ResultShelf(bench.home);
  const { results, problems } = await shelf.list();
  assert.deepEqual(
    results.map(({ name, cells }) => [name, cells]),
    [
      [basename(second.folder), 1],
      [basename(first.folder), 2],
    ],
    'newest first',
  );
  assert.match(problems.join(), /damaged.result\.json is no benchmark result/);
  await assert.rejects(shelf.read('absent'), { code: 'not-found' });

  const name = basename(first.folder);
  const detail = detailOf(name, shelf.pathOf(name), await shelf.read(name));
  const written = JSON.parse(await readFile(first.result, 'utf8'));
  const [cell] = written.cells;
  assert.equal(detail.cells[0].share, cell.measured.accuracy);
  assert.deepEqual(
    [detail.cells[0].low, detail.cells[0].high],
    [cell.measured.accuracyInterval.low, cell.measured.accuracyInterval.high],
  );
  assert.ok(detail.publishedCells.some(({ percent }) => percent === 96.02));

  const pictures: Buffer[] = [];
  const opened = await cellDetailOf(await shelf.read(name), cell.id, async (png) => {
    pictures.push(png);
    return `samples/${pictures.length}.png`;
  });
  assert.deepEqual(opened.figures.map(({ kind, title }) => [kind, title.split(/[:,]/)[0]]).slice(0, 3), [
    ['histogram', 'Scores'],
    ['lines', 'ROC'],
    ['lines', 'DET'],
  ]);
  assert.equal(opened.worstImpostors[0].score, cell.scores[cell.measured.worstImpostors[0]]);
  assert.ok(pictures.every((png) => png.subarray(1, 4).toString() === 'PNG') && pictures.length > 0);
  await assert.rejects(
    cellDetailOf(await shelf.read(name), 'lfw.16.lr-lr.nobody.none', async () => ''),
    { code: 'not-found', message: /has no cell lfw\.16\.lr-lr\.nobody\.none/ },
  );
});

test('places of data are kept, and say what is wrong with them', async (t) => {
  const folder = await temporaryFolder(t);
  const places = new DataPlaces(folder);
  const pack = join(folder, 'cfp_fp.bin');
  await writeFile(pack, '');
  await places.locate('lfw', join(folder, 'gone'));
  await places.locate('cfp-fp', pack);
  await places.locate('tinyface', pack);
  await places.locate('agedb', folder);
  await places.locate('agedb', null);
  const found = new Map((await new DataPlaces(folder).list()).map((data) => [data.protocol, data]));
  assert.match(found.get('lfw')?.problem ?? '', /gone does not exist: lfw is read from a folder/);
  assert.equal(found.get('cfp-fp')?.problem, null);
  assert.match(found.get('tinyface')?.problem ?? '', /is a file: tinyface is read from a folder/);
  assert.deepEqual([found.get('agedb')?.path, found.get('agedb')?.problem], [null, null]);
  assert.deepEqual([found.get('cfp-fp')?.takesFile, found.get('cfp-fp')?.takesFolder], [true, false]);
});

test('the command names everything that a number depends on, fit for a shell', async (t) => {
  const bench = await benchmarkBench(t);
  const request = bench.request('lfw', "/faces of O'Neil", {
    models: ['teacher', 'first'],
    flipFusion: true,
    folds: 5,
    missingImages: 'skip',
  });
  assert.equal(
    commandOf(request),
    "glimpse benchmark lfw --data '/faces of O'\\''Neil' --model teacher --model first --teacher tiny " +
      '--resolution 16 --scenario lr-lr,lr-hr --adapt none --hr-backbone teacher --flip --folds 5 ' +
      `--gamma ${request.faceBn.gamma} --lambda ${request.faceBn.lambda} --batch ${request.faceBn.batchSize} ` +
      '--seed 1 --replicates 100 --skip-missing',
  );
});
