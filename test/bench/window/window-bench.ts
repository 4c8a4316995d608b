// Measures the window in one shell: first paint, switching places, and a trivial call, idle and while a training runs.
//   xvfb-run -a node test/bench/window/window-bench.ts electron|web
// Prints one JSON line. Made faces and the paper's network at full width: the load is real, the accuracy is nobody's business.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { medianOf } from '../../../src-main/common/statistics.ts';
import { presetSettings } from '../../../src-main/engine/training/settings.ts';
import { openShell, type ShellName } from '../../support/shells.ts';
import { goToTraining, makeWindowHome, TEACHER, type WindowHome } from '../../support/window-home.ts';
import { spreadOf } from './spread.ts';

const CALLS = 1000;
const CALL_EVERY_MS = 10;
const ROUNDS = 5;
const PLACES = ['Search', 'Gallery', 'Cases', 'Training', 'Benchmarks', 'Models', 'Settings'];

/** Milliseconds from the start of the page's load to its first content. */
async function firstPaint(page: Page): Promise<number> {
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  const script = "performance.getEntriesByName('first-contentful-paint')[0].startTime";
  return (await page.evaluate(script)) as number;
}

/** From the click to the frame in which the place stands. */
async function switchTo(page: Page, place: string): Promise<number> {
  const button = page.getByRole('navigation').getByRole('button', { name: place });
  return button.evaluate(
    (element, wanted) =>
      new Promise<number>((resolve) => {
        const scope = globalThis as unknown as {
          document: { querySelector(query: string): { textContent: string } | null };
          requestAnimationFrame(callback: () => void): void;
        };
        const startedMs = performance.now();
        (element as unknown as { click(): void }).click();
        const look = (): void => {
          const isThere = scope.document.querySelector('h1')?.textContent === wanted;
          scope.requestAnimationFrame(() => (isThere ? resolve(performance.now() - startedMs) : look()));
        };
        look();
      }),
    place,
  );
}

/** A call that the host answers by itself. */
async function timeCalls(page: Page): Promise<number[]> {
  const script = `(async () => {
    const ask = window.glimpse
      ? () => window.glimpse.call('jobs.list', {})
      : () => fetch('/call', { method: 'POST', headers: { 'content-type': 'application/json' },
          body: '{"channel":"jobs.list","request":{}}' }).then((reply) => reply.json());
    const times = [];
    for (let call = 0; call < ${CALLS}; call++) {
      const startedMs = performance.now();
      await ask();
      times.push(performance.now() - startedMs);
      await new Promise((resolve) => setTimeout(resolve, ${CALL_EVERY_MS}));
    }
    return times;
  })()`;
  return (await page.evaluate(script)) as number[];
}

async function startTraining(page: Page, { faces }: WindowHome): Promise<void> {
  const paper = presetSettings('paper');
  const settings = {
    ...paper,
    network: { ...paper.network, embeddingSize: 32 },
    relation: { ...paper.relation, negatives: 64 },
  };
  const draft = { data: faces, validation: '', teacher: TEACHER, preset: 'paper', settings };
  await page.evaluate(
    `localStorage.setItem('glimpse.training-draft', ${JSON.stringify(JSON.stringify(draft))})`,
  );
  await page.reload();
  await goToTraining(page);
  await page.getByRole('button', { name: /^Start training/ }).click();
  await page.getByRole('main').getByText('1 / 36').waitFor({ timeout: 300_000 });
}

async function measure(name: ShellName, folder: string): Promise<object> {
  const made = await makeWindowHome(folder, { identities: 24, images: 20 });
  const shell = await openShell(name, made);
  try {
    const { page } = shell;
    const paints: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) paints.push(await firstPaint(page));
    const switches: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      for (const place of PLACES) {
        const ms = await switchTo(page, place);
        if (round > 0) switches.push(ms);
      }
    }
    const idle = spreadOf(await timeCalls(page));
    await startTraining(page, made);
    const training = spreadOf(await timeCalls(page));
    return {
      name: 'window',
      shell: name,
      unit: 'ms',
      firstPaint: Math.round(medianOf(paints.slice(1))),
      placeSwitch: spreadOf(switches),
      call: { idle, training },
    };
  } finally {
    await shell.close();
  }
}

const [wanted = 'web'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
try {
  const result = await measure(wanted === 'electron' ? 'electron' : 'web', folder);
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
