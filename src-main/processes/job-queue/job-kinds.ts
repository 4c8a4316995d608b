// What a job is made of: how it starts, what it is called, what can be done with it while it runs.

import type { ProgressToken } from '../../common/progress.ts';
import type { JobKindName, JobResults } from '../../contract/jobs.ts';

export interface JobKind<Params, Result> {
  /** Jobs of one lane run one after the other. */
  readonly lane: string;
  /** Stopped and started again it goes on where it was: it can be paused, and resumed after a crash. */
  readonly isResumable: boolean;
  subjectOf(params: Params): string;
  /** `resumes` is true where an earlier sitting was begun. Throws `cancelled` once the token is. */
  run(params: Params, progress: ProgressToken, resumes: boolean): Promise<Result>;
}

/** Kind → parameters: plain JSON, because they are kept on disk. */
export type JobParams = Readonly<Record<JobKindName, object>>;

/** The jobs of one process: some of all kinds. */
export type JobKindsOf<P> = { readonly [K in keyof P & JobKindName]: JobKind<P[K], JobResults[K]> };

export type JobKinds<P extends JobParams> = JobKindsOf<Pick<P, JobKindName>>;
