// An ablation plan in the window: started from the form, paused, its worker killed, gone on with, a table in the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workerOf } from '../support/engine-processes.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeWindowHome, putDraft } from '../support/window-home.ts';
import { addAxe, violationsOf } from './axe-page.ts';

for (const name of shellsHere()) {
  test(`${name}: the rows of the paper's ablation, with a pause between, and a kill`, async (t) => {
    const made = await makeWindowHome(await temporaryFolder(t), { identities: 16, images: 4 });
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await putDraft(page, made, 1);
    await addAxe(page);
    await page.getByRole('button', { name: 'Training', exact: true }).click();
    await page.getByRole('button', { name: 'Ablation plan…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Ablation plan' });
    await expect(dialog.getByRole('listitem')).toHaveCount(5);
    await expect(dialog.getByText('Measure the pace first')).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('table');
    await dialog.getByRole('button', { name: 'Train the rows' }).click();

    const panel = page.getByRole('main').getByRole('region', { name: 'table' });
    await expect(panel.getByText('running')).toBeVisible();
    await panel.getByRole('button', { name: 'Pause table' }).click();
    await expect(panel.getByText('paused')).toBeVisible();
    await panel.getByRole('button', { name: 'Resume table' }).click();
    const rows = panel.getByRole('table').getByRole('row');
    const done = rows.filter({ hasText: /\d\.\d\d % ± \d/ });
    await expect(done.first()).toBeVisible();
    process.kill(await workerOf(shell.host.pid as number), 'SIGKILL');
    await expect(panel.getByText('interrupted', { exact: true })).toBeVisible();
    assert.ok((await done.count()) < 5, 'killed before it was whole');
    const first = await done.first().textContent();
    await panel.getByRole('button', { name: 'Resume table' }).click();
    await expect(done).toHaveCount(5);
    assert.equal(await done.first().textContent(), first, 'what was done stays');
    await expect(rows.nth(5)).toContainText('table-cls-iid-rid');
    assert.deepEqual(await violationsOf(page), []);
    await panel.getByRole('button', { name: 'Show run table-cls-rid', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'table-cls-rid' })).toBeVisible();
    assert.deepEqual(shell.complaints, []);
  });
}
