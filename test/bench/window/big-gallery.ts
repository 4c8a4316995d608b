// Measures the window on a large gallery: results of a search for an enrolled track, how smoothly the grid of all faces scrolls,
// and how long a jump takes until every card in sight has its picture.
//   xvfb-run -a node test/bench/window/big-gallery.ts electron|web <faces> [<home that is kept> [<width>x<height>[x<scale>]]]
// Prints one JSON line. The embeddings and crops are made; the rows are what an enrolment would have written.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { Gallery } from '../../../src-main/gallery/gallery.ts';
import { fillBenchGallery } from '../../../src-main/gallery/search/bench-gallery.ts';
import { encodePng } from '../../../src-main/imaging/encode.ts';
import { openShell, type ShellName } from '../../support/shells.ts';
import { BareWindow, type WindowSize } from './bare-window.ts';
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

/** As fast as it goes, less than a row at a time. */
const ROWS: Pace = { step: () => ({ wheel: 120 }), waitMs: 0 };

/** In this order, all of them in one window. */
const PACES: Readonly<Record<string, Pace>> = {
  /** From the first picture on, while processes start and the index is still filled: every face is drawn. */
  opening: ROWS,
  /** The same when all of that is over. */
  rows: ROWS,
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

interface Box {
  readonly top: number;
  readonly bottom: number;
}

interface Part {
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly offsetWidth: number;
  readonly offsetHeight: number;
  readonly scrollHeight: number;
  scrollTop: number;
  getBoundingClientRect(): Box & { readonly left: number };
  querySelector(query: string): Part | null;
  querySelectorAll(query: string): Iterable<Part>;
}

/** What of a page's own is used in it. */
interface Scope {
  readonly document: {
    querySelector(query: string): Part | null;
    querySelectorAll(query: string): ArrayLike<Part>;
  };
  requestAnimationFrame(callback: () => void): void;
  /** How many cards are in sight with their pictures, and how many there is room for. */
  shownCards(): { shown: number; wanted: number };
}

function installCount(): void {
  const scope = globalThis as unknown as Scope;
  scope.shownCards = () => {
    const grid = scope.document.querySelector('[aria-label="Faces"]') as Part;
    const card = grid.querySelector('[data-index]') as Part;
    const { top, bottom } = grid.getBoundingClientRect();
    const columns = Math.floor(grid.clientWidth / card.offsetWidth);
    const endRow = Math.ceil((grid.scrollTop + grid.clientHeight) / card.offsetHeight);
    const shown = [...grid.querySelectorAll('[data-index]')].filter((each) => {
      const box = each.getBoundingClientRect();
      const picture = each.querySelector('img') as { complete?: boolean; naturalWidth?: number } | null;
      return box.bottom > top && box.top < bottom && picture?.complete && (picture.naturalWidth ?? 0) > 0;
    });
    return {
      shown: shown.length,
      wanted: (endRow - Math.floor(grid.scrollTop / card.offsetHeight)) * columns,
    };
  };
}

/** Milliseconds from the jump to the frame in which every card in sight has its picture. */
function jump(window: BareWindow, to: number): Promise<number> {
  return window.evaluate((share) => {
    const scope = globalThis as unknown as Scope;
    const grid = scope.document.querySelector('[aria-label="Faces"]') as Part;
    return new Promise<number>((resolve) => {
      const startedMs = performance.now();
      grid.scrollTop = grid.scrollHeight * share;
      const look = (): void => {
        const { shown, wanted } = scope.shownCards();
        if (shown >= wanted) resolve(performance.now() - startedMs);
        else scope.requestAnimationFrame(look);
      };
      // The old place is still drawn in this frame.
      scope.requestAnimationFrame(() => scope.requestAnimationFrame(look));
    });
  }, to);
}

async function jumps(window: BareWindow): Promise<object> {
  const shown: number[] = [];
  const work = await longTasks(window, async () => {
    for (let at = 1; at <= JUMPS; at++) {
      shown.push(Math.round(await jump(window, placeOf(at))));
      await wait(500);
    }
  });
  return { ...work, shown };
}

/** To the Gallery place and its first faces; where in the window the grid's middle is. */
async function toGrid(window: BareWindow): Promise<{ x: number; y: number }> {
  await window.until((name) => {
    const { document } = globalThis as unknown as Scope;
    const places = Array.from(document.querySelectorAll('nav button')) as unknown as {
      textContent: string;
      click(): void;
    }[];
    places.find(({ textContent }) => textContent.includes(name))?.click();
    return document.querySelector('[aria-label="Faces"] img') !== null;
  }, 'Gallery');
  await window.evaluate(installCount, null);
  return window.evaluate(() => {
    const { document } = globalThis as unknown as Scope;
    const grid = document.querySelector('[aria-label="Faces"]') as Part;
    const { left, top, bottom } = grid.getBoundingClientRect();
    return { x: left + grid.clientWidth / 2, y: (top + bottom) / 2 };
  }, null);
}

async function scroll(window: BareWindow): Promise<object> {
  const middle = await toGrid(window);
  const traced: Record<string, object> = {};
  for (const [name, { step, waitMs }] of Object.entries(PACES)) {
    let drawn = 0;
    let missing = 0;
    const work = await longTasks(window, async () => {
      const endMs = performance.now() + SCROLL_MS;
      for (let at = 0; performance.now() < endMs; at++) {
        const next = step(at);
        if ('wheel' in next)
          await window.send('Input.dispatchMouseEvent', {
            type: 'mouseWheel',
            ...middle,
            deltaX: 0,
            deltaY: next.wheel,
          });
        else
          await window.evaluate((to) => {
            const { document } = globalThis as unknown as Scope;
            const grid = document.querySelector('[aria-label="Faces"]') as Part;
            grid.scrollTop = grid.scrollHeight * to;
          }, next.jump);
        if (waitMs === 0) continue;
        await wait(waitMs);
        const seen = await window.evaluate(() => (globalThis as unknown as Scope).shownCards(), null);
        drawn += seen.shown;
        missing += seen.wanted - seen.shown;
      }
    });
    traced[name] = waitMs > 0 ? { ...work, drawn, missing } : work;
  }
  await wait(1000);
  return { ...traced, jumps: await jumps(window) };
}

async function measure(name: ShellName, home: string, size: WindowSize): Promise<object> {
  const shell = await openShell(name, { home, size });
  const search = await searches(shell.page).finally(() => shell.close());
  const window = await BareWindow.open(name, home, size);
  try {
    return { search, scroll: await scroll(window) };
  } finally {
    await window.close();
  }
}

const [wanted = 'web', count = '100000', kept, sides = '1280x720'] = process.argv.slice(2);
const [width, height, scale = 1] = sides.split('x').map(Number);
const faces = Number(count);
const home = kept ?? (await mkdtemp(join(tmpdir(), 'glimpse-bench-')));
try {
  await makeHome(home, faces);
  const result = await measure(wanted === 'electron' ? 'electron' : 'web', home, { width, height, scale });
  process.stdout.write(
    `${JSON.stringify({ name: 'big-gallery', shell: wanted, faces, sides, unit: 'ms', ...result })}\n`,
  );
} finally {
  if (kept === undefined) await rm(home, { recursive: true, force: true });
}
