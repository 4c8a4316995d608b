// A researcher benchmarks: says where the data lie, sees the plan, runs, is interrupted by a kill, goes on, reads cells, writes
// a report; and the command that repeats it gives the same numbers.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import type { BenchmarkReport } from '../../src-main/reports/benchmark/report-model.ts';
import { benchmarkBench } from '../support/benchmark-bench.ts';
import { workerOf } from '../support/engine-processes.ts';
import { glimpse } from '../support/glimpse.ts';
import { makeLfwFolder } from '../support/made-faces.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { addAxe, violationsOf } from './axe-page.ts';

for (const name of shellsHere()) {
  test(`${name}: data, plan, run, kill, resume, matrix, cell, report, the same by command`, async (t) => {
    const bench = await benchmarkBench(t);
    const lfw = join(bench.folder, 'lfw');
    await makeLfwFolder(lfw, { folds: 10, pairsPerClass: 4 });
    const shell = await openShell(name, bench);
    t.after(() => shell.close());
    const { page } = shell;
    await page.getByRole('navigation').getByRole('button', { name: 'Benchmarks' }).click();

    await locate(page, lfw);
    await page.getByRole('button', { name: 'Run LFW' }).click();
    const plan = page.getByRole('complementary', { name: 'Plan' });
    await expect(plan.getByText('genuine pairs')).toBeVisible();
    await page.getByRole('checkbox', { name: '32 px' }).uncheck();
    await page.getByRole('checkbox', { name: '64 px' }).uncheck();
    await page.getByRole('checkbox', { name: 'pooled' }).check();
    await expect(plan.getByRole('definition').last()).toHaveText('10');
    await plan.getByRole('button', { name: /^Run benchmark · about/ }).click();
    await expect(plan.getByRole('status')).toContainText('running');
    process.kill(await workerOf(shell.electron?.process().pid ?? shell.host.pid ?? 0), 'SIGKILL');
    await expect(plan.getByRole('status')).toContainText('interrupted');
    await plan.getByRole('button', { name: 'Resume' }).click();

    await readResult(page);
    await lookInEveryTheme(page);
    await writeReport(page, bench.folder);
    const report = await resultOf(bench.home);
    await sameByCommand(report, bench.home);
    await deleteAndUndo(page);
    assert.deepEqual(shell.complaints, []);
  });
}

async function locate(page: Page, lfw: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose data of LFW' }).click();
  const dialog = page.getByRole('dialog', { name: 'Where are the data of LFW?' });
  // Where it opens comes first: what is typed before that is added to.
  await expect(dialog.getByRole('textbox', { name: 'Path' })).not.toHaveValue('');
  await dialog.getByRole('textbox', { name: 'Path' }).fill(lfw);
  await dialog.getByRole('button', { name: 'Go', exact: true }).click();
  await dialog.getByRole('button', { name: 'Choose this folder' }).click();
  await expect(page.getByText('on disk')).toBeVisible();
}

