// Makes an empty gallery in the window, as a person does.

import type { Page } from '@playwright/test';
import { expect } from './shells.ts';

export async function makeGallery(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Gallery' }).click();
  await page.getByRole('button', { name: 'New gallery…' }).click();
  const dialog = page.getByRole('dialog', { name: 'New gallery' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('button', { name: 'Create gallery' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'The gallery is empty' })).toBeVisible();
}
