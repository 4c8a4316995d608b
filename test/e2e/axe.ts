// axe in the page: what it finds serious or critical.

import type { Page } from '@playwright/test';
import axe from 'axe-core';

export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** `rule: element` of each serious or critical violation. */
export async function violationsOf(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  });
  return found;
}
