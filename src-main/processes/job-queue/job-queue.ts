// Long work in order: one job a lane at a time, with progress, pause, resume and cancel; listed on disk.

import { randomUUID } from 'node:crypto';
import { ensure, GlimpseError, messageOf } from '../../common/errors.ts';
import { ProgressToken } from '../../common/progress.ts';
import type { JobKindName, JobOutcome, JobState, JobView } from '../../contract/jobs.ts';
import { readJobs, type StoredJob, writeJobs } from './job-file.ts';
import type { JobKind, JobKinds, JobParams } from './job-kinds.ts';

const ENDED: readonly JobState[] = ['stopped', 'failed', 'done'];
const WAITING_FOR_A_PERSON: readonly JobState[] = ['paused', 'interrupted'];
/** Ended jobs beyond these are forgotten, oldest first. */
const MOST_ENDED = 50;

interface Job extends StoredJob {
  view: JobView;
  wasBegun: boolean;
  controller: AbortController | null;
}

export interface JobQueueOptions<P extends JobParams> {
  readonly kinds: JobKinds<P>;
  /** Where the list is kept. */
  readonly path: string;
  readonly onChange: (jobs: readonly JobView[]) => void;
  /** Hears what kept the list from being read or written: the jobs themselves go on. */
  readonly onProblem: (error: unknown) => void;
}

