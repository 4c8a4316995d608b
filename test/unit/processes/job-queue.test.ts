// The job queue: order, pause and resume, cancel, a crash of the process below, a crash of the application itself.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { readJsonFile } from '../../../src-main/common/files.ts';
import type { ProgressToken } from '../../../src-main/common/progress.ts';
import type { JobState, JobView } from '../../../src-main/contract/jobs.ts';
import type { HostJobParams } from '../../../src-main/processes/host-jobs.ts';
import type { JobKinds } from '../../../src-main/processes/job-queue/job-kinds.ts';
import { JobQueue } from '../../../src-main/processes/job-queue/job-queue.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** One call of a job's `run`, ended by the test. */
interface Sitting {
  readonly subject: string;
  readonly resumes: boolean;
  readonly progress: ProgressToken;
  finish(): void;
  fail(error: Error): void;
}

const RESULT = {
  run: 'r',
  reason: 'finished',
  epochs: 1,
  imagesPerSecond: 1,
  final: null,
  skipped: 0,
} as const;

function madeKinds(sittings: Sitting[], onSitting: () => void): JobKinds<HostJobParams> {
  const kind = (isResumable: boolean, subjectOf: (params: never) => string) => ({
    lane: 'engine',
    isResumable,
    subjectOf,
    run: (params: never, progress: ProgressToken, resumes: boolean) =>
      new Promise((resolve, reject) => {
        progress.signal.addEventListener('abort', () => reject(new GlimpseError('cancelled', 'cancelled')));
        sittings.push({
          subject: subjectOf(params),
          resumes,
          progress,
          finish: () => resolve(RESULT),
          fail: reject,
        });
        onSitting();
      }),
  });
  const ofRun = kind(true, ({ run }: { run: string }) => run);
  const ofStudent = kind(false, ({ student }: { student: string }) => student);
  return {
    train: ofRun,
    verify: ofStudent,
    adapt: ofStudent,
    export: ofStudent,
    'import-teacher': ofStudent,
    doctor: ofStudent,
  } as unknown as JobKinds<HostJobParams>;
}

async function open(t: TestContext, folder?: string) {
  const path = join(folder ?? (await temporaryFolder(t)), 'jobs.json');
  const sittings: Sitting[] = [];
  const changes = new EventTarget();
  const problems: unknown[] = [];
  const queue = await JobQueue.open<HostJobParams>({
    path,
    kinds: madeKinds(sittings, () => changes.dispatchEvent(new Event('change'))),
    onChange: () => changes.dispatchEvent(new Event('change')),
    onProblem: (error) => problems.push(error),
  });
  async function until(id: string, state: JobState): Promise<JobView> {
    for (;;) {
      const view = queue.views.find((job) => job.id === id);
      if (view?.state === state) return view;
      await once(changes, 'change');
    }
  }
  return { queue, sittings, until, path, problems };
}

const train = (run: string) => ({ run, plan: null });

test('jobs of a lane run one after the other, in the order they came', async (t) => {
  const { queue, sittings, until } = await open(t);
  const first = queue.add('train', train('a'));
  const second = queue.add('train', train('b'));
  assert.deepEqual(
    sittings.map(({ subject }) => subject),
    ['a'],
  );
  assert.equal(second.state, 'queued');
  sittings[0].finish();
  const done = await until(first.id, 'done');
  assert.deepEqual(done.outcome, { kind: 'train', value: RESULT });
  assert.notEqual(done.endedAt, null);
  await until(second.id, 'running');
  assert.deepEqual(
    sittings.map(({ subject }) => subject),
    ['a', 'b'],
  );
});

test('progress is told as it comes', async (t) => {
  const { queue, sittings } = await open(t);
  queue.add('train', train('a'));
  sittings[0].progress.sink({ stage: 'epoch 1/2', done: 3, total: 10, unit: 'steps', etaSeconds: 7 });
  assert.equal(queue.views[0].progress?.done, 3);
});

test('a paused training lets the next one through, and goes on when it is resumed', async (t) => {
  const { queue, sittings, until } = await open(t);
  const job = queue.add('train', train('a'));
  assert.equal(queue.pause(job.id).state, 'pausing');
  const paused = await until(job.id, 'paused');
  assert.deepEqual([paused.canPause, paused.canResume, paused.canCancel], [false, true, true]);
  queue.resume(job.id);
  assert.deepEqual(
    sittings.map(({ resumes }) => resumes),
    [false, true],
  );
  sittings[1].finish();
  await until(job.id, 'done');
});

test('a cancelled job is stopped; one that has not begun ends at once', async (t) => {
  const { queue, sittings, until } = await open(t);
  const [running, queued] = [queue.add('train', train('a')), queue.add('train', train('b'))];
  assert.equal(queue.cancel(queued.id).state, 'stopped');
  assert.equal(queue.cancel(running.id).state, 'stopping');
  const stopped = await until(running.id, 'stopped');
  assert.equal(stopped.canResume, false);
  assert.equal(sittings.length, 1);
});

test('when the process below dies, a training is interrupted and resumable, another job has failed', async (t) => {
  const { queue, sittings, until } = await open(t);
  const lost = new GlimpseError('lost-process', 'the worker was ended by SIGKILL before it answered train');
  const training = queue.add('train', train('a'));
  sittings[0].fail(lost);
  const interrupted = await until(training.id, 'interrupted');
  assert.equal(interrupted.message, lost.message);
  assert.equal(interrupted.canResume, true);
  const check = queue.add('verify', { student: 's', dataset: '/d', faceBn: null });
  sittings[1].fail(lost);
  const failed = await until(check.id, 'failed');
  assert.equal(failed.canResume, false);
});

test('what is not allowed in a state is refused in one sentence', async (t) => {
  const { queue, until } = await open(t);
  const job = queue.add('train', train('a'));
  assert.throws(() => queue.resume(job.id), /a job that is running cannot be resumed/);
  assert.throws(() => queue.dismiss(job.id), /a job that is running stays on the list/);
  assert.throws(() => queue.pause('nowhere'), /there is no job nowhere/);
  queue.cancel(job.id);
  await until(job.id, 'stopped');
  queue.dismiss(job.id);
  assert.deepEqual(queue.views, []);
});

test('after a crash of the application the list is there, and a training is resumed from it', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await open(t, folder);
  const training = first.queue.add('train', train('a'));
  const check = first.queue.add('verify', { student: 's', dataset: '/d', faceBn: null });
  // As a crash leaves it: nothing is closed, only what is on disk counts.
  await until(async () => {
    const stored = (await readJsonFile(first.path)) as { jobs: { view: JobView }[] } | null;
    return stored?.jobs.length === 2 && stored.jobs[0].view.state === 'running';
  });
  const second = await open(t, folder);
  const [interrupted, failed] = second.queue.views;
  assert.deepEqual([interrupted.id, interrupted.state], [training.id, 'interrupted']);
  assert.deepEqual([failed.id, failed.state], [check.id, 'failed']);
  second.queue.resume(training.id);
  assert.deepEqual(
    second.sittings.map(({ subject, resumes }) => [subject, resumes]),
    [['a', true]],
  );
});

test('a damaged list is told of and starts empty', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'jobs.json'), '{"jobs": [');
  const { queue, problems } = await open(t, folder);
  assert.deepEqual(queue.views, []);
  assert.match(String(problems[0]), /is not valid JSON/);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
