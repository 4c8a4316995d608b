// Everybody can use it: axe finds nothing serious in any place and theme; a whole training by keyboard alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeWindowHome, putDraft } from '../support/window-home.ts';
import { addAxe, violationsOf } from './axe-page.ts';

const PLACES = ['Search', 'Gallery', 'Cases', 'Training', 'Benchmarks', 'Models', 'Settings'];
const THEMES = ['Dark', 'Light', 'High contrast'];

for (const name of shellsHere()) {
  test(`${name}: no serious violation in any place, in every theme, nor in the overlays`, async (t) => {
    const made = await makeWindowHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await putDraft(page, made);
    await addAxe(page);
    const rail = page.getByRole('navigation', { name: 'Places' });
    const problems: string[] = [];
    const look = async (what: string): Promise<void> => {
      for (const violation of await violationsOf(page)) problems.push(`${what}: ${violation}`);
    };
    for (const theme of THEMES) {
      await rail.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('radio', { name: theme, exact: true }).click();
      await expect(page.getByRole('radio', { name: theme, exact: true })).toBeChecked();
      for (const place of PLACES) {
        await rail.getByRole('button', { name: place }).click();
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(place);
        if (place === 'Training') await page.getByRole('img', { name: /16 px/ }).first().waitFor();
        if (place === 'Models') await page.getByRole('button', { name: 'tiny', exact: true }).waitFor();
        await look(`${theme}, ${place}`);
      }
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await look(`${theme}, commands`);
      await closeDialog(page);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
      await look(`${theme}, shortcuts`);
      await closeDialog(page);
      await rail.getByRole('button', { name: 'Models' }).click();
      await page.getByRole('button', { name: 'Import teacher…' }).click();
      await look(`${theme}, import`);
      await closeDialog(page);
    }
    assert.deepEqual(problems, []);
    assert.deepEqual(shell.complaints, []);
  });

  test(`${name}: a training from start to finish by keyboard alone`, async (t) => {
    const made = await makeWindowHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await putDraft(page, made);

    await page.keyboard.press('Control+6');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Models');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('training');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Training');

    // The folder dialog: open, walk, choose.
    await tabTo(page, 'Data: Browse…');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
    await expect(dialog.getByRole('textbox', { name: 'Path' })).toHaveValue(made.faces);
    await tabTo(page, 'person-00');
    await page.keyboard.press('End');
    await expect(dialog.getByRole('button', { name: 'person-11' })).toBeFocused();
    await page.keyboard.press('Home');
    await page.keyboard.type('person-05');
    await expect(dialog.getByRole('button', { name: 'person-05' })).toBeFocused();
    await tabTo(page, 'Choose this folder');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();

    await tabTo(page, 'Name of the run');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('by-hand');
    await tabTo(page, 'Start training');
    await page.keyboard.press('Enter');
    const run = page.getByRole('main');
    await expect(run.getByRole('heading', { name: 'by-hand' })).toBeVisible();
    await expect(run.locator('.chip', { hasText: 'finished' })).toBeVisible();
    await page.keyboard.press('Control+6');
    await expect(page.getByRole('button', { name: 'by-hand', exact: true })).toBeVisible();
    assert.deepEqual(shell.complaints, []);
  });
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

/** Tab until the focused element begins with the name; fails after a round of the page. */
async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 120; presses++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.id ? document.querySelector(`label[for="${element.id}"]`) : null;
      return (element?.getAttribute('aria-label') ?? label?.textContent ?? element?.textContent ?? '').trim();
    });
    if (focused.startsWith(name)) return;
    seen.push(focused.slice(0, 24));
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never reaches ${name}: ${seen.join(' | ')}`);
}
