// What axe finds on a page, serious and critical violations, and what sticks out of its panel sideways.

import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** Once per page that was loaded. */
export async function addAxe(page: Page): Promise<void> {
  // Colours half way from one to another are nobody's to read.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(axe.source);
}

/** `rule: element` of each serious or critical violation, and `sticks out: element` of each panel that is too narrow. */
export async function violationsOf(page: Page): Promise<string[]> {
  return [...(await seriousViolations(page)), ...(await narrowPanels(page))];
}

/** Panels, dialogs and the page itself whose content is wider than they are and cannot be scrolled to. */
export function narrowPanels(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.panel, [role="dialog"], main, body')]
      .filter(
        (element) =>
          element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'visible',
      )
      .map(
        (element) =>
          `sticks out: ${element.getAttribute('aria-label') ?? element.querySelector('h2')?.textContent ?? element.tagName}`,
      ),
  );
}

function seriousViolations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  });
}
