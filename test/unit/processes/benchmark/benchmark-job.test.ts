import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { runBenchmark } from '../../../../src-main/processes/benchmark/benchmark-job.ts';
import { commandOf } from '../../../../src-main/processes/benchmark/command-text.ts';
import { planBenchmark } from '../../../../src-main/processes/benchmark/plan.ts';
import type { BenchmarkRequest } from '../../../../src-main/processes/benchmark/request.ts';
import { checkAssertions, parseAssertion } from '../../../../src-main/reports/benchmark/assertions.ts';
import { checkReport } from '../../../../src-main/reports/benchmark/check-report.ts';
import { reportCsv } from '../../../../src-main/reports/benchmark/report-csv.ts';
import { reportHtml } from '../../../../src-main/reports/benchmark/report-html.ts';
import type { BenchmarkReport } from '../../../../src-main/reports/benchmark/report-model.ts';
import { benchmarkBench } from '../../../support/benchmark-bench.ts';
import { madeFace, makeLfwFolder } from '../../../support/made-faces.ts';
import { pickledSet } from '../../../support/made-pickle.ts';

const SILENT = ProgressToken.silent();
const LFW = { folds: 10, pairsPerClass: 2 };

async function run(request: BenchmarkRequest): Promise<BenchmarkReport> {
  const { report } = await runBenchmark(request, () => {}, SILENT);
  // What is written is JSON: nothing of a report may get lost in it.
  const again = JSON.parse(JSON.stringify(report)) as BenchmarkReport;
  assert.deepEqual(again, report);
  assert.deepEqual(checkReport(again).differences, []);
  return again;
}

test("a cell's own command computes that cell alone, with the same numbers", async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  const request = bench.request('lfw', lfw, {
    models: ['second', 'teacher', 'first'],
    adaptations: ['none', 'pooled'],
  });
  const cell = (await run(request)).cells.find(({ id }) => id === 'lfw.16.lr-hr.first.pooled');
  assert.ok(cell);
  const parts = { models: ['first'], scenarios: ['lr-hr'], adaptations: ['pooled'] } as const;
  assert.equal(cell.command, commandOf({ ...request, ...parts }));
  const alone = await run({ ...request, ...parts });
  assert.deepEqual(alone.cells, [cell]);
});

test('LFW: cells, comparisons, cache, plan', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  const request = bench.request('lfw', lfw, {
    models: ['first', 'second', 'teacher'],
    adaptations: ['none', 'pooled', 'online'],
    resolutions: [16, 32],
  });
  const before = await planBenchmark(request, SILENT);
  assert.ok(before.steps.every(({ missing }) => missing === 40));
  const report = await run(request);
  assert.deepEqual(
    report.cells.map(({ id }) => id.replace('lfw.', '')),
    [
      ...['first', 'second'].flatMap((name) =>
        ['lr-lr', 'lr-hr'].flatMap((scenario) =>
          ['none', 'pooled', 'online'].map((mode) => `16.${scenario}.${name}.${mode}`),
        ),
      ),
      ...['16', '32'].flatMap((px) => ['lr-lr', 'lr-hr'].map((scenario) => `${px}.${scenario}.tiny.none`)),
    ],
  );
  assert.deepEqual(report.notComputed, [
    { what: 'students at 32 px', reason: 'no student of that resolution was named' },
  ]);
  assert.equal(report.cells[0].kind === 'pairs' && report.cells[0].measured.folds, 10);
  assert.ok(report.layers.length > 10 && report.layers.every(({ adaptation }) => adaptation === 'pooled'));
  const compared = report.paired.map(({ first, second }) => `${first} ${second}`);
  assert.ok(compared.includes('lfw.16.lr-lr.first.pooled lfw.16.lr-lr.second.pooled'), compared.join('\n'));
  assert.ok(compared.includes('lfw.16.lr-hr.first.online lfw.16.lr-hr.tiny.none'), 'model_I stands second');
  assert.ok(compared.includes('lfw.16.lr-lr.second.online lfw.16.lr-lr.second.none'));
  assert.ok(report.paired.every(({ first }) => !first.includes('.tiny.')));

  const after = await planBenchmark(request, SILENT);
  assert.ok(after.steps.every(({ missing }) => missing === 0));
  const again = await runBenchmark(request, () => {}, SILENT);
  assert.equal(again.usedRuntime, false, 'everything came from the cache');
  assert.deepEqual(JSON.parse(JSON.stringify(again.report.cells)), report.cells);
});

