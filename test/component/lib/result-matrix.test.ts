// The matrix of a result: columns in the paper's order, gaps where nothing was measured, the best of a column.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MatrixCell, matrixOf } from '../../../src-renderer/lib/result-matrix.ts';

function cell(
  model: string,
  resolutionPx: number,
  scenario: 'lr-lr' | 'lr-hr',
  share: number,
  adaptation = 'none',
): MatrixCell {
  const id = `${model}.${resolutionPx}.${scenario}.${adaptation}`;
  return { id, model, role: 'student', resolutionPx, scenario, adaptation, group: null, share };
}

test('rows by model and mode, LR-LR before LR-HR, small before large', () => {
  const { columns, rows } = matrixOf([
    cell('teacher', 32, 'lr-hr', 0.9),
    cell('teacher', 16, 'lr-hr', 0.8),
    cell('teacher', 16, 'lr-lr', 0.7),
    cell('ours', 16, 'lr-lr', 0.75),
    cell('ours', 16, 'lr-lr', 0.76, 'pooled'),
  ]);
  assert.deepEqual(
    columns.map(({ scenario, resolutionPx }) => `${scenario} ${resolutionPx}`),
    ['lr-lr 16', 'lr-hr 16', 'lr-hr 32'],
  );
  assert.deepEqual(
    rows.map(({ model, adaptation, cells }) => [model, adaptation, cells.map((one) => one?.share ?? null)]),
    [
      ['teacher', 'none', [0.7, 0.8, 0.9]],
      ['ours', 'none', [0.75, null, null]],
      ['ours', 'pooled', [0.76, null, null]],
    ],
  );
  assert.deepEqual(
    columns.map(({ best }) => best),
    [0.76, null, null],
    'nothing is the best of one',
  );
});

test('kinds of probes are columns of their own', () => {
  const one = cell('ours', 16, 'lr-lr', 0.5);
  const { columns } = matrixOf([
    { ...one, group: 'far' },
    { ...one, group: 'close' },
  ]);
  assert.deepEqual(
    columns.map(({ group }) => group),
    ['close', 'far'],
  );
});
