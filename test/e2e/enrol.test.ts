// An empty gallery is filled in the window: a folder with bad files in it, the plan, the failures, a search; the engine dies in the
// middle, and nothing is enrolled twice or lost.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { addBadPictures } from '../support/bad-pictures.ts';
import { engineOf } from '../support/engine-processes.ts';
import { glimpseJson } from '../support/glimpse.ts';
import { madeFace, makeIdentityFolders } from '../support/made-faces.ts';
import { makeGallery } from '../support/new-gallery.ts';
import { expect, type OpenShell, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeWindowHome, TEACHER, type WindowHome } from '../support/window-home.ts';
import { addAxe, violationsOf } from './axe-page.ts';

const GALLERY = 'door';
/** Three batches by the teacher that comes with Glimpse, some seconds: the engine is killed in one of them. */
const MORE = { identities: 12, images: 8 };

for (const name of shellsHere()) {
  test(`${name}: an empty gallery, a folder with bad files, failures saved, a search`, async (t) => {
    const folder = await temporaryFolder(t);
    const made = await makeWindowHome(folder, { identities: 6, images: 4 });
    await addBadPictures(made.faces);
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await makeGallery(page, GALLERY);
    await page.keyboard.press('e');
    await planFolder(page, made);
    await lookInEveryTheme(page);
    await page.getByRole('button', { name: /^Start · about/ }).click();
    const result = page.getByRole('region', { name: 'Enrolled' });
    await expect(result).toContainText('25faces');
    await expect(result).toContainText('2failed');
    await expect(page.getByRole('main').getByRole('status')).toHaveText('25 faces');
    await readFailures(page, folder);
    await dropFolder(shell, made);
    await searchOne(page, folder);
    assert.deepEqual(shell.complaints, []);
    await shell.close();
    const { faces, subjects } = await countsOf(made);
    assert.deepEqual({ faces, subjects }, { faces: 25, subjects: 6 });
  });

  test(`${name}: the engine is killed in the middle, the enrolment is gone on with`, async (t) => {
    const folder = await temporaryFolder(t);
    const made = await makeWindowHome(folder, { identities: 2, images: 1 });
    const faces = join(folder, 'more');
    await makeIdentityFolders(faces, MORE);
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await makeGallery(page, GALLERY);
    await page.keyboard.press('e');
    await chooseFolder(page, faces);
    await page.getByRole('button', { name: /^Start · about/ }).click();
    const bar = page.getByRole('region', { name: `Enrolment into ${GALLERY}` });
    // Looked for at every frame: some batches are all there is.
    await page.waitForFunction(() => /\b(32|64) of 96 files/.test(document.body.textContent ?? ''));
    process.kill(await engineOf(shell.host.pid as number), 'SIGKILL');
    await expect(bar.getByText('interrupted', { exact: true })).toBeVisible();
    await bar.getByRole('button', { name: 'Resume', exact: true }).click();
    const result = page.getByRole('region', { name: 'Enrolled' });
    await expect(result).toContainText('96faces');
    await expect(result).not.toContainText('enrolled already');

    // The same once more, cancelled and gone on with: every file is known by its content.
    await page.keyboard.press('e');
    await chooseFolder(page, faces);
    await page.getByRole('button', { name: /^Start · about/ }).click();
    await bar.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('region', { name: 'Not finished' }).getByRole('button', { name: 'Go on' }).click();
    await expect(result).toContainText('96enrolled already');
    await shell.close();
    const { faces: enrolled } = await countsOf(made);
    assert.equal(enrolled, 96);
    assert.deepEqual((await glimpseJson(['gallery', 'verify', GALLERY], made)).problems, []);
  });
}

async function chooseFolder(page: Page, path: string): Promise<void> {
  await page.getByRole('button', { name: 'What to enrol: Browse…' }).click();
  const dialog = page.getByRole('dialog');
  // Where it opens comes first: what is typed before that is added to.
  await expect(dialog.getByRole('textbox', { name: 'Path' })).not.toHaveValue('');
  await dialog.getByRole('textbox', { name: 'Path' }).fill(path);
  await dialog.getByRole('button', { name: 'Go', exact: true }).click();
  await dialog.getByRole('button', { name: 'Choose this folder' }).click();
}

/** The tiny one: quick. */
async function chooseTeacher(page: Page): Promise<void> {
  await page.locator('#enrol-teacher').click();
  await page.getByRole('option', { name: TEACHER, exact: true }).click();
}

