// A person trains: two epochs, paused, resumed, the engine killed, gone on with, a branch, two runs overlaid.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { workerOf } from '../support/engine-processes.ts';
import type { OpenShell } from '../support/shells.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { goToTraining, makeWindowHome, putDraft, type WindowHome } from '../support/window-home.ts';

for (const name of shellsHere()) {
  test(`${name}: train, pause, resume, kill the engine, go on, branch, overlay`, async (t) => {
    const made = await makeWindowHome(await temporaryFolder(t), { identities: 24, images: 8 });
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await putDraft(page, made, 12);

    await checkBeforeStart(shell, made);
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('journey');
    await page.getByRole('button', { name: /^Start training/ }).click();

    const run = page.getByRole('main');
    await expect(run.getByText('running').first()).toBeVisible();
    await expect(run.getByText(/^1 \/ 12$/)).toBeVisible();
    await run.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(run.getByText('paused').first()).toBeVisible();
    const before = await epochsOnDisk(made, 'journey');

    await run.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(run.getByText('running').first()).toBeVisible();
    await expect.poll(() => epochsOnDisk(made, 'journey')).toBeGreaterThan(before);
    await killWorker(shell);
    await expect(run.getByText('interrupted').first()).toBeVisible();
    await expect(run.getByRole('status')).toContainText('goes on from its last checkpoint');
    // The other process answers all the while.
    await page.getByRole('button', { name: 'Models', exact: true }).click();
    await expect(page.getByRole('button', { name: 'tiny', exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Training', exact: true }).click();

    await run.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(run.locator('.chip', { hasText: 'finished' })).toBeVisible();
    await page.getByRole('tab', { name: 'Epochs' }).click();
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(13);
    await page.getByRole('tab', { name: 'Samples' }).click();
    await expect(page.getByRole('img', { name: /16 px/ }).first()).toBeVisible();
    const mined = page.getByRole('region', { name: 'Hard positives and negatives' });
    await expect(mined.getByRole('group', { name: 'Hardest negatives' }).getByRole('img')).toHaveCount(16);

    await branch(shell);
    assert.deepEqual(shell.complaints, [], 'the page has nothing to complain of');
  });
}

async function checkBeforeStart({ page }: OpenShell, { pairs }: WindowHome): Promise<void> {
  const checks = page.getByRole('region', { name: 'Before the start' });
  await expect(checks.getByText('192', { exact: true })).toBeVisible();
  await expect(checks.getByText('16', { exact: true })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Validation' })).toHaveValue(pairs);
  await expect(page.getByRole('img', { name: /plain, 16 px/ }).first()).toBeVisible();
  await checks.getByRole('button', { name: 'Measure ten steps' }).click();
  await expect(page.getByRole('button', { name: /^Start training · about/ })).toBeVisible();
}

/** The process that trains, by what the host says of it; killed as a crash would. */
async function killWorker({ electron, page }: OpenShell): Promise<void> {
  const pid = await workerOf(electron?.process().pid ?? process.pid);
  process.kill(pid, 'SIGKILL');
  await expect(page.getByText('was interrupted').first()).toBeVisible();
}

async function branch({ page }: OpenShell): Promise<void> {
  await page.getByRole('button', { name: 'Branch…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Epochs in all' }).fill('14');
  await dialog.getByRole('button', { name: 'Start branch' }).click();
  const run = page.getByRole('main');
  await expect(run.getByRole('heading', { name: 'journey-branch' })).toBeVisible();
  await expect(run.locator('.chip', { hasText: 'finished' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'Overlay journey', exact: true }).check();
  await expect(
    page.getByRole('img', { name: /Loss terms over epochs: journey-branch, journey/ }),
  ).toBeVisible();
}

async function epochsOnDisk({ home }: WindowHome, run: string): Promise<number> {
  const text = await readFile(join(home, 'runs', run, 'metrics.jsonl'), 'utf8').catch(() => '');
  return new Set(text.match(/"kind":"epoch","epoch":\d+/g)).size;
}

test('a name that is suggested while somebody is about to type is replaced, not added to; one that was typed stays', async (t) => {
  if (!shellsHere().includes('web')) return t.skip('there is no Chromium');
  const shell = await openShell('web', { home: await temporaryFolder(t) });
  t.after(() => shell.close());
  const { page } = shell;
  let answer = (): void => {};
  const isInField = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/call', async (route) => {
    if (route.request().postData()?.includes('models.list')) await isInField;
    await route.continue();
  });
  await goToTraining(page);
  const name = page.getByRole('textbox', { name: 'Name of the run' });
  await name.focus();
  await expect(name).toHaveValue('');
  answer();
  await expect(name).toHaveValue('ours-16px-1');
  await page.keyboard.type('journey');
  await expect(name).toHaveValue('journey');
  await page.getByRole('radio', { name: 'Quick' }).click();
  await expect(name).toHaveValue('journey');
});
