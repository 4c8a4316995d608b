// What the browser's own tracing says of a page's main thread and frames while something is done to it.

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

export interface LongTask {
  readonly ms: number;
  readonly onProcessorMs: number;
  /** What it did, by the browser's names, milliseconds on a processor. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface TracedWork {
  readonly frames: number;
  /** Milliseconds between two frames that were drawn, while frames were asked for. */
  readonly betweenFrames: Spread;
  /** Tasks of the page's main thread, longest first. */
  readonly longestTasks: readonly LongTask[];
}

const TASKS = 10;
/** They only say that something ran. */
const WRAPPERS = /RunTask$|^BlinkScheduler|^ThreadController/;

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
];

/** A page that is asked in Chromium's own protocol. */
export interface TracedPage {
  send(method: string, params?: object): Promise<unknown>;
  on(event: string, listener: (params: unknown) => void): void;
}

export async function longTasks(page: TracedPage, work: () => Promise<void>): Promise<TracedWork> {
  const events: TraceEvent[] = [];
  page.on('Tracing.dataCollected', (collected) => {
    for (const event of (collected as { value: TraceEvent[] }).value) events.push(event);
  });
  await page.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  await work();
  const complete = new Promise<unknown>((resolve) => page.on('Tracing.tracingComplete', resolve));
  await page.send('Tracing.end');
  await complete;
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
    .sort((left, right) => (right.dur ?? 0) - (left.dur ?? 0))
    .slice(0, TASKS)
    .map((task) => ({
      ms: round((task.dur ?? 0) / 1000),
      onProcessorMs: round((task.tdur ?? 0) / 1000),
      parts: partsOf(task, events),
    }));
  const drawn = events
    .filter(({ name }) => name === 'DrawFrame')
    .map(({ ts }) => ts / 1000)
    .sort((left, right) => left - right);
  const gaps = drawn.slice(1).map((ms, at) => ms - drawn[at]);
  return {
    frames: drawn.length,
    betweenFrames: spreadOf(gaps),
    longestTasks: tasks,
  };
}

/** The outermost events inside a task. */
function partsOf(task: TraceEvent, events: readonly TraceEvent[]): Record<string, number> {
  const endUs = task.ts + (task.dur ?? 0);
  const inside = events
    .filter(
      ({ name, ph, pid, tid, ts }) =>
        ph === 'X' &&
        !WRAPPERS.test(name) &&
        pid === task.pid &&
        tid === task.tid &&
        ts >= task.ts &&
        ts < endUs,
    )
    .sort((left, right) => left.ts - right.ts || (right.dur ?? 0) - (left.dur ?? 0));
  const parts: Record<string, number> = {};
  let coveredUs = task.ts;
  for (const { name, ts, dur = 0, tdur = 0 } of inside) {
    if (ts < coveredUs) continue;
    coveredUs = ts + dur;
    parts[name] = round((parts[name] ?? 0) + tdur / 1000);
  }
  return Object.fromEntries(Object.entries(parts).filter(([, ms]) => ms >= 1));
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
