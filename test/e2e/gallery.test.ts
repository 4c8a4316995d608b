// A gallery walked through: counts, the grid by keyboard, people renamed, merged, undone; a new one; readable in every theme.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeSearchedHome } from '../support/searched-home.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { addAxe, violationsOf } from './axe-page.ts';

for (const name of shellsHere()) {
  test(`${name}: counts, faces, people, changes, a new gallery`, async (t) => {
    const made = await makeSearchedHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await page.getByRole('navigation').getByRole('button', { name: 'Gallery' }).click();
    await expect(page.getByRole('main').getByRole('heading', { name: 'door' })).toBeVisible();

    await walkFaces(page);
    await pressWhileItChanges(page);
    await changeWithoutBlinking(page);
    await changePeople(page);
    await lookInEveryTheme(page);
    await makeGallery(page);
    await closeGallery(page, made.home);
    assert.deepEqual(shell.complaints, []);
  });
}

async function walkFaces(page: Page): Promise<void> {
  const grid = page.getByRole('group', { name: 'Faces', exact: true });
  const status = page.getByRole('main').getByRole('status');
  await expect(status).toHaveText('96 faces');
  const first = grid.getByRole('button', { name: /^1: person-23 / });
  await expect(first.getByRole('presentation')).toBeVisible();
  await first.focus();
  await page.keyboard.press('End');
  await expect(grid.getByRole('button', { name: /^96: person-00 / })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(grid.getByRole('button', { name: /^95: person-00 / })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(first).toBeFocused();

  await page.getByRole('switch', { name: 'Newest or largest first' }).click();
  await expect(grid.getByRole('button', { name: /^1: person-00 / })).toBeVisible();
  await page.getByRole('radio', { name: 'unknown' }).click();
  await expect(status).toHaveText('0 faces');
  await expect(page.getByText('No face passes these filters.')).toBeVisible();
  await page.getByRole('radio', { name: 'all' }).click();
  await expect(status).toHaveText('96 faces');
}

/** A refresh puts another picture under the pointer between press and release: the click counts all the same. */
async function pressWhileItChanges(page: Page): Promise<void> {
  const card = page.getByRole('group', { name: 'Faces', exact: true }).getByRole('button').first();
  const box = await card.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await card.getByRole('presentation').evaluate((picture) => picture.replaceWith(picture.cloneNode()));
  await page.mouse.up();
  const tracks = page.getByRole('region', { name: /^Tracks of / });
  await tracks.getByRole('button', { name: 'Back' }).click();
  await expect(tracks).toBeHidden();
}

/** What is in sight stays until what was changed is there: a card that goes blank for a moment loses a click. */
async function changeWithoutBlinking(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Rename… person-00' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Ann');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('tab', { name: 'Faces' }).click();
  const grid = page.getByRole('group', { name: 'Faces', exact: true });
  await expect(grid.getByRole('button', { name: /^1: Ann / })).toBeVisible();
  const blanks = await grid.evaluateHandle((element) => {
    const seen: string[] = [];
    new MutationObserver((changes) => {
      for (const { target, removedNodes } of changes) {
        const isBlank = target instanceof Element && target.matches('.card') && !target.querySelector('img');
        if (isBlank) seen.push(target.textContent);
        for (const node of removedNodes)
          if (node instanceof Element && node.matches('.card')) seen.push(`gone: ${node.textContent}`);
      }
    }).observe(element, { childList: true, subtree: true });
    return seen;
  });
  await page.getByRole('region', { name: 'Status' }).getByRole('button', { name: 'Undo' }).click();
  await expect(grid.getByRole('button', { name: /^1: person-00 / })).toBeVisible();
  // Counts are read anew some time after a change.
  await page.waitForTimeout(1000);
  assert.deepEqual(await blanks.jsonValue(), []);
}

async function changePeople(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'People' }).click();
  const table = page.getByRole('table');
  await page.getByRole('searchbox', { name: 'Find a person' }).fill('person-03');
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Rename… person-03' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Ann');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Nobody by that name.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find a person' }).fill('');
  await expect(table.getByRole('button', { name: 'Ann', exact: true })).toBeVisible();
  await page.getByRole('region', { name: 'Status' }).getByRole('button', { name: 'Undo' }).click();
  await expect(table.getByRole('button', { name: 'person-03', exact: true })).toBeVisible();

  await page.getByRole('checkbox', { name: 'Choose person-00' }).check();
  await page.getByRole('checkbox', { name: 'Choose person-01' }).check();
  await page.getByRole('button', { name: 'Merge 2…' }).click();
  await expect(dialog.getByText('person-01 become person-00. It can be undone.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await expect(table.getByRole('row', { name: /person-00 .*8/ })).toBeVisible();
  await table.getByRole('button', { name: 'person-00', exact: true }).click();
  await expect(page.getByRole('main').getByRole('status')).toHaveText('8 faces');
  await page.getByRole('button', { name: 'Everyone again' }).click();

  await page.getByRole('tab', { name: 'Changes' }).click();
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByRole('row').nth(2)).toContainText('undone');
  await table.getByRole('row').nth(1).getByRole('button', { name: 'Undo' }).click();
  await expect(table.getByRole('row').nth(1)).toContainText('undone');
  await page.getByRole('tab', { name: 'People' }).click();
  await expect(table.getByRole('button', { name: 'person-01', exact: true })).toBeVisible();
}

async function lookInEveryTheme(page: Page): Promise<void> {
  await addAxe(page);
  const problems: string[] = [];
  for (const theme of ['dark', 'light', 'contrast']) {
    await page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
    }, theme);
    for (const tab of ['Faces', 'People', 'Spaces', 'Changes']) {
      await page.getByRole('tab', { name: tab }).click();
      for (const violation of await violationsOf(page)) problems.push(`${theme}, ${tab}: ${violation}`);
    }
  }
  assert.deepEqual(problems, []);
}

async function makeGallery(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New gallery…' }).click();
  const dialog = page.getByRole('dialog', { name: 'New gallery' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('../door');
  await dialog.getByRole('button', { name: 'Create gallery' }).click();
  await expect(dialog.getByRole('alert')).toContainText('a name is letters');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('yard');
  await dialog.getByRole('button', { name: 'Create gallery' }).click();
  await expect(page.getByRole('heading', { name: 'The gallery is empty' })).toBeVisible();
}

/** A gallery is one program's at a time: closed here, the command line may have it. */
async function closeGallery(page: Page, home: string): Promise<void> {
  const verify = ['gallery', 'verify', 'yard'];
  await glimpseFailure(verify, { home }, { code: 'in-use' });
  await page.getByRole('button', { name: 'Close gallery' }).click();
  await expect(page.getByRole('heading', { name: 'Choose a gallery' })).toBeVisible();
  assert.deepEqual((await glimpseJson(verify, { home })).problems, []);
  await page.getByRole('main').getByRole('button', { name: 'door' }).click();
  await expect(page.getByRole('main').getByRole('heading', { name: 'door' })).toBeVisible();
}
