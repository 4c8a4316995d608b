// A video of nobody known, from an empty gallery to an answer: enrolled as tracks, its scores measured by strangers, the unknown
// grouped, one of them searched for.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { glimpseJson } from '../support/glimpse.ts';
import { makeLobby } from '../support/lobby-scene.ts';
import { makeLfwFolder } from '../support/made-faces.ts';
import { makeGallery } from '../support/new-gallery.ts';
import { composeScene, writeFrames } from '../support/scene-frames.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeWindowHome, TEACHER, type WindowHome } from '../support/window-home.ts';
import { addAxe, violationsOf } from './axe-page.ts';

const GALLERY = 'lobby';
const STRANGERS = 24;
/** A few tracks say nothing about people at large: these are enrolled besides. */
const PASSERS_BY = 20;
const skip = spawnSync('ffmpeg', ['-version']).status !== 0 && 'no ffmpeg here';

for (const name of shellsHere()) {
  test(`${name}: a video becomes tracks, strangers say what its scores mean, the unknown are found`, {
    skip,
  }, async (t) => {
    const folder = await temporaryFolder(t);
    const made = await makeWindowHome(folder, { identities: PASSERS_BY, images: 1 });
    const strangers = join(folder, 'strangers');
    await makeLfwFolder(strangers, { folds: 2, pairsPerClass: STRANGERS / 2 });
    const video = await makeVideo(folder);
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await enrolVideo(page, video);
    await measureByStrangers(page, folder, join(strangers, 'lfw'));
    await enrolPassersBy(page, made);
    await measureAgain(page, join(strangers, 'lfw'));
    await groupAndSearch(page);
    assert.deepEqual(shell.complaints, []);
    await shell.close();
    const { problems } = await glimpseJson(['gallery', 'verify', GALLERY], made);
    assert.deepEqual(problems, []);
  });
}

/** Two people cross and one of them comes back; a third stands still. */
async function makeVideo(folder: string): Promise<string> {
  const frames = join(folder, 'frames');
  await writeFrames(frames, composeScene(await makeLobby()));
  const path = join(folder, 'lobby.mkv');
  const input = ['-framerate', '5', '-i', join(frames, '%03d.png')];
  execFileSync('ffmpeg', ['-v', 'error', ...input, '-c:v', 'ffv1', path]);
  return path;
}

async function enrolVideo(page: Page, video: string): Promise<void> {
  await makeGallery(page, GALLERY);
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'What to enrol' }).fill(video);
  const plan = page.getByRole('complementary', { name: 'Plan' });
  await expect(plan.getByRole('heading', { name: 'Video' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Begins at' }).fill('2026-03-01T12:00:00Z');
  await page.getByRole('textbox', { name: 'Camera' }).fill('hall');
  await page.locator('#enrol-teacher').click();
  await page.getByRole('option', { name: TEACHER, exact: true }).click();
  await page.getByRole('button', { name: /^Start · about/ }).click();
  const result = page.getByRole('region', { name: 'Enrolled' });
  await expect(result).toContainText(/\d+tracks/, { timeout: 60_000 });
}

async function enrolPassersBy(page: Page, { faces }: WindowHome): Promise<void> {
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'What to enrol' }).fill(faces);
  await page.getByRole('radio', { name: 'nobody' }).click();
  await page.getByRole('button', { name: /^Start · about/ }).click();
  await expect(page.getByRole('region', { name: 'Enrolled' })).toContainText(`${PASSERS_BY}faces`);
}

async function measureByStrangers(page: Page, folder: string, strangers: string): Promise<void> {
  await page.getByRole('tab', { name: 'Unknown' }).click();
  await page.getByRole('button', { name: 'Measure now' }).click();
  const main = page.getByRole('main');
  await expect(main.getByRole('alert')).toContainText('20');

  const empty = join(folder, 'nobody');
  await mkdir(empty);
  await chooseStrangers(page, empty);
  await expect(main.getByRole('alert')).toContainText(empty);

  await chooseStrangers(page, strangers);
  await expect(main.getByRole('alert')).toContainText(
    `${STRANGERS} people of a reference set against 4 tracks`,
  );
}

async function measureAgain(page: Page, strangers: string): Promise<void> {
  await page.getByRole('tab', { name: 'Unknown' }).click();
  await chooseStrangers(page, strangers);
  await expect(
    page.getByText(`What scores mean in ${GALLERY} is measured by ${STRANGERS} strangers`).first(),
  ).toBeVisible();
}

async function chooseStrangers(page: Page, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Measure by a reference set…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Measure by a reference set' });
  await dialog.getByRole('textbox', { name: 'Folder of people' }).fill(path);
  const crops = dialog.getByRole('switch', { name: 'The pictures are face crops' });
  await crops.click();
  await expect(crops).toBeChecked();
  await addAxe(page);
  assert.deepEqual(await violationsOf(page), []);
  await dialog.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** So few support no small share of mistakes, so the score is chosen. */
async function groupAndSearch(page: Page): Promise<void> {
  const main = page.getByRole('main');
  await page.locator('#cluster-limit').click();
  await page.getByRole('option', { name: 'by a score of mine' }).click();
  await page.getByRole('button', { name: 'Group the unknown' }).click();
  await expect(main.getByText(/in \d+ unknown tracks; /)).toBeVisible();

  await page.getByRole('tab', { name: 'Faces' }).click();
  const card = page.getByRole('group', { name: 'Faces' }).getByRole('button').first();
  await card.getByText('112 px').waitFor();
  await openTheLast(page);
  await expect(card).toBeFocused();
  await card.click();
  await expect(page.getByRole('region', { name: /^Tracks of / })).toBeVisible();
  await page
    .getByRole('button', { name: /^Search.*: / })
    .first()
    .click();
  await expect(page.getByRole('button', { name: /^Rank 1, Unknown/ })).toBeVisible();
  await expect(main.getByText(/people of a reference set/)).toBeVisible();
}

/** At once, so before it was read: it opens when it is there. */
async function openTheLast(page: Page): Promise<void> {
  const grid = page.getByRole('group', { name: 'Faces' });
  await grid.getByRole('button').first().focus();
  const blank = await grid.evaluateHandle((element) => {
    const seen: boolean[] = [];
    element.addEventListener('focusin', ({ target }) => {
      if (!(target instanceof HTMLElement)) return;
      seen.push(target.querySelector('img') === null);
      target.click();
    });
    return seen;
  });
  await page.keyboard.press('End');
  const tracks = page.getByRole('region', { name: /^Tracks of / });
  await expect(tracks).toBeVisible();
  assert.deepEqual(await blank.jsonValue(), [true]);
  await tracks.getByRole('button', { name: 'Back' }).click();
  await expect(grid.getByRole('button', { name: /^142: / })).toBeFocused();
  await page.keyboard.press('Home');
}
