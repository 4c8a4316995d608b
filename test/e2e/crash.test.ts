// Glimpse itself is killed while it trains: opened again it lists the training as interrupted and goes on with it.

import { once } from 'node:events';
import { test } from 'node:test';
import { expect, openShell, shellsHere, startWeb } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { goToTraining, makeWindowHome, putDraft } from '../support/window-home.ts';

for (const name of shellsHere()) {
  test(`${name}: killed while it trains, opened again, resumed`, async (t) => {
    const made = await makeWindowHome(await temporaryFolder(t), { identities: 12, images: 8 });
    const first = await openShell(name, made);
    await putDraft(first.page, made, 6);
    await first.page.getByRole('textbox', { name: 'Name of the run' }).fill('journey');
    await first.page.getByRole('button', { name: /^Start training/ }).click();
    await expect(first.page.getByText(/^1 \/ 6$/)).toBeVisible();
    const gone = once(first.host, 'exit');
    first.host.kill('SIGKILL');
    await gone;
    await first.close().catch(() => {});

    const second = await openShell(name, made);
    t.after(() => second.close());
    const { page } = second;
    await goToTraining(page);
    await page.getByRole('button', { name: /^journey/ }).click();
    const run = page.getByRole('main');
    await expect(run.getByText('interrupted').first()).toBeVisible();
    await expect(run.getByRole('status')).toContainText('Glimpse was closed while it ran');
    await run.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(run.locator('.chip', { hasText: 'finished' })).toBeVisible();
  });
}

test('what could not be read at the start is asked for again', async (t) => {
  if (!shellsHere().includes('web')) return t.skip('there is no Chromium');
  const shell = await openShell('web', { home: await temporaryFolder(t) });
  t.after(() => shell.close());
  const { page } = shell;
  await page.route('**/call', (route) => route.abort());
  await page.reload();
  await expect(page.getByText('Glimpse has ended').first()).toBeVisible();
  await expect(page.getByText('Loading…')).toBeVisible();
  await page.unroute('**/call');
  await expect(page.getByRole('button', { name: 'Try with a sample' })).toBeVisible();
});

test('a second Glimpse on the same data folder is refused in one sentence', async (t) => {
  const home = await temporaryFolder(t);
  const [shell] = shellsHere();
  const first = await openShell(shell, { home });
  t.after(() => first.close());
  const second = startWeb({ home });
  let complaint = '';
  second.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  const [code] = await once(second, 'close');
  expect(code).toBe(1);
  expect(complaint).toMatch(/^glimpse: the data folder .* is held by process \d+/);
  expect(complaint.trim().split('\n')).toHaveLength(1);
});