test('a .bin of the same pairs gives the same scores; flip fusion and folds change them', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  const folder = await run(bench.request('lfw', lfw));
  const lines = (await readFile(join(lfw, 'pairs.txt'), 'utf8')).trim().split('\n').slice(1);
  const pairs = lines.map((line) => line.split('\t'));
  const imageOf = (name: string, number: string) =>
    readFile(join(lfw, 'lfw', name, `${name}_000${number}.png`));
  const images = await Promise.all(
    pairs.flatMap((fields) =>
      fields.length === 3
        ? [imageOf(fields[0], fields[1]), imageOf(fields[0], fields[2])]
        : [imageOf(fields[0], fields[1]), imageOf(fields[2], fields[3])],
    ),
  );
  const bin = join(bench.folder, 'lfw.bin');
  await writeFile(
    bin,
    pickledSet(
      images,
      pairs.map((fields) => fields.length === 3),
    ),
  );
  const packed = await run(bench.request('lfw', bin));
  const scoresOf = (report: BenchmarkReport) =>
    report.cells.map((cell) => (cell.kind === 'pairs' ? cell.scores.map((score) => score.toFixed(5)) : []));
  assert.deepEqual(scoresOf(packed), scoresOf(folder));
  const [cell] = packed.cells;
  assert.equal(cell.kind === 'pairs' && cell.measured.intervalKind, 'pairs');
  const flipped = await run(bench.request('lfw', lfw, { flipFusion: true, folds: 2 }));
  assert.notDeepEqual(scoresOf(flipped), scoresOf(folder));
  assert.equal(flipped.cells[0].kind === 'pairs' && flipped.cells[0].measured.folds, 2);
});

test('reports hold what they promise and escape what they are told', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  const report = await run(
    bench.request('lfw', lfw, { models: ['first', 'teacher'], command: 'glimpse <script>alert(1)</script>' }),
  );
  const page = reportHtml(report);
  for (const text of [
    'Summary',
    'published',
    'ROC',
    'DET',
    'Worst errors',
    'Degradation',
    'Limits',
    'SHA-256',
    'a = −0.5',
  ]) {
    assert.ok(page.includes(text), text);
  }
  assert.ok(!page.includes('<script'), 'nothing that is told becomes markup');
  assert.match(page, /data:image\/png;base64,/);
  assert.match(page, /Person_1\/Person_1_0001\.png|Person_\d+\/Person_\d+_000\d\.png/);
  const shared = reportHtml(report, { aggregatesOnly: true });
  assert.doesNotMatch(shared, /data:image|Person_\d/);
  const csv = reportCsv(report);
  assert.match(csv, /^table,row,column,value\r\nresults,1,model,first\r\n/);
  assert.equal(csv.match(/^scores lfw\.16\.lr-lr\.first\.none,/gm)?.length, 40);
});

test('a changed number, score or label is found', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  const report = await run(bench.request('lfw', lfw, { models: ['first', 'second'] }));
  const copyOf = () =>
    structuredClone(report) as unknown as {
      cells: { scores: number[]; measured: Record<string, unknown> }[];
      pairs: { isGenuine: number[] };
      paired: { comparison: { pValue: number } }[];
    };
  const first = copyOf();
  first.cells[0].measured.auc = 0.999;
  assert.match(
    checkReport(first as unknown as BenchmarkReport).differences.join('\n'),
    /lfw\.16\.lr-lr\.first\.none\.auc: 0\.999 stands there/,
  );
  const second = copyOf();
  second.cells[1].scores[3] += 0.5;
  assert.ok(checkReport(second as unknown as BenchmarkReport).differences.length > 0);
  const third = copyOf();
  third.pairs.isGenuine[0] = 0;
  assert.ok(
    checkReport(third as unknown as BenchmarkReport).differences.some((line) =>
      line.startsWith('data.genuinePairs'),
    ),
  );
  const fourth = copyOf();
  fourth.paired[0].comparison.pValue = 0.5;
  assert.ok(checkReport(fourth as unknown as BenchmarkReport).differences.length > 0);
  const fifth = copyOf();
  fifth.cells[0].scores[0] = Number.NaN;
  assert.match(checkReport(fifth as unknown as BenchmarkReport).differences[0], /must be finite numbers/);
});

test('UCCS: the final layer is fine-tuned, top-1 and top-5 are reported', async (context) => {
  const bench = await benchmarkBench(context);
  const root = join(bench.folder, 'uccs');
  await mkdir(join(root, 'images'), { recursive: true });
  const rows = ['FILE,FACE_ID,SUBJECT_ID,FACE_X,FACE_Y,FACE_WIDTH,FACE_HEIGHT'];
  for (let subject = 0; subject < 6; subject++) {
    for (let image = 0; image < 6; image++) {
      await writeFile(join(root, 'images', `${subject}-${image}.png`), await madeFace(subject, image));
      rows.push(`${subject}-${image}.png,${rows.length},${subject},10,10,90,90`);
    }
  }
  await writeFile(join(root, 'training.csv'), rows.join('\n'));
  const report = await run(bench.request('uccs', root, { adaptations: ['none', 'calibrated'] }));
  assert.deepEqual(
    report.cells.map(({ id, kind }) => [id, kind]),
    [
      ['uccs.16.lr-lr.first.none', 'closed-set'],
      ['uccs.16.lr-lr.first.calibrated', 'closed-set'],
    ],
  );
  assert.match(report.notComputed.map(({ reason }) => reason).join('\n'), /no full-resolution side/);
  const [cell] = report.cells;
  assert.ok(cell.kind === 'closed-set' && cell.measured.cmc[0].rate > 0.5, JSON.stringify(cell.measured));
  assert.ok(reportHtml(report).includes('top-5'));
});

