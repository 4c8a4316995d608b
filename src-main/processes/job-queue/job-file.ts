// Jobs on disk, so that a crash of the whole application leaves them listed and resumable.

import { readJsonFile, writeFileAtomically } from '../../common/files.ts';
import type { JobKindName, JobView } from '../../contract/jobs.ts';
import { JOB_STATES } from '../../contract/jobs.ts';

export interface StoredJob {
  readonly view: JobView;
  readonly params: object;
  /** An earlier sitting was begun. */
  readonly wasBegun: boolean;
}

/** Those that this Glimpse knows; a damaged file has none, and the reason goes to `onProblem`. */
export async function readJobs(
  path: string,
  kinds: readonly JobKindName[],
  onProblem: (error: unknown) => void,
): Promise<StoredJob[]> {
  const stored = await readJsonFile(path).catch((error: unknown) => {
    onProblem(error);
    return null;
  });
  const jobs = (stored as { jobs?: unknown } | null)?.jobs;
  return Array.isArray(jobs) ? jobs.filter((job): job is StoredJob => isStoredJob(job, kinds)) : [];
}

export async function writeJobs(path: string, jobs: readonly StoredJob[]): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify({ version: 1, jobs }, null, 1)}\n`);
}

function isStoredJob(value: unknown, kinds: readonly JobKindName[]): value is StoredJob {
  const { view, params } = (value ?? {}) as Partial<StoredJob>;
  return (
    typeof view?.id === 'string' &&
    typeof view.subject === 'string' &&
    kinds.includes(view.kind) &&
    JOB_STATES.includes(view.state) &&
    typeof params === 'object' &&
    params !== null
  );
}
