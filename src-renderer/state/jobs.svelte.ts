// The jobs as the host tells them, what can be done with each, and what is said when one ends.

import type { Api } from '../api/bridge.ts';
import type { JobOutcome, JobResults, JobView } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Toast, Toasts } from './toasts.svelte.ts';

export type { JobOutcome, JobView };

export type JobAction = 'pause' | 'resume' | 'cancel' | 'dismiss';

const CHANNELS = {
  pause: 'jobs.pause',
  resume: 'jobs.resume',
  cancel: 'jobs.cancel',
  dismiss: 'jobs.dismiss',
} as const satisfies Record<JobAction, string>;

const UNDER_WAY: readonly JobView['state'][] = ['running', 'pausing', 'stopping'];

export class Jobs {
  /** Oldest first. */
  all: readonly JobView[] = $state.raw([]);
  readonly running: JobView | null = $derived(
    this.all.find(({ state }) => UNDER_WAY.includes(state)) ?? null,
  );
  readonly waiting: readonly JobView[] = $derived(
    this.all.filter(({ state }) => state === 'queued' || state === 'paused' || state === 'interrupted'),
  );
  /** Where what a job has made is to be seen; null where the list of jobs says all. */
  wayTo: (job: JobView) => Toast['action'] = () => null;
  readonly #api: Api;
  readonly #toasts: Toasts;
  readonly #ended = new Set<(job: JobView) => void>();
  #isFirst = true;

  constructor(api: Api, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
    api.on('jobs.changed', (jobs) => this.#take(jobs));
  }

  async load(): Promise<void> {
    this.#take(await this.#api.call('jobs.list', {}));
  }

  /** Hears each job that ends while the window is open. Returns what ends the listening. */
  onEnd(listener: (job: JobView) => void): () => void {
    this.#ended.add(listener);
    return () => void this.#ended.delete(listener);
  }

  ofRun(run: string): JobView | null {
    return this.latest('train', run);
  }

  /** The last one of a kind, of a gallery or model. */
  latest(kind: JobView['kind'], subject: string): JobView | null {
    return this.all.findLast((job) => job.kind === kind && job.subject === subject) ?? null;
  }

  /** The job of a kind on a subject that has not ended, where there is one. */
  underWay(kind: JobView['kind'], subject: string): JobView | null {
    return (
      this.all.find((job) => job.kind === kind && job.subject === subject && job.endedAt === null) ?? null
    );
  }

  /** What the last finished job of a kind on a subject ended with, as far as `isWanted`. */
  lastOutcome<K extends keyof JobResults>(
    kind: K,
    subject: string,
    isWanted: (value: JobResults[K]) => boolean = () => true,
  ): { readonly value: JobResults[K]; readonly endedAt: string } | null {
    for (const { subject: of, outcome, endedAt } of [...this.all].reverse()) {
      if (of !== subject || outcome?.kind !== kind || endedAt === null) continue;
      const value = outcome.value as JobResults[K];
      if (isWanted(value)) return { value, endedAt };
    }
    return null;
  }

  async act(job: JobView, action: JobAction): Promise<void> {
    try {
      await this.#api.call(CHANNELS[action], { job: job.id });
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  #take(jobs: readonly JobView[]): void {
    const before = new Map(this.all.map((job) => [job.id, job.state]));
    this.all = jobs;
    for (const job of jobs) {
      const old = before.get(job.id);
      if (!this.#isFirst && old !== job.state) this.#announce(job);
    }
    this.#isFirst = false;
  }

  #announce(job: JobView): void {
    const { kind, subject, state, message } = job;
    const what = `${words.frame.jobs.kinds[kind]} ${subject}`;
    // An enrolment is told of with its counts, by state/enrolment.
    if (state === 'done' && kind !== 'enrol') this.#toasts.tell(finishedText(job), this.wayTo(job));
    if (state === 'failed') this.#toasts.warn(words.frame.jobs.failed(what, message ?? ''));
    if (state === 'interrupted') this.#toasts.warn(words.frame.jobs.interrupted(what));
    if (job.endedAt !== null || state === 'paused' || state === 'interrupted') {
      for (const listener of this.#ended) listener(job);
    }
  }
}

function finishedText({ kind, subject, outcome }: JobView): string {
  if (outcome?.kind !== 'score-meaning' || outcome.value.source === 'gallery')
    return words.frame.jobs.finished[kind](subject);
  const { people, leftOut } = outcome.value;
  return words.people.reference.done(subject, people, leftOut);
}
