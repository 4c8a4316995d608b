// Somebody without data: a sample is made, searched, compared, decided on, exported and taken away; then a clip is the probe.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { drawFace } from '../../src-main/imaging/drawn-face.ts';
import { samplePictures } from '../../src-main/processes/sample/sample-plan.ts';
import { composeScene, writeFrames } from '../support/scene-frames.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { addAxe, violationsOf } from './axe-page.ts';

const WALKERS = [6, 20] as const;

for (const name of shellsHere()) {
  test(`${name}: first run`, async (t) => {
    const folder = await temporaryFolder(t);
    const home = join(folder, 'home');
    await mkdir(home);
    await t.test('an empty home: sample, search, compare, decide, case, export', async (t) => {
      const shell = await openShell(name, { home });
      t.after(() => shell.close());
      const { page } = shell;
      await addAxe(page);
      await goTo(page, 'Gallery');
      await expect(page.getByRole('button', { name: 'Try with a sample' })).toBeVisible();
      await goTo(page, 'Search');
      const startedMs = performance.now();
      await page.getByRole('button', { name: 'Try with a sample' }).click();
      await expect(page.getByRole('progressbar', { name: 'Making the sample' })).toBeVisible();
      await expect(cards(page).first()).toBeVisible();
      const tookMs = performance.now() - startedMs;
      t.diagnostic(`${(tookMs / 1000).toFixed(1)} s from the click to the first result`);
      await expect(page.getByText('Everybody here is drawn by Glimpse')).toBeVisible();
      await addPictures(page);
      await compareWithLandmarks(page);
      assert.deepEqual(await violationsOf(page), []);
      await decideInSampleCase(page);
      await exportCase(page, folder);
      assert.deepEqual(shell.complaints, []);
    });
    await t.test('a folder of frames as the probe: tracks, one is chosen and searched', async (t) => {
      const frames = join(folder, 'frames');
      await writeFrames(frames, await walkPast());
      const shell = await openShell(name, { home });
      t.after(() => shell.close());
      const { page } = shell;
      await addAxe(page);
      await goTo(page, 'Search');
      await readClip(page, frames);
      const tracks = page.getByRole('list', { name: '2 tracks in frames' }).getByRole('button');
      await expect(tracks).toHaveCount(2);
      assert.deepEqual(await violationsOf(page), []);
      await page.getByRole('radio', { name: 'Person' }).click();
      await expect(tracks.first()).toHaveAttribute('aria-pressed', 'true');
      await expect(cards(page).first()).toHaveAccessibleName(new RegExp(`Rank 1, ${subjectOf(WALKERS[0])},`));
      await tracks.first().press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(tracks.nth(1)).toHaveAttribute('aria-pressed', 'true');
      await expect(cards(page).first()).toHaveAccessibleName(new RegExp(`Rank 1, ${subjectOf(WALKERS[1])},`));
      await refuseEmptyFolder(page, home);
      await removeSample(page);
      assert.deepEqual(shell.complaints, []);
    });
  });
}

function cards(page: Page) {
  return page.getByRole('button', { name: /^Rank \d+,/ });
}

function compared(page: Page) {
  return page.getByRole('region', { name: 'Compare' });
}

function subjectOf(person: number): string | null {
  return samplePictures().find((picture) => picture.person === person)?.subject ?? null;
}

async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(place);
}

/** Three pictures of the first probe's person: he comes first, whoever else looks like him in one. */
async function addPictures(page: Page): Promise<void> {
  const more = page.getByRole('button', { name: 'One more picture of this person' });
  await more.click();
  await expect(page.getByRole('heading', { name: 'Fused: 2 faces' })).toBeVisible();
  await more.click();
  await expect(page.getByRole('heading', { name: 'Fused: 3 faces' })).toBeVisible();
  await expect(more).toBeHidden();
  await expect(cards(page).first()).toHaveAccessibleName(new RegExp(`Rank 1, ${subjectOf(6)},`));
}

async function compareWithLandmarks(page: Page): Promise<void> {
  await cards(page).first().dblclick();
  await expect(compared(page).getByText(/strangers would score this high/)).toBeVisible();
  await expect(compared(page).getByText('pixels as stored')).toBeVisible();
  await compared(page).getByRole('button', { name: 'Landmarks' }).click();
  await expect(compared(page).getByText('view: Landmarks')).toBeVisible();
  // Five on each picture, ringed.
  await expect(compared(page).getByRole('img').locator('circle:not(.around)')).toHaveCount(10);
  const eye = compared(page).getByRole('img').locator('circle:not(.around)').first();
  const before = Number(await eye.getAttribute('cx'));
  await compared(page).getByRole('slider', { name: 'Zoom' }).fill('2');
  assert.equal(Number(await eye.getAttribute('cx')), 2 * before);
  await compared(page).getByRole('button', { name: 'Reset view' }).click();
  await expect(compared(page).getByRole('img').locator('circle')).toHaveCount(0);
}

async function decideInSampleCase(page: Page): Promise<void> {
  await compared(page)
    .getByRole('button', { name: /^Match/ })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Which case?' });
  await dialog.getByRole('button', { name: /Who stood on the platform\?/ }).click();
  await expect(compared(page).getByText('Rank 1: Match')).toBeVisible();
}

async function exportCase(page: Page, folder: string): Promise<void> {
  await goTo(page, 'Cases');
  const panel = page.getByRole('region', { name: 'Who stood on the platform?' });
  await expect(panel.getByRole('row', { name: /Goran.*Match/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Export / });
  await dialog.getByRole('textbox', { name: 'Into' }).fill(folder);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('platform');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText(/^Exported: \d+ files$/)).toBeVisible();
}

/** Two people of the sample, one of whom stays longer. */
async function walkPast() {
  const pictures = await Promise.all(WALKERS.map((person) => drawFace(person, 30)));
  return composeScene({
    ...{ width: 320, height: 200, framesPerSecond: 4, durationMs: 4000 },
    people: [
      { picture: pictures[0], walks: [{ fromMs: 0, toMs: 3800, start: [40, 60], end: [270, 60] }] },
      { picture: pictures[1], walks: [{ fromMs: 0, toMs: 2300, start: [280, 150], end: [60, 150] }] },
    ],
  });
}

async function readClip(page: Page, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Read a clip…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Read a clip' });
  await dialog.getByRole('textbox', { name: 'Video or folder' }).fill(path);
  await dialog.getByRole('textbox', { name: 'Frames a second' }).fill('4');
  await dialog.getByRole('button', { name: 'Read it' }).click();
}

async function refuseEmptyFolder(page: Page, home: string): Promise<void> {
  await readClip(page, home);
  await expect(page.getByRole('alert').filter({ hasText: home }).first()).toBeVisible();
}

async function removeSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Remove the sample' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove the sample?' });
  await expect(dialog).toContainText('1 case');
  await dialog.getByRole('button', { name: 'Remove the sample' }).click();
  await expect(page.getByRole('button', { name: 'Try with a sample' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Remove the sample' })).toBeVisible();
}
