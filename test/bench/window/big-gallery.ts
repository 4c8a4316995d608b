// Measures the window on a large gallery: results of a search for an enrolled track, how smoothly the grid of all faces scrolls,
// and how long a jump takes until every card in sight has its picture.
//   xvfb-run -a node test/bench/window/big-gallery.ts electron|web <faces> [<home that is kept> [<width>x<height>]]
// Prints one JSON line. The embeddings and crops are made; the rows are what an enrolment would have written.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { Gallery } from '../../../src-main/gallery/gallery.ts';
import { fillBenchGallery } from '../../../src-main/gallery/search/bench-gallery.ts';
import { encodePng } from '../../../src-main/imaging/encode.ts';
import { openShell, type ShellName, type ShellOptions } from '../../support/shells.ts';
import { longTasks } from './long-tasks.ts';

const NAME = 'big';
const DIMENSION = 512;
/** Faces share crops: a million files would measure the disk's directory, not the window. */
const CROPS = 4096;
const SEARCHES = 12;
/** Of each pace. */
const SCROLL_MS = 15_000;
const JUMPS = 8;

async function makeHome(home: string, faces: number): Promise<void> {
  const folder = join(home, 'galleries', `${NAME}.gallery`);
  if (existsSync(folder)) return;
  await mkdir(join(home, 'galleries'), { recursive: true });
  const gallery = Gallery.create(folder, { actor: 'bench', now: Date.now });
  fillBenchGallery(gallery, { faces, dimension: DIMENSION, seed: 1 }, ProgressToken.silent());
  const pngs = await Promise.all(Array.from({ length: CROPS }, (_, number) => noise(number)));
  const digests = await gallery.crops.putAll(pngs);
  gallery.change(() => {
    const update = gallery.database.prepare('UPDATE faces SET crop = ? WHERE id % ? = ?');
    for (const [number, digest] of digests.entries()) update.run(digest, CROPS, number);
  });
  gallery.close();
}

/** A PNG of 12 to 51 px that no other number has. */
function noise(number: number): Promise<Uint8Array> {
  const rng = Rng.seeded(3, number);
  const side = 12 + (number % 40);
  const data = Uint8Array.from({ length: side ** 2 * 3 }, () => rng.int(256));
  return encodePng({ width: side, height: side, data });
}

/** From the click to the frame after the last change of the results. */
async function timeSearch(page: Page, by: string): Promise<{ shown: number; host: number }> {
  const button = page.getByRole('main').getByRole('radio', { name: by, exact: true });
  const shown = await button.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        const scope = globalThis as unknown as {
          document: { querySelector(query: string): unknown };
          requestAnimationFrame(callback: () => void): void;
          MutationObserver: new (
            changed: () => void,
          ) => { observe(node: unknown, what: object): void; disconnect(): void };
        };
        const startedMs = performance.now();
        let lastMs = startedMs;
        const observer = new scope.MutationObserver(() => {
          scope.requestAnimationFrame(() => {
            lastMs = performance.now();
          });
        });
        const what = { childList: true, subtree: true, characterData: true, attributes: true };
        observer.observe(scope.document.querySelector('main'), what);
        (element as unknown as { click(): void }).click();
        setTimeout(() => {
          observer.disconnect();
          resolve(lastMs - startedMs);
        }, 1500);
      }),
  );
  const text = (await page.getByRole('main').getByText(/ ms$/).first().textContent()) ?? '';
  return { shown, host: Number(/([\d.,]+) ms$/.exec(text)?.[1]) };
}

async function searches(page: Page): Promise<object> {
  await page.getByRole('navigation').getByRole('button', { name: 'Gallery' }).click();
  const grid = page.getByRole('group', { name: 'Faces' });
  await grid.locator('img').first().waitFor({ timeout: 60_000 });
  await grid.getByRole('button').nth(1).click();
  await page
    .getByRole('button', { name: /^Search.*: / })
    .first()
    .click();
  await page.getByRole('button', { name: /^Rank 1,/ }).waitFor({ timeout: 60_000 });
  const times: { shown: number; host: number }[] = [];
  for (let at = 0; at < SEARCHES; at++)
    times.push(await timeSearch(page, ['Face', 'Person', 'Track'][at % 3]));
  const rounded = (values: number[]): number[] => values.map((value) => Math.round(value));
  return {
    shown: rounded(times.map(({ shown }) => shown)),
    search: rounded(times.map(({ host }) => host)),
  };
}

interface Pace {
  /** Px of the next turn of the wheel; a share of the whole height is a jump of the scroll bar. */
  readonly step: (at: number) => { readonly wheel: number } | { readonly jump: number };
  readonly waitMs: number;
}

