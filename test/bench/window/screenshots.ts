// README's pictures of each place, from the sample project and whatever runs and results a data folder has.
//   xvfb-run -a node test/bench/window/screenshots.ts <data folder> <folder for the pictures> [dark|light] [web|electron]
// The sample is made where it is missing. Nothing of real faces is opened: look at each picture before it is committed.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, openShell, type ShellName } from '../../support/shells.ts';

const SIZE = { width: 1440, height: 900 };
/** Charts draw themselves in. */
const SETTLED_MS = 1200;

const [home, folder, theme = 'dark', shellName = 'web'] = process.argv.slice(2);
if (home === undefined || folder === undefined)
  throw new Error('usage: screenshots.ts <data folder> <folder for the pictures> [theme] [shell]');

async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(place);
}

async function take(page: Page, name: string): Promise<void> {
  // No toast, no hover.
  for (const close of await page.getByRole('status').getByRole('button', { name: 'Close' }).all())
    await close.click().catch(() => {});
  await page.mouse.move(0, 0);
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function search(page: Page): Promise<void> {
  await goTo(page, 'Search');
  const cards = page.getByRole('button', { name: /^Rank \d+,/ });
  const sample = page.getByRole('button', { name: 'Try with a sample' });
  const probe = page.getByRole('button', { name: /probe/i });
  await expect(cards.or(sample).or(probe).first()).toBeVisible();
  if (await sample.isVisible()) await sample.click();
  await expect(cards.first()).toBeVisible();
  const more = page.getByRole('button', { name: 'One more picture of this person' });
  while (await more.isVisible()) {
    await more.click();
    await page.waitForTimeout(SETTLED_MS);
  }
  await take(page, 'search-results');
  await cards.first().dblclick();
  await expect(page.getByRole('region', { name: 'Compare' })).toBeVisible();
  await take(page, 'search');
}

async function gallery(page: Page): Promise<void> {
  await goTo(page, 'Gallery');
  await take(page, 'gallery');
  for (const [tab, name] of [
    ['Unknown', 'gallery-unknown'],
    ['Spaces', 'gallery-spaces'],
    ['Care', 'gallery-care'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await take(page, name);
  }
}

const shell = await openShell(shellName as ShellName, { home, size: SIZE });
try {
  await mkdir(folder, { recursive: true });
  const { page } = shell;
  if (theme !== 'dark') {
    await goTo(page, 'Settings');
    await page.getByRole('radio', { name: theme === 'light' ? 'Light' : 'High contrast' }).click();
  }
  await search(page);
  await gallery(page);
  for (const place of ['Cases', 'Training', 'Benchmarks', 'Models', 'Settings']) {
    await goTo(page, place);
    const first = page.getByRole('main').getByRole('list').getByRole('button').first();
    if (place === 'Cases' && (await first.isVisible())) await first.click();
    // A student's card names the folder that it was trained on.
    if (place === 'Models') await page.getByRole('button', { name: 'faceplugin', exact: true }).click();
    await take(page, place.toLowerCase());
  }
} finally {
  await shell.close();
}
