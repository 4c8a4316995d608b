// What axe finds on a page: serious and critical violations.

import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** Once per page that was loaded. */
export async function addAxe(page: Page): Promise<void> {
  // Colours half way from one to another are nobody's to read.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(axe.source);
}

/** `rule: element` of each serious or critical violation. */
export async function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  });
}
