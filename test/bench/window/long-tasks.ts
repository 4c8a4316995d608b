// What the browser's own tracing says of a page's main thread and frames while something is done to it.

import type { Page } from '@playwright/test';
import { type Spread, spreadOf } from './spread.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of that, on a processor: the rest waited for one. */
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
}

export interface TracedWork {
  readonly frames: number;
  /** Milliseconds between two frames that were drawn, while frames were asked for. */
  readonly betweenFrames: Spread;
  /** Tasks of the page's main thread, and of each the time on a processor. */
  readonly longestTasks: readonly (readonly [ms: number, onProcessorMs: number])[];
}

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  'toplevel',
];

export async function longTasks(page: Page, work: () => Promise<void>): Promise<TracedWork> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) events.push(event as unknown as TraceEvent);
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  await work();
  const complete = new Promise<void>((resolve) => {
    session.once('Tracing.tracingComplete', () => resolve());
  });
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return summaryOf(events);
}

function summaryOf(events: readonly TraceEvent[]): TracedWork {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const tasks = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && mains.has(`${pid}/${tid}`))
    .map(({ dur = 0, tdur = 0 }) => [round(dur / 1000), round(tdur / 1000)] as const)
    .sort(([left], [right]) => right - left);
  const drawn = events
    .filter(({ name }) => name === 'DrawFrame')
    .map(({ ts }) => ts / 1000)
    .sort((left, right) => left - right);
  const gaps = drawn.slice(1).map((ms, at) => ms - drawn[at]);
  return {
    frames: drawn.length,
    betweenFrames: spreadOf(gaps),
    longestTasks: tasks.slice(0, 10),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