async function readResult(page: Page): Promise<void> {
  const matrix = page.getByRole('table', { name: 'Accuracy by model, resolution and scenario' });
  // Two students with and without FaceBN, the teacher without, the paper's row.
  await expect(matrix.getByRole('row')).toHaveCount(7);
  await expect(matrix.getByRole('row', { name: /AIRD, as printed published 96\.02 91\.52/ })).toBeVisible();
  await matrix.getByRole('button', { name: /Open lfw\.16\.lr-lr\.first\.none/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(matrix.getByRole('button', { name: /Open lfw\.16\.lr-hr\.first\.pooled/ })).toBeFocused();
  await page.keyboard.press('Enter');

  const cell = page.getByRole('region', { name: 'lfw.16.lr-hr.first.pooled', exact: true });
  await expect(cell.getByRole('img', { name: /^ROC/ })).toBeVisible();
  await expect(cell.getByRole('img', { name: /^DET/ })).toBeVisible();
  await expect(cell.getByRole('img', { name: /^Scores, lfw\.16\.lr-hr\.first\.pooled/ })).toBeVisible();
  await expect(cell.getByRole('img', { name: /^Batch-norm means by layer/ })).toBeVisible();
  await cell
    .getByText(/^Table: /)
    .first()
    .click();
  await expect(cell.getByRole('columnheader', { name: 'impostor' })).toBeVisible();
  const worst = cell.getByRole('region', { name: 'Different people, most alike' });
  await expect(worst.getByRole('img', { name: /16 px/ }).first()).toBeVisible();
  await expect(worst.getByRole('img', { name: /112 px/ }).first()).toBeVisible();
  await expect(cell.getByText(/^glimpse benchmark lfw --data/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(matrix).toBeVisible();

  await page.getByRole('tab', { name: 'Figures' }).click();
  await expect(page.getByRole('img', { name: /^ROC/ })).toBeVisible();
  await page.getByRole('tab', { name: 'The paper' }).click();
  await expect(page.getByText('none of these rows was computed here')).toBeVisible();
  await page.getByRole('tab', { name: 'Results' }).click();
}

/** The form, the matrix, a cell and every tab; the places as they are empty are in access.test.ts. */
async function lookInEveryTheme(page: Page): Promise<void> {
  await addAxe(page);
  const problems: string[] = [];
  const look = async (what: string): Promise<void> => {
    for (const violation of await violationsOf(page)) problems.push(`${what}: ${violation}`);
  };
  for (const theme of ['dark', 'light', 'contrast']) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
    }, theme);
    for (const tab of ['Figures', 'Tables', 'The paper', 'Protocol and models', 'Results']) {
      await page.getByRole('tab', { name: tab }).click();
      await look(`${theme}, ${tab}`);
    }
    await page.getByRole('button', { name: /^Open lfw\.16\.lr-lr\.first\.pooled/ }).click();
    await page.getByRole('img', { name: /^ROC/ }).waitFor();
    await look(`${theme}, cell`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Report…' }).click();
    await look(`${theme}, report`);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Run again…' }).click();
    await expect(page.getByRole('button', { name: /^Run benchmark · about/ })).toBeEnabled();
    await page.getByText('More settings').click();
    await look(`${theme}, form`);
    await page.getByRole('complementary', { name: 'Results' }).locator('.list-row').click();
    await page.getByRole('tab', { name: 'Results' }).waitFor();
  }
  assert.deepEqual(problems, []);
}

async function writeReport(page: Page, folder: string): Promise<void> {
  await page.getByRole('button', { name: 'Report…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Write a report' });
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await dialog.getByRole('textbox', { name: 'File name' }).fill('mine');
  await dialog.getByRole('checkbox', { name: 'CSV' }).check();
  await dialog.getByRole('checkbox', { name: 'JSON' }).check();
  await dialog.getByRole('button', { name: 'Write report' }).click();
  await expect(page.getByText(/^The report of lfw-\S+ is written$/)).toBeVisible();
  const [html, pdf, csv, json] = await Promise.all(
    ['html', 'pdf', 'csv', 'json'].map((ending) => readFile(join(folder, `mine.${ending}`), 'latin1')),
  );
  assert.match(html, /^<!doctype html>/);
  assert.match(pdf, /^%PDF-/);
  assert.match(csv, /first/);
  assert.equal((JSON.parse(json) as BenchmarkReport).format, 'glimpse-benchmark');
  assert.deepEqual(
    (await readdir(folder)).filter((file) => file.endsWith('.html')),
    ['mine.html'],
  );

  await page.getByRole('button', { name: 'Report…' }).click();
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await dialog.getByRole('textbox', { name: 'File name' }).fill('mine');
  await dialog.getByRole('button', { name: 'Write report' }).click();
  await expect(page.getByText(/there is a file .*mine\.html already/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
}

async function resultOf(home: string): Promise<BenchmarkReport> {
  const folders = (await readdir(join(home, 'benchmarks'))).filter((entry) => entry.startsWith('lfw-'));
  assert.equal(folders.length, 1);
  const text = await readFile(join(home, 'benchmarks', folders[0], 'result.json'), 'utf8');
  return JSON.parse(text) as BenchmarkReport;
}

/** What stands in the window as the command writes the very same file, with the very same numbers. */
async function sameByCommand(report: BenchmarkReport, home: string): Promise<void> {
  const [, ...words] = report.command.split(' ');
  const { code, err } = await glimpse(words, { home });
  assert.equal(code, 0, err);
  const again = await resultOf(home);
  assert.notEqual(again.createdAt, report.createdAt);
  assert.deepEqual({ ...again, createdAt: report.createdAt }, report);
}

async function deleteAndUndo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete result' }).click();
  await expect(page.getByText('No results yet', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('complementary', { name: 'Results' }).getByText('first, second')).toBeVisible();
}