test('QMUL-SurvFace: ranks, and DIR refused where there are too few strangers', async (context) => {
  const bench = await benchmarkBench(context);
  const root = join(bench.folder, 'survface');
  const write = async (folder: string, name: string, person: number, image: number) => {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, `${name}.png`), await madeFace(person, image));
  };
  for (let person = 1; person <= 5; person++) {
    await write('gallery', `${person}_cam1_1`, person, 1);
    await write('gallery', `${person}_cam1_2`, person, 2);
    await write('mated_probe', `${person}_cam2_3`, person, 3);
  }
  for (let stranger = 0; stranger < 40; stranger++)
    await write('unmated_probe', `x${stranger}`, 100 + stranger, 1);
  const report = await run(bench.request('survface', root, { models: ['teacher'] }));
  const [cell] = report.cells;
  assert.ok(cell.kind === 'search');
  assert.deepEqual([cell.measured.mated, cell.measured.nonMated], [5, 40]);
  assert.deepEqual(
    cell.measured.openSet.map(({ kind, targetFpir }) => [targetFpir, kind]),
    [
      [0.3, 'supported'],
      [0.2, 'refused'],
      [0.1, 'refused'],
      [0.01, 'refused'],
    ],
  );
  assert.ok(reportHtml(report).includes('DIR@FAR 0.3'));
});

test('TinyFace: ranks count pictures, and mAP is reported', async (context) => {
  const bench = await benchmarkBench(context);
  const root = join(bench.folder, 'tinyface', 'Testing_Set');
  const write = async (folder: string, name: string, person: number, image: number) => {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, `${name}.png`), await madeFace(person, image));
  };
  for (let person = 1; person <= 4; person++) {
    await write('Gallery_Match', `${person}_1`, person, 1);
    await write('Gallery_Match', `${person}_2`, person, 2);
    await write('Probe', `${person}_3`, person, 3);
    await write('Gallery_Distractor', `${person}`, 100 + person, 1);
  }
  const report = await run(
    bench.request('tinyface', join(bench.folder, 'tinyface'), { models: ['teacher'] }),
  );
  const [cell] = report.cells;
  assert.ok(cell.kind === 'search' && cell.averagePrecisions?.length === 4);
  const { meanAveragePrecision: found, cmc } = cell.measured;
  assert.ok(found && found.mean > 0 && found.mean <= 1 && found.interval.low <= found.mean);
  // The best of two mates decides the rank, both the precision.
  assert.ok(found.mean <= cmc[0].rate + (1 - cmc[0].rate) / 2);
  assert.ok(reportHtml(report).includes('mAP') && reportCsv(report).includes('mAP'));
  const [held, missed] = checkAssertions(
    ['tinyface.16.lr-lr.map>=0', 'tinyface.16.lr-lr.map>100'].map(parseAssertion),
    report,
  );
  assert.deepEqual([held.holds, missed.holds], [true, false]);
});

test('what cannot be computed is said, and nothing at all is bad usage', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  await assert.rejects(run(bench.request('lfw', lfw, { resolutions: [64] })), {
    code: 'bad-usage',
    message: /nothing can be computed \(first: it sees 16 px faces, which were not asked for/,
  });
  await assert.rejects(run(bench.request('lfw', lfw, { models: ['first', 'first'] })), {
    code: 'bad-usage',
    message: /names first twice/,
  });
  await assert.rejects(run(bench.request('lfw', lfw, { models: ['none'] })), {
    code: 'not-found',
    message: /there is no student none/,
  });
});

test('an image that does not decode costs its pairs, and is named', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  await writeFile(join(lfw, 'lfw', 'Person_0', 'Person_0_0001.png'), 'no picture');
  const report = await run(bench.request('lfw', lfw, { scenarios: ['lr-lr'] }));
  assert.equal(report.data.counts.pairs, 38);
  assert.deepEqual(
    report.data.leftOut.map(({ path }) => path),
    ['Person_0/Person_0_0001.png'],
  );
  assert.ok(
    report.limits.some((line) =>
      /2 pairs of the protocol were left out: results are not comparable/.test(line),
    ),
  );
});

test('pairs naming unknown people are refused by name, or left out where that is asked for', async (context) => {
  const bench = await benchmarkBench(context);
  const lfw = join(bench.folder, 'lfw');
  await makeLfwFolder(lfw, LFW);
  const pairs = await readFile(join(lfw, 'pairs.txt'), 'utf8');
  await writeFile(join(lfw, 'pairs.txt'), pairs.replace('Person_3\t1\t2', 'Nobody\t1\t2'));
  await assert.rejects(run(bench.request('lfw', lfw)), {
    code: 'bad-dataset',
    message: /names images that are absent from .*: 2 missing \(Nobody\/Nobody_0001, Nobody\/Nobody_0002\)/,
  });
  const report = await run(bench.request('lfw', lfw, { missingImages: 'skip' }));
  assert.deepEqual(
    report.data.leftOut.map(({ path }) => path),
    ['Nobody/Nobody_0001', 'Nobody/Nobody_0002'],
  );
  assert.equal(report.data.counts.pairsLeftOut, 1);
});
