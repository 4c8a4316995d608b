// A person is looked for, compared, decided on, and the case goes out of the house: by mouse, by keyboard alone, with bad files.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { makeSearchedHome, type SearchedHome } from '../support/searched-home.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { addAxe, violationsOf } from './axe-page.ts';

const THEMES = ['Dark', 'Light', 'High contrast'];

for (const name of shellsHere()) {
  test(`${name}: search, compare, decide, case, export`, async (t) => {
    const made = await makeSearchedHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await searchFor(page, made.probes.slice(0, 1));
    await comparePair(page);
    await addSecondFace(page, made);
    await decideThree(page);
    await filterAndThreshold(page);
    await readCase(page);
    await exportCase(page, made);
    await closeAndReopen(page);
    assert.deepEqual(shell.complaints, []);
  });

  test(`${name}: from the result to the decision and the note by keyboard alone`, async (t) => {
    const made = await makeSearchedHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    // The system's own file dialog is nobody's page: the files come as from there.
    await searchFor(page, made.probes.slice(2));
    await page.keyboard.press('Control+1');
    // Out of sight a card has no picture yet, and its name all the same.
    await expect(cards(page).last().locator('img')).toHaveCount(0);
    await expect(cards(page).last()).toHaveAccessibleName(/^Rank \d+, person-/);
    await focusByTab(page, /^Rank 1,/);
    const bar = await cards(page).first().locator('.bar').boundingBox();
    assert.ok(bar !== null && bar.width > 100 && bar.height > 3, `the score's bar is ${JSON.stringify(bar)}`);
    await page.keyboard.press('ArrowRight');
    await expect(cards(page).nth(1)).toBeFocused();
    await page.keyboard.press('End');
    await expect(cards(page).last()).toBeFocused();
    await expect(cards(page).last().locator('img')).toBeVisible();
    await page.keyboard.press('Home');
    await expect(cards(page).first()).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(compared(page)).toContainText('1 · person-07');
    await page.keyboard.press('m');
    await expect(page.getByRole('dialog', { name: 'Which case?' })).toBeVisible();
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await expect(compared(page).getByText('Rank 1: Match')).toBeVisible();
    await expect(compared(page)).toContainText('2 · ');
    await page.keyboard.press('u');
    await expect(compared(page).getByText('Rank 1: Match')).toBeHidden();
    await page.keyboard.press('i');
    await expect(compared(page).getByText('Rank 2: Inconclusive')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(compared(page)).toBeHidden();
    await page.keyboard.press('/');
    await expect(page.locator('#filter-camera')).toBeFocused();

    await page.keyboard.press('Control+3');
    const panel = page.getByRole('region', { name: 'By keyboard' });
    await expect(panel.getByText('Withdrawn')).toBeVisible();
    await focusByTab(page, /^case-note$/);
    await page.keyboard.type('seen twice');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(panel.getByRole('listitem').filter({ hasText: 'seen twice' })).toBeVisible();
    assert.deepEqual(shell.complaints, []);
  });

  test(`${name}: bad files dropped are told in a sentence each, and the good one among them is searched`, async (t) => {
    const made = await makeSearchedHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await goTo(page, 'Search');
    await page.getByRole('switch', { name: 'Pictures are face crops' }).click();
    const good = readFileSync(made.probes[0]);
    await drop(page, [
      { name: 'notes.txt', bytes: Buffer.from('no picture at all') },
      { name: 'empty.png', bytes: Buffer.alloc(0) },
      { name: 'cut.png', bytes: good.subarray(0, 200) },
      { name: 'good.png', bytes: good },
    ]);
    await expect(cards(page).first()).toBeVisible();
    const alerts = page.getByRole('alert');
    await expect(alerts).toHaveCount(3);
    for (const bad of ['notes.txt', 'empty.png', 'cut.png'])
      await expect(alerts.filter({ hasText: bad })).toHaveCount(1);
    assert.deepEqual(shell.complaints, []);
  });

  test(`${name}: axe finds nothing serious in Search and Cases, in every theme`, async (t) => {
    const made = await makeSearchedHome(await temporaryFolder(t));
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await searchFor(page, made.probes.slice(0, 2));
    await addAxe(page);
    await cards(page).first().click();
    await page.keyboard.press('Enter');
    await expect(compared(page).getByRole('img').first()).toBeVisible();
    await page.keyboard.press('n');
    await page.getByRole('dialog').waitFor();
    const problems: string[] = [];
    const look = async (what: string): Promise<void> => {
      for (const violation of await violationsOf(page)) problems.push(`${what}: ${violation}`);
    };
    await look('the case dialog');
    await page.getByRole('textbox', { name: 'New case' }).fill('Looks');
    await page.keyboard.press('Enter');
    await expect(compared(page).getByText('Rank 1: No match')).toBeVisible();
    for (const theme of THEMES) {
      await goTo(page, 'Settings');
      await page.getByRole('radio', { name: theme, exact: true }).click();
      await goTo(page, 'Search');
      await expect(compared(page)).toBeVisible();
      await look(`${theme}, Search`);
      await goTo(page, 'Cases');
      await page.getByRole('region', { name: 'Looks' }).getByRole('table').waitFor();
      await look(`${theme}, timeline`);
      await page.getByRole('tab', { name: 'Audit' }).click();
      await page.getByText('The log is whole').waitFor();
      await look(`${theme}, audit`);
    }
    assert.deepEqual(problems, []);
  });
}

function cards(page: Page) {
  return page.getByRole('button', { name: /^Rank \d+,/ });
}

function compared(page: Page) {
  return page.getByRole('region', { name: 'Compare' });
}

async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(place);
}

