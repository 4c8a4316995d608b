import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { inspectRecords } from '../../../../src-main/datasets/protocols/inspect-records.ts';
import { inspectRecordsApart } from '../../../../src-main/datasets/protocols/inspect-records-thread.ts';
import { findRecordFile, openMxnetFaces } from '../../../../src-main/datasets/recordio/mxnet-faces.ts';
import { RecordFile } from '../../../../src-main/datasets/recordio/record-file.ts';
import { framedRecord, writeRecordSet } from '../../../support/made-records.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

const SILENT = ProgressToken.silent();
const IDENTITIES = [
  [tinyPng(8, 8, 1), tinyPng(8, 8, 2)],
  [tinyPng(6, 6, 3)],
  [tinyPng(8, 8, 4), tinyPng(8, 8, 5), tinyPng(9, 8, 6)],
];

test('labels, pictures and counts of a set', async (context) => {
  const folder = await temporaryFolder(context);
  const path = await writeRecordSet(folder, IDENTITIES);
  assert.equal(await findRecordFile(folder), path);
  const set = await openMxnetFaces(path);
  context.after(() => set.close());
  assert.deepEqual([...set.labels], [0, 0, 1, 2, 2, 2]);
  assert.deepEqual(
    [set.identities, set.property, set.problems],
    [3, { identities: 3, heightPx: 112, widthPx: 112 }, []],
  );
  const { width, data } = await set.faces.read(5);
  assert.deepEqual([width, data[0]], [9, 6]);
  const report = await inspectRecords(path, SILENT);
  assert.deepEqual(
    [report.counts.pictures, report.counts.identities, report.counts.unreadable, report.notes],
    [6, 3, 0, []],
  );
});

test('content that holds the magic number comes back whole, by stream and by offset', async (context) => {
  const path = join(await temporaryFolder(context), 'x.rec');
  const magic = Buffer.from([0x0a, 0x23, 0xd7, 0xce]);
  const contents = [
    Buffer.from('plain'),
    Buffer.concat([Buffer.from('four'), magic, Buffer.from('more'), magic, Buffer.from('end')]),
    magic,
    Buffer.concat([Buffer.from('odd'), magic]),
    Buffer.alloc(5 << 20, 7),
  ];
  const framed = contents.map(framedRecord);
  await writeFile(path, Buffer.concat(framed));
  const file = await RecordFile.open(path);
  context.after(() => file.close());
  const seen: Buffer[] = [];
  const offsets: number[] = [];
  for await (const { offset, content } of file.records()) {
    seen.push(Buffer.from(content));
    offsets.push(offset);
  }
  assert.deepEqual(
    seen.map((bytes) => bytes.toString('hex')),
    contents.map((bytes) => bytes.toString('hex')),
  );
  for (const [index, offset] of offsets.entries()) {
    assert.ok(contents[index].equals(await file.readAt(offset)), `record ${index}`);
  }
});

test('a cut-off file is read as far as it goes, and the end named', async (context) => {
  const folder = await temporaryFolder(context);
  const path = await writeRecordSet(folder, IDENTITIES);
  const bytes = await readFile(path);
  // The identity records come last; their index entries now point behind the end.
  await truncate(path, bytes.length - 20);
  await assert.rejects(openMxnetFaces(path), {
    code: 'bad-dataset',
    message: /train\.rec, byte \d+: .*(cut off|ends inside)/,
  });
  const damaged = Buffer.from(bytes);
  const set = await openMxnetFaces(await writeRecordSet(folder, IDENTITIES));
  const third = set.offsets[2];
  await set.close();
  damaged.writeUInt32LE(0x1fffffff, third + 4);
  await writeFile(path, damaged);
  const report = await inspectRecords(path, SILENT);
  assert.match(report.leftOut[0].reason, /the record is cut off: 536870911 bytes are announced/);
  assert.deepEqual(report.notes, ['4 of 6 pictures were not reached']);
});

test('contradictions and damage are named', async (context) => {
  const folder = await temporaryFolder(context);
  const path = await writeRecordSet(folder, [
    [tinyPng(8, 8, 1), Buffer.from('no picture')],
    [tinyPng(8, 8, 2)],
  ]);
  await writeFile(join(folder, 'property'), '7,112,112');
  const report = await inspectRecords(path, SILENT);
  assert.deepEqual(report.notes, ['property says 7 identities, the file has 2']);
  assert.equal(report.leftOut[0].path, 'record 2');
  assert.match(report.leftOut[0].reason, /^is not a JPEG/);

  await writeFile(join(folder, 'property'), 'seven');
  await assert.rejects(openMxnetFaces(path), {
    code: 'bad-dataset',
    message: /property: expected identities,height,width, found "seven"/,
  });
  await writeFile(join(folder, 'property'), '2,112,112');
  await writeFile(join(folder, 'train.idx'), '0\tx\n');
  await assert.rejects(openMxnetFaces(path), {
    code: 'bad-dataset',
    message: /train\.idx, line 1: expected a record's number and offset/,
  });
  await writeFile(join(folder, 'train.idx'), '0\t4\n');
  await assert.rejects(openMxnetFaces(path), {
    code: 'bad-dataset',
    message: /byte 4: no record begins here/,
  });
  await assert.rejects(openMxnetFaces(join(folder, 'none.rec')), {
    code: 'not-found',
    message: /none\.idx does not exist/,
  });
});

test('an inspection in a thread of its own says the same, fails with the same words and stops when told to', async (context) => {
  const folder = await temporaryFolder(context);
  const path = await writeRecordSet(folder, IDENTITIES);
  const reports: string[] = [];
  const token = new ProgressToken(({ stage }) => reports.push(stage), new AbortController().signal);
  assert.deepEqual(await inspectRecordsApart(path, token), await inspectRecords(path, SILENT));
  assert.ok(reports.includes('inspect'));
  await writeFile(join(folder, 'property'), 'seven');
  await assert.rejects(inspectRecordsApart(path, SILENT), {
    code: 'bad-dataset',
    message: /property: expected/,
  });
  const stopped = new AbortController();
  stopped.abort();
  await assert.rejects(inspectRecordsApart(path, new ProgressToken(() => {}, stopped.signal)), {
    code: 'cancelled',
  });
});