const PACES: Readonly<Record<string, Pace>> = {
  /** Less than a row at a time, as fast as it goes: every face is drawn. */
  rows: { step: () => ({ wheel: 120 }), waitMs: 0 },
  /** To another screenful or another place, and a look at it: every face is drawn. */
  looks: {
    step: (at) => (at % 3 === 2 ? { jump: placeOf(at) } : { wheel: 1500 }),
    waitMs: 400,
  },
  /** All of it at once, as fast as it goes. */
  flight: {
    step: (at) => (at % 40 === 39 ? { jump: placeOf(at) } : { wheel: at % 4 === 3 ? 1500 : 120 }),
    waitMs: 0,
  },
};

/** Where a share of the whole height is, somewhere else at each number. */
function placeOf(at: number): number {
  return (at * 0.61803) % 1;
}

/** Milliseconds from the jump to the frame in which every card in sight has its picture. */
function jump(grid: Locator, to: number): Promise<number> {
  return grid.evaluate((element, share) => {
    interface Box {
      readonly top: number;
      readonly bottom: number;
    }
    interface Part {
      getBoundingClientRect(): Box;
      querySelector(query: string): { readonly complete: boolean; readonly naturalWidth: number } | null;
      querySelectorAll(query: string): Iterable<Part>;
    }
    const scope = globalThis as unknown as { requestAnimationFrame(callback: () => void): void };
    const scrolled = element as unknown as Part & { scrollTop: number; scrollHeight: number };
    const { top, bottom } = scrolled.getBoundingClientRect();
    const isShown = (card: Part): boolean => {
      const box = card.getBoundingClientRect();
      if (box.bottom <= top || box.top >= bottom) return true;
      const picture = card.querySelector('img');
      return picture?.complete === true && picture.naturalWidth > 0;
    };
    return new Promise<number>((resolve) => {
      const startedMs = performance.now();
      scrolled.scrollTop = scrolled.scrollHeight * share;
      const look = (): void => {
        if ([...scrolled.querySelectorAll('[data-index]')].every(isShown))
          resolve(performance.now() - startedMs);
        else scope.requestAnimationFrame(look);
      };
      // The old place is still drawn in this frame.
      scope.requestAnimationFrame(() => scope.requestAnimationFrame(look));
    });
  }, to);
}

async function jumps(page: Page, grid: Locator): Promise<object> {
  const shown: number[] = [];
  const work = await longTasks(page, async () => {
    for (let at = 1; at <= JUMPS; at++) {
      shown.push(Math.round(await jump(grid, placeOf(at))));
      await page.waitForTimeout(500);
    }
  });
  return { ...work, shown };
}

async function scroll(page: Page): Promise<object> {
  await page.reload();
  await page.getByRole('navigation').getByRole('button', { name: 'Gallery' }).click();
  const grid = page.getByRole('group', { name: 'Faces' });
  await grid.locator('img').first().waitFor({ timeout: 60_000 });
  const box = await grid.boundingBox();
  if (box === null) throw new Error('the grid is not in sight');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const traced: Record<string, object> = {};
  for (const [name, { step, waitMs }] of Object.entries(PACES)) {
    let drawn = 0;
    const work = await longTasks(page, async () => {
      const endMs = performance.now() + SCROLL_MS;
      for (let at = 0; performance.now() < endMs; at++) {
        const next = step(at);
        if ('wheel' in next) await page.mouse.wheel(0, next.wheel);
        else
          await grid.evaluate((element, to) => {
            const scrolled = element as unknown as { scrollTop: number; scrollHeight: number };
            scrolled.scrollTop = scrolled.scrollHeight * to;
          }, next.jump);
        if (waitMs > 0) {
          await page.waitForTimeout(waitMs);
          drawn += await grid.locator('img').count();
        }
      }
    });
    traced[name] = waitMs > 0 ? { ...work, drawn } : work;
  }
  await page.waitForTimeout(1000);
  return { ...traced, jumps: await jumps(page, grid) };
}

async function measure(name: ShellName, home: string, size: ShellOptions['size']): Promise<object> {
  const shell = await openShell(name, { home, size });
  try {
    return { search: await searches(shell.page), scroll: await scroll(shell.page) };
  } catch (error) {
    process.stderr.write(`${await shell.page.locator('body').ariaSnapshot()}\n`);
    throw error;
  } finally {
    await shell.close();
  }
}

const [wanted = 'web', count = '100000', kept, sides = '1280x720'] = process.argv.slice(2);
const [width, height] = sides.split('x').map(Number);
const faces = Number(count);
const home = kept ?? (await mkdtemp(join(tmpdir(), 'glimpse-bench-')));
try {
  await makeHome(home, faces);
  const result = await measure(wanted === 'electron' ? 'electron' : 'web', home, { width, height });
  process.stdout.write(
    `${JSON.stringify({ name: 'big-gallery', shell: wanted, faces, sides, unit: 'ms', ...result })}\n`,
  );
} finally {
  if (kept === undefined) await rm(home, { recursive: true, force: true });
}
