// Option values: what is taken, and the rule that a wrong one is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerFolder, integerParser, numberParser } from '../../../src-main/cli/option-parsers.ts';

test('whole numbers within bounds', () => {
  const parse = integerParser(1, 8);
  assert.deepEqual(['1', '8', '+3'].map(parse), [1, 8, 3]);
  for (const text of ['0', '9', '1.5', '', ' ', 'two', '1e1']) {
    assert.throws(() => parse(text), /expected a whole number from 1 to 8/);
  }
  assert.throws(() => integerParser(0)('-1'), /expected a whole number of at least 0/);
});

test('finite numbers within bounds', () => {
  const parse = numberParser(0, 1);
  assert.deepEqual(['0', '.25', '1e-3', '1'].map(parse), [0, 0.25, 0.001, 1]);
  for (const text of ['-0.1', '1.01', '', ' ', 'NaN', 'Infinity']) {
    assert.throws(() => parse(text), /expected a number from 0 to 1/);
  }
  assert.throws(() => numberParser(0)('Infinity'), /expected a number of at least 0/);
});

test('paths start where npm was called, for our own script alone', () => {
  assert.equal(callerFolder({ INIT_CWD: '/home/ada', npm_lifecycle_event: 'glimpse' }), '/home/ada');
  assert.equal(callerFolder({ INIT_CWD: '/home/ada', npm_lifecycle_event: 'test' }), process.cwd());
  assert.equal(callerFolder({}), process.cwd());
});
