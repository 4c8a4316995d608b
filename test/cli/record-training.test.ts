// Training from an MXNet record file: the same pictures give the same network as from folders, also after a stop.

import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../../src-main/common/files.ts';
import { loadNetwork } from '../../src-main/engine/models/student-file.ts';
import { RunFolder } from '../../src-main/engine/training/run-folder.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { madeFace } from '../support/made-faces.ts';
import { writeRecordSet } from '../support/made-records.ts';
import { type TrainingBench, trainingBench, trainWords } from '../support/training-bench.ts';

/** The bench's own faces, in the order of its folders. */
async function benchRecords(bench: TrainingBench): Promise<string> {
  const identities = await Promise.all(
    Array.from({ length: 14 }, (_, identity) =>
      Promise.all(Array.from({ length: 6 }, (_, image) => madeFace(identity, image))),
    ),
  );
  return writeRecordSet(join(bench.folder, 'records'), identities);
}

async function weightsOf(bench: TrainingBench, run: string): Promise<(readonly [string, string])[]> {
  const { parameters } = await loadNetwork(new RunFolder(join(bench.home, 'runs', run)).networkPath);
  return [...parameters].map(([name, { values }]) => [name, sha256(new Uint8Array(values.buffer))] as const);
}

test('train.rec trains the network that its pictures in folders train', async (context) => {
  const bench = await trainingBench(context);
  const options = { home: bench.home };
  const records = await benchRecords(bench);
  const from = (data: string, run: string): string[] =>
    trainWords(bench, run).map((word) => (word === bench.faces ? data : word));

  const { counts } = await glimpseJson(['dataset', 'inspect', records], options);
  const { pictures, identities } = counts as Record<string, number>;
  assert.deepEqual([pictures, identities], [84, 14]);
  await glimpseJson(from(bench.faces, 'folder'), options);
  const trained = await glimpseJson(from(records, 'records'), options);
  assert.equal(trained.reason, 'finished');
  assert.deepEqual(await weightsOf(bench, 'records'), await weightsOf(bench, 'folder'));

  await context.test('the folder that holds the three files will do; resuming finds them again', async () => {
    const { code, err } = await glimpse(from(join(bench.folder, 'records'), 'again'), options);
    assert.equal(code, 0, err);
    assert.deepEqual(await weightsOf(bench, 'again'), await weightsOf(bench, 'folder'));
    const resumed = await glimpseJson(['train', '--resume', '--run', 'again'], options);
    assert.equal(resumed.reason, 'finished');
  });

  await context.test('a file cut short is named, and nothing is trained', async () => {
    await truncate(records, 20_000);
    const message = await glimpseFailure(from(records, 'cut'), options, { code: 'bad-dataset' });
    assert.match(message, /train\.rec/);
    await writeFile(records, 'no records');
    assert.match(await glimpseFailure(from(records, 'none'), options, { code: 'bad-dataset' }), /train\.rec/);
  });
});
