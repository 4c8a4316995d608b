import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { csvLine } from '../../../src-main/reports/csv.ts';

test('cells that a spreadsheet would run get an apostrophe; numbers and other text stay', () => {
  const cells = ['=1+1', '+SUM(A1)', '-2+3', '@x', '\tx', '＝1', '-5', '-5.5e3', -7, 'a=b', "it's", null];
  const [read] = parse(csvLine(cells)) as string[][];
  assert.deepEqual(read, [
    "'=1+1",
    "'+SUM(A1)",
    "'-2+3",
    "'@x",
    "'\tx",
    "'＝1",
    '-5',
    '-5.5e3',
    '-7',
    'a=b',
    "it's",
    '',
  ]);
});

test('quotes, commas, breaks and spaces at the ends come back as they were', () => {
  const cells = ['a "b"', 'c,d', 'e\nf\r\ng', ' h ', '../../etc', `'); DROP TABLE faces;--`];
  assert.deepEqual(parse(csvLine(cells)), [cells]);
});
