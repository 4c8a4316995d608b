// A long read of a gallery on a thread of its own.

import type { ProgressToken } from '../../common/progress.ts';
import type { ReaderJob, ReaderJobs } from './reader-jobs.ts';
import type { ReaderTask } from './reader-thread.ts';
import { runOnThread } from './run-on-thread.ts';

/** These write files, and take them away again when they are cancelled. */
const WRITING: readonly ReaderJob[] = ['exportGallery'];

/** Throws what the job throws; `cancelled` ends the thread where it is, which costs nothing where it only reads. */
export function readOnThread<Job extends ReaderJob>(
  folder: string,
  job: Job,
  params: ReaderJobs[Job]['params'],
  progress: ProgressToken,
): Promise<ReaderJobs[Job]['result']> {
  const data: ReaderTask = { folder, job, params };
  const entry = new URL('./reader-thread.ts', import.meta.url);
  return runOnThread({ entry, data, endsItself: WRITING.includes(job) }, progress);
}