export class JobQueue<P extends JobParams> {
  readonly #options: JobQueueOptions<P>;
  readonly #jobs: Job[];
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(options: JobQueueOptions<P>, jobs: Job[]) {
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Jobs that were under way when the last list was written are `interrupted`. */
  static async open<P extends JobParams>(options: JobQueueOptions<P>): Promise<JobQueue<P>> {
    const kinds = Object.keys(options.kinds) as JobKindName[];
    const stored = await readJobs(options.path, kinds, options.onProblem);
    const queue = new JobQueue<P>(
      options,
      stored.map((job) => ({ ...job, controller: null })),
    );
    for (const job of queue.#jobs) {
      if (ENDED.includes(job.view.state) || job.view.state === 'paused') continue;
      const isResumable = queue.#kindOf(job.view.kind).isResumable;
      queue.#set(job, {
        state: isResumable ? 'interrupted' : 'failed',
        message: 'Glimpse was closed while it ran',
        endedAt: isResumable ? null : new Date().toISOString(),
      });
    }
    return queue;
  }

  /** Oldest first. */
  get views(): readonly JobView[] {
    return this.#jobs.map(({ view }) => view);
  }

  add<K extends JobKindName>(kind: K, params: P[K]): JobView {
    const job: Job = {
      params,
      wasBegun: false,
      controller: null,
      view: {
        id: randomUUID(),
        kind,
        subject: this.#kindOf(kind).subjectOf(params),
        state: 'queued',
        progress: null,
        createdAt: new Date().toISOString(),
        endedAt: null,
        message: null,
        outcome: null,
        canPause: false,
        canResume: false,
        canCancel: true,
      },
    };
    this.#jobs.push(job);
    this.#forgetOldest();
    this.#set(job, {});
    this.#startNext();
    return job.view;
  }

  pause(id: string): JobView {
    const job = this.#find(id);
    ensure(job.view.canPause, 'bad-usage', `a job that is ${job.view.state} cannot be paused`);
    if (job.view.state === 'queued') return this.#set(job, { state: 'paused' });
    job.controller?.abort();
    return this.#set(job, { state: 'pausing' });
  }

  resume(id: string): JobView {
    const job = this.#find(id);
    ensure(job.view.canResume, 'bad-usage', `a job that is ${job.view.state} cannot be resumed`);
    this.#set(job, { state: 'queued', message: null, endedAt: null });
    this.#startNext();
    return job.view;
  }

  cancel(id: string): JobView {
    const job = this.#find(id);
    ensure(job.view.canCancel, 'bad-usage', `a job that is ${job.view.state} cannot be cancelled`);
    if (job.controller === null) return this.#end(job, { state: 'stopped' });
    job.controller.abort();
    return this.#set(job, { state: 'stopping' });
  }

  /** Takes an ended job off the list. */
  dismiss(id: string): void {
    const job = this.#find(id);
    ensure(ENDED.includes(job.view.state), 'bad-usage', `a job that is ${job.view.state} stays on the list`);
    this.#jobs.splice(this.#jobs.indexOf(job), 1);
    this.#changed();
  }

  /** Stops what runs, so that it can be resumed, and waits until the list is on disk. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#jobs) job.controller?.abort();
    await this.#writing;
  }

  #startNext(): void {
    if (this.#isClosed) return;
    const busy = new Set(
      this.#jobs.filter((job) => job.controller !== null).map(({ view }) => this.#kindOf(view.kind).lane),
    );
    for (const job of this.#jobs) {
      const { lane } = this.#kindOf(job.view.kind);
      if (job.view.state !== 'queued' || busy.has(lane)) continue;
      busy.add(lane);
      void this.#run(job);
    }
  }

  async #run(job: Job): Promise<void> {
    const kind = this.#kindOf(job.view.kind);
    const controller = new AbortController();
    job.controller = controller;
    const resumes = job.wasBegun;
    job.wasBegun = true;
    this.#set(job, { state: 'running', progress: null });
    const token = new ProgressToken((progress) => this.#report(job, progress), controller.signal);
    try {
      const value = await kind.run(job.params as P[JobKindName], token, resumes);
      job.controller = null;
      const outcome = { kind: job.view.kind, value } as JobOutcome;
      this.#end(job, { state: 'done', outcome, progress: null });
    } catch (error) {
      job.controller = null;
      this.#settleFailure(job, error);
    }
    this.#startNext();
  }

  #settleFailure(job: Job, error: unknown): void {
    const { isResumable } = this.#kindOf(job.view.kind);
    const code = error instanceof GlimpseError ? error.code : null;
    const message = messageOf(error);
    if (job.view.state === 'pausing') this.#set(job, { state: 'paused', message: null });
    else if (job.view.state === 'stopping') this.#end(job, { state: 'stopped' });
    else if (isResumable && (code === 'lost-process' || code === 'cancelled'))
      this.#set(job, { state: 'interrupted', message });
    else this.#end(job, { state: 'failed', message });
  }

  /** Progress is told, not kept: it would be written ten times a second. */
  #report(job: Job, progress: JobView['progress']): void {
    job.view = { ...job.view, progress };
    this.#options.onChange(this.views);
  }

  #end(job: Job, change: Partial<JobView>): JobView {
    return this.#set(job, { ...change, endedAt: new Date().toISOString() });
  }

  #set(job: Job, change: Partial<JobView>): JobView {
    const next = { ...job.view, ...change };
    const { isResumable } = this.#kindOf(next.kind);
    const isWaiting = WAITING_FOR_A_PERSON.includes(next.state);
    job.view = {
      ...next,
      canPause: isResumable && (next.state === 'running' || next.state === 'queued'),
      canResume: isWaiting,
      canCancel: isWaiting || next.state === 'queued' || next.state === 'running' || next.state === 'pausing',
    };
    this.#changed();
    return job.view;
  }

  #changed(): void {
    this.#options.onChange(this.views);
    const jobs = this.#jobs.map(({ view, params, wasBegun }) => ({ view, params, wasBegun }));
    this.#writing = this.#writing
      .then(() => writeJobs(this.#options.path, jobs))
      .catch(this.#options.onProblem);
  }

  #forgetOldest(): void {
    const ended = this.#jobs.filter(({ view }) => ENDED.includes(view.state));
    for (const job of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) {
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
    }
  }

  #find(id: string): Job {
    const job = this.#jobs.find(({ view }) => view.id === id);
    if (job === undefined) throw new GlimpseError('not-found', `there is no job ${id}`);
    return job;
  }

  #kindOf(kind: JobKindName): JobKind<P[JobKindName], unknown> {
    return this.#options.kinds[kind] as JobKind<P[JobKindName], unknown>;
  }
}
