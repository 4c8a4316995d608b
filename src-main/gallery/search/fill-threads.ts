// Threads that fill rows while the calling one lists faces and shows what is filled.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FilledReply, FillMessage, FillThreadData } from './fill-thread.ts';
import { Replies } from './replies.ts';
import type { FillTask } from './row-fill.ts';

/** Tasks that wait at a thread, so that it never waits for this one. */
const TASKS_AHEAD = 2;

/** They take a tenth of a second to start. */
const FEWEST_FACES = 20_000;

/** How many are worth their start. */
export function fillThreadsFor(faces: number): number {
  return faces < FEWEST_FACES ? 0 : availableParallelism();
}

interface FillThread {
  readonly worker: Worker;
  readonly replies: Replies<FilledReply>;
  waiting: number;
}

/** Dispose of them with `close`. */
export class FillThreads {
  readonly #threads: readonly FillThread[];

  /** @param path of the gallery's file */
  constructor(path: string, count: number) {
    this.#threads = Array.from({ length: count }, () => {
      const worker = new Worker(new URL('./fill-thread.ts', import.meta.url), {
        workerData: { path } satisfies FillThreadData,
        // What it reads is garbage at once, and stays in the process's memory after it: a small nursery keeps that small.
        resourceLimits: { maxYoungGenerationSizeMb: 1 },
      });
      return { worker, replies: new Replies<FilledReply>(worker, 'a loading thread'), waiting: 0 };
    });
  }

  /** How many tasks keep all of them at work. */
  get lanes(): number {
    return this.#threads.length * TASKS_AHEAD;
  }

  /** Throws what `fillRows` throws. */
  async fill(task: FillTask): Promise<Uint8Array> {
    const thread = this.#threads.reduce((least, each) => (each.waiting < least.waiting ? each : least));
    thread.waiting++;
    try {
      const reply = await thread.replies.request((id) =>
        thread.worker.postMessage({ id, task } satisfies FillMessage),
      );
      return reply.isFilled;
    } finally {
      thread.waiting--;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}
