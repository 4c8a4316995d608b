import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePairsFile } from '../../../src-main/datasets/lfw-pairs-file.ts';

const TWO_FOLDS = ['2\t1', 'Ann\t1\t4', 'Ann\t1\tBob\t2', 'Cy\t1\t3', 'Cy\t2\tDee\t10'];

function parse(lines: readonly string[], ending = '\n') {
  return parsePairsFile(lines.join(ending), 'set/pairs.txt');
}

function messageFor(lines: readonly string[]): string {
  try {
    parse(lines);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error);
    assert.equal(error.code, 'bad-dataset');
    return error.message;
  }
  throw new assert.AssertionError({ message: 'expected a refusal' });
}

test('folds by position, genuine and impostor lines by their fields', () => {
  assert.deepEqual(parse(TWO_FOLDS), {
    folds: 2,
    pairs: [
      { left: { name: 'Ann', number: 1 }, right: { name: 'Ann', number: 4 }, isGenuine: true, fold: 0 },
      { left: { name: 'Ann', number: 1 }, right: { name: 'Bob', number: 2 }, isGenuine: false, fold: 0 },
      { left: { name: 'Cy', number: 1 }, right: { name: 'Cy', number: 3 }, isGenuine: true, fold: 1 },
      { left: { name: 'Cy', number: 2 }, right: { name: 'Dee', number: 10 }, isGenuine: false, fold: 1 },
    ],
  });
});

test('line endings, blank lines, a byte order mark, spaces for tabs, zeros in front', () => {
  const expected = parse(TWO_FOLDS);
  assert.deepEqual(parse(TWO_FOLDS, '\r\n'), expected);
  assert.deepEqual(parse(['\uFEFF2 1', '', ...TWO_FOLDS.slice(1), '', '  ']), expected);
  assert.deepEqual(parse(['2 1', 'Ann  0001 4', 'Ann 1  Bob 0002', ' Cy 1 3 ', 'Cy 2 Dee 10']), expected);
});

test('names may hold spaces where tabs separate', () => {
  const [genuine, impostor] = parse(['1\t1', 'Ann B\t1\t2', 'Ann B\t1\tBob C\t2']).pairs;
  assert.equal(genuine.left.name, 'Ann B');
  assert.equal(impostor.right.name, 'Bob C');
});

test('a header of one number is one fold (pairsDevTest.txt)', () => {
  const file = parse(['2', 'A\t1\t2', 'B\t1\t2', 'A\t1\tB\t1', 'A\t2\tB\t2']);
  assert.equal(file.folds, 1);
  assert.equal(file.pairs.length, 4);
});

test('a malformed line is refused with its number and content', () => {
  const rule = 'expected "name i j" (two images of one person) or "name i name j" (two people), found';
  const bad = [
    'Ann\t1',
    'Ann\t1\tx',
    'Ann\t0\t2',
    'Ann\t-1\t2',
    'Ann\t1\t2\t3\t4',
    'Ann\t1\t1', // the same image twice
    'Ann\t1\tAnn\t2', // an impostor pair of one person
    '../up\t1\t2',
    'a/b\t1\t2',
    '..\t1\t2',
  ];
  for (const line of bad) {
    assert.equal(
      messageFor(['1\t1', '', line, 'A\t1\tB\t1']),
      `set/pairs.txt, line 3: ${rule} ${JSON.stringify(line)}`,
    );
  }
  assert.match(messageFor(['1 1', 'x'.repeat(5000), 'A 1 B 1']), /found "x{80}…"$/);
});

test('header and counts', () => {
  assert.equal(messageFor(['', ' ']), 'set/pairs.txt is empty: its first line must be "folds pairs"');
  for (const header of ['Ann\t1\t4', 'x', '0\t300', '1.5 2', '10 -3']) {
    assert.equal(
      messageFor([header, 'A 1 2', 'A 1 B 1']),
      `set/pairs.txt, line 1: expected "folds pairs", two whole numbers from 1, found ${JSON.stringify(header)}`,
    );
  }
  assert.equal(
    messageFor(['5\t300', ...TWO_FOLDS.slice(1)]),
    'set/pairs.txt has 4 pairs, but its header "5\t300" announces 5 × 2 × 300 = 3000',
  );
  assert.equal(
    messageFor(['2 1', 'A 1 2', 'A 1 B 1', 'C 1 2', 'C 1 3']),
    'set/pairs.txt: fold 2 has 2 genuine and 0 impostor pairs, its header asks for 1 of each',
  );
});
