// Models by hand: a teacher imported and deleted with undo; a student verified, adapted, exported, its card looked at.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { glimpseJson } from '../support/glimpse.ts';
import { expect, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeWindowHome, putDraft, TEACHER, type WindowHome } from '../support/window-home.ts';

for (const name of shellsHere()) {
  test(`${name}: train, verify, adapt, export, import, delete, undo`, async (t) => {
    const made = await makeWindowHome(await temporaryFolder(t));
    await glimpseJson(['gallery', 'create', 'door'], made);
    await glimpseJson(['gallery', 'enrol', 'door', made.faces, '--teacher', TEACHER, '--crops'], made);
    const shell = await openShell(name, made);
    t.after(() => shell.close());
    const { page } = shell;
    await putDraft(page, made);
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('small');
    await page.getByRole('button', { name: /^Start training/ }).click();
    await expect(page.getByRole('main').locator('.chip', { hasText: 'finished' })).toBeVisible();

    await page.getByRole('navigation').getByRole('button', { name: 'Models' }).click();
    await page.getByRole('button', { name: 'small', exact: true }).click();
    const card = page.getByRole('complementary', { name: 'small' });
    await expect(card.getByText('48 images of 12 identities')).toBeVisible();
    await verify(page, made);
    await adapt(page, made);
    await exportOnnx(page, made);
    await importTeachers(page, made);
    await deleteAndUndo(page, made);
    assert.deepEqual(shell.complaints, []);
  });
}

async function verify(page: Page, { pairs }: WindowHome): Promise<void> {
  await page.getByRole('button', { name: 'Verify…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Verify small' });
  await expect(dialog.getByRole('textbox', { name: 'LFW folder' })).toHaveValue(pairs);
  await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
  const result = page.getByRole('complementary').getByRole('table');
  await expect(result.getByRole('row', { name: /LR-HR 16/ })).toBeVisible();
}

async function adapt(page: Page, { faces }: WindowHome): Promise<void> {
  await page.getByRole('button', { name: 'Adapt…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Adapt small' });
  await dialog.getByRole('textbox', { name: 'Faces of the camera' }).fill(faces);
  await dialog.getByRole('button', { name: 'Adapt', exact: true }).click();
  await expect(page.getByRole('img', { name: /Standardised shift by layer/ })).toBeVisible();
  await expect(
    page
      .getByRole('complementary')
      .getByText(/FaceBN profile small-pooled-/)
      .first(),
  ).toBeVisible();
}

async function exportOnnx(page: Page, { home }: WindowHome): Promise<void> {
  await page.getByRole('button', { name: 'Export ONNX…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export small' });
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(home);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText('small is exported')).toBeVisible();
  assert.ok(existsSync(join(home, 'small.onnx')));
}

async function importTeachers(page: Page, made: WindowHome): Promise<void> {
  const broken = join(made.home, 'broken.onnx');
  await writeFile(broken, 'no model');
  for (const [path, name, says] of [
    [broken, 'broken', /Teacher import broken failed: .*broken\.onnx/],
    [made.otherTeacher, 'other', /Teacher other is imported/],
  ] as const) {
    await page.getByRole('button', { name: 'Import teacher…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a teacher' });
    await dialog.getByRole('textbox', { name: 'Model file' }).fill(path);
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('textbox', { name: 'Licence of the weights' }).fill('MIT');
    await dialog.getByRole('button', { name: 'Check and import' }).click();
    await expect(page.getByText(says).first()).toBeVisible();
  }
}

/** The student's teacher names what depends on it, the gallery too; the other one has nothing, goes, and comes back. */
async function deleteAndUndo(page: Page, { home }: WindowHome): Promise<void> {
  await page.getByRole('button', { name: 'tiny', exact: true }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('2 things depend on it:')).toBeVisible();
  await expect(dialog.getByText('student small')).toBeVisible();
  await expect(dialog.getByText('gallery door')).toBeVisible();
  await expect(dialog.getByText(/no new picture is searched or enrolled/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'other', exact: true }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await dialog.getByRole('button', { name: 'Delete model' }).click();
  await expect(page.getByRole('button', { name: 'other', exact: true })).toBeHidden();
  assert.equal(existsSync(join(home, 'teachers', 'other')), false);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'other', exact: true })).toBeVisible();
  assert.equal(existsSync(join(home, 'teachers', 'other', 'model.onnx')), true);
}