async function searchFor(page: Page, paths: readonly string[]): Promise<void> {
  await goTo(page, 'Search');
  await page.getByRole('switch', { name: 'Pictures are face crops' }).click();
  await page.locator('input[type="file"]').setInputFiles([...paths]);
  await expect(cards(page).first()).toBeVisible();
}

/** The made faces of a person have their colours in common, so the first answer is theirs. */
async function comparePair(page: Page): Promise<void> {
  await expect(cards(page).first()).toHaveAccessibleName(/person-03/);
  await cards(page).first().dblclick();
  await expect(compared(page)).toContainText('1 · person-03');
  await expect(compared(page).getByText(/strangers would score this high/)).toBeVisible();
  const strip = compared(page).getByRole('button', { name: /^Search this face: / });
  await expect(strip).toHaveCount(4);
  // PNG of one camera, JPEG of the other.
  await expect
    .poll(() =>
      strip.locator('img').evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth)),
    )
    .toEqual([112, 112, 112, 112]);
  await expect(compared(page).getByRole('rowheader', { name: 'hall' })).toBeVisible();
  await compared(page).getByRole('radio', { name: 'Split' }).click();
  await compared(page).getByRole('slider', { name: 'Gamma' }).fill('1.5');
  await expect(compared(page).getByText('view: Gamma 1.5')).toBeVisible();
  await compared(page).getByRole('button', { name: 'Reset view' }).click();
  await expect(compared(page).getByText('pixels as stored')).toBeVisible();
}

async function addSecondFace(page: Page, { probes }: SearchedHome): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles([probes[1]]);
  await expect(page.getByRole('heading', { name: 'Fused: 2 faces' })).toBeVisible();
  const gains = compared(page).getByRole('table', { name: 'What each probe face adds' });
  await expect(gains.getByRole('row')).toHaveCount(3);
}

