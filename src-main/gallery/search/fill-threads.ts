// Threads that read places and fill rows while the calling one puts down who belongs to whom and shows what is filled.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import type { FillMessage, FillReply, FillThreadData } from './fill-thread.ts';
import type { PlaceQuestion, Places } from './place-read.ts';
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
  readonly replies: Replies<FillReply>;
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
      return { worker, replies: new Replies<FillReply>(worker, 'a loading thread'), waiting: 0 };
    });
  }

  /** How many tasks keep all of them at work. */
  get lanes(): number {
    return this.#threads.length * TASKS_AHEAD;
  }

  async places(question: PlaceQuestion): Promise<Places> {
    const reply = await this.#ask((id) => ({ kind: 'places', id, question }));
    assert(reply.kind === 'places', 'a question is answered in kind');
    return reply.places;
  }

  /** Throws what `fillRows` throws. */
  async fill(task: FillTask): Promise<Uint8Array> {
    const reply = await this.#ask((id) => ({ kind: 'fill', id, task }));
    assert(reply.kind === 'filled', 'a question is answered in kind');
    return reply.isFilled;
  }

  async #ask(messageOf: (id: number) => FillMessage): Promise<FillReply> {
    const thread = this.#threads.reduce((least, each) => (each.waiting < least.waiting ? each : least));
    thread.waiting++;
    try {
      return await thread.replies.request((id) => thread.worker.postMessage(messageOf(id)));
    } finally {
      thread.waiting--;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}