async function planFolder(page: Page, made: WindowHome): Promise<void> {
  await page.getByRole('textbox', { name: 'What to enrol' }).fill('/nowhere');
  await expect(page.getByRole('alert')).toContainText('/nowhere is neither a picture nor a folder');
  await chooseFolder(page, made.faces);
  await chooseTeacher(page);
  const plan = page.getByRole('complementary', { name: 'Plan' });
  await expect(plan.getByRole('heading', { name: 'Folder of pictures' })).toBeVisible();
  await expect(plan.getByRole('definition').first()).toHaveText('27');
  await expect(plan).toContainText('112 px');
  await expect(plan).toContainText('notes.txt has no image ending');
  await expect(plan).toContainText('is empty (0 bytes)');
  await expect(page.getByRole('radio', { name: 'face crops' })).toBeChecked();
  await expect(page.getByText('Suggested: face crops, for most are 112 px.')).toBeVisible();
}

async function lookInEveryTheme(page: Page): Promise<void> {
  await addAxe(page);
  const problems: string[] = [];
  for (const theme of ['dark', 'light', 'contrast']) {
    await page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
    }, theme);
    for (const violation of await violationsOf(page)) problems.push(`${theme}: ${violation}`);
  }
  assert.deepEqual(problems, []);
}

async function readFailures(page: Page, folder: string): Promise<void> {
  await page.getByRole('button', { name: 'Files that were not enrolled…' }).click();
  const dialog = page.getByRole('dialog');
  const rows = dialog.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText('person-00/empty.jpg');
  await expect(rows.nth(2)).toContainText('is not a JPEG, PNG, WebP, TIFF, GIF, BMP, PGM or PPM file');
  await dialog.getByRole('radio', { name: 'Skipped 1' }).click();
  await expect(rows.nth(1)).toContainText('has no image ending');
  for (const violation of await violationsOf(page)) assert.fail(violation);
  await dialog.getByRole('textbox', { name: 'Save in folder' }).fill(folder);
  await dialog.getByRole('button', { name: 'Save as CSV' }).click();
  await expect(page.getByText(/^3 rows written to /)).toBeVisible();
  const csv = await readFile(join(folder, 'not-enrolled.csv'), 'utf8');
  // Nothing that is there is written over.
  await dialog.getByRole('button', { name: 'Save as CSV' }).click();
  await expect(page.getByText(/not-enrolled\.csv exists already: name another file/)).toBeVisible();
  assert.deepEqual(
    csv.split('\r\n').map((line) => line.split(',')[0]),
    ['file', 'notes.txt', 'person-00/empty.jpg', 'person-00/renamed.jpg', ''],
  );
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
}

/** Electron tells where a dropped folder lies; a browser does not, and the window says so. */
async function dropFolder({ page, electron }: OpenShell, made: WindowHome): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [made.faces], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 500, data });
  await session.detach();
  await expect(page.getByRole('heading', { name: `Enrol faces into ${GALLERY}` })).toBeVisible();
  const source = page.getByRole('textbox', { name: 'What to enrol' });
  if (electron === null) {
    await expect(page.getByRole('alert')).toContainText('A browser does not tell where a dropped file lies');
    await expect(source).toHaveValue('');
  } else {
    await expect(source).toHaveValue(made.faces);
    await expect(page.getByRole('complementary', { name: 'Plan' })).toContainText('27');
  }
  // What the gallery answers by is what new faces are embedded by.
  await expect(page.getByText(TEACHER, { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Back to the gallery' }).click();
}

async function searchOne(page: Page, folder: string): Promise<void> {
  const probe = join(folder, 'probe.png');
  await writeFile(probe, await madeFace(3, 77));
  await page.getByRole('region', { name: 'Enrolled' }).getByRole('button', { name: 'Search' }).click();
  await page.getByRole('switch', { name: 'Pictures are face crops' }).click();
  await page.locator('input[type="file"]').setInputFiles(probe);
  await expect(page.getByRole('button', { name: /^Rank 1, person-03/ })).toBeVisible();
}

async function countsOf(made: WindowHome): Promise<{ readonly faces: number; readonly subjects: number }> {
  const list = await glimpseJson(['gallery', 'list'], made);
  const [only] = list.galleries as { faces: number; subjects: number }[];
  return only;
}