async function decideThree(page: Page): Promise<void> {
  await compared(page).getByRole('textbox', { name: 'Note to the decision' }).fill('the same scar');
  await compared(page)
    .getByRole('button', { name: /^Match/ })
    .click();
  await page.getByRole('textbox', { name: 'New case' }).fill('Station north');
  await page.getByRole('button', { name: 'Make the case' }).click();
  await expect(compared(page).getByText('Rank 1: Match')).toBeVisible();
  await compared(page)
    .getByRole('button', { name: /^No match/ })
    .click();
  await expect(compared(page).getByText('Rank 2: No match')).toBeVisible();
  await compared(page)
    .getByRole('button', { name: /^Inconclusive/ })
    .click();
  await expect(compared(page).getByText('Rank 3: Inconclusive')).toBeVisible();
  await compared(page).getByRole('button', { name: 'Close compare' }).click();
}

async function filterAndThreshold(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Threshold' }).fill('1');
  await expect(page.getByText('Nothing reaches the threshold')).toBeVisible();
  await expect(page.getByText(/The best answer came to 0\.\d{3}/)).toBeVisible();
  await page.getByRole('button', { name: 'Lower the threshold to it' }).click();
  await expect(cards(page).first()).toBeVisible();
  await expect(page.getByText(/expect .* false matches/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Tags' }).fill('nobody');
  await expect(page.getByText('No face of the gallery passes the filters')).toBeVisible();
  await expect(page.getByText(/Without filters the best answer is person-03/)).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(cards(page).first()).toBeVisible();
}

async function readCase(page: Page): Promise<void> {
  await goTo(page, 'Cases');
  const panel = page.getByRole('region', { name: 'Station north' });
  await expect(panel.getByText('the same scar')).toBeVisible();
  await expect(panel.getByRole('row', { name: /person-03.*Match/ }).first()).toBeVisible();
  await panel.getByRole('textbox', { name: 'Note' }).fill('ask the guard');
  await panel.getByRole('button', { name: 'Add note' }).click();
  await expect(panel.getByRole('listitem').filter({ hasText: 'ask the guard' })).toBeVisible();
  await panel.getByRole('tab', { name: 'Audit' }).click();
  await expect(panel.getByText('The log is whole, and the case is as it says')).toBeVisible();
  await expect(panel.getByRole('cell', { name: 'case.decision-added' })).toHaveCount(3);
}

async function exportCase(page: Page, { home }: SearchedHome): Promise<void> {
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export Station north' });
  await dialog.getByRole('textbox', { name: 'Into' }).fill(home);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('north');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText(/^Exported: \d+ files$/)).toBeVisible();
  assert.equal(readFileSync(join(home, 'north.zip')).subarray(0, 2).toString(), 'PK');
  // Nothing is written over.
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('north.zip exists already');
  await dialog.getByRole('radio', { name: 'One PDF' }).click();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('SHA-256 of the PDF')).toBeVisible();
  assert.equal(readFileSync(join(home, 'north.pdf')).subarray(0, 4).toString(), '%PDF');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('north.pdf exists already');
  await dialog.getByRole('button', { name: 'Close', exact: true }).first().click();
}

async function closeAndReopen(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close case' }).click();
  await expect(page.getByRole('button', { name: 'Reopen case' })).toBeVisible();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await expect(page.getByText('The case is closed: reopen it to add to it.')).toBeVisible();
  await page.getByRole('button', { name: 'Reopen case' }).click();
  await expect(page.getByRole('textbox', { name: 'Note' })).toBeVisible();
}

/** Tab until the focused element's name, or id where it has none, matches. */
async function focusByTab(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? (element?.id || (element?.textContent ?? '').trim());
    });
    if (name.test(focused)) return;
    seen.push(focused.slice(0, 20));
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never reaches ${name}: ${seen.join(' | ')}`);
}

async function drop(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
): Promise<void> {
  const transfer = await page.evaluateHandle(
    (sent) => {
      const data = new DataTransfer();
      for (const { name, bytes } of sent) data.items.add(new File([new Uint8Array(bytes)], name));
      return data;
    },
    files.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
  );
  await page.getByRole('group', { name: 'Search' }).dispatchEvent('drop', { dataTransfer: transfer });
}
