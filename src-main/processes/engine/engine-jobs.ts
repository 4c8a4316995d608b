// The jobs that the engine's worker does, as the queue knows them.

import type { ProgressToken } from '../../common/progress.ts';
import type { JobKindName, JobResults } from '../../contract/jobs.ts';
import type { JobKind, JobKinds } from '../job-queue/job-kinds.ts';
import type { MethodName, Params } from '../rpc/methods.ts';
import type { Supervised } from '../supervised.ts';
import type { EngineService, TrainingPlan } from './engine-service.ts';

type ParamsOf<M extends MethodName<EngineService>> = Params<EngineService, M>;

export interface EngineJobParams {
  readonly train: { readonly run: string; readonly plan: TrainingPlan | null };
  readonly verify: ParamsOf<'verify'>;
  readonly adapt: ParamsOf<'adapt'>;
  readonly export: ParamsOf<'export'>;
  readonly 'import-teacher': ParamsOf<'importTeacher'>;
  readonly doctor: Record<never, never>;
}

const LANE = 'engine';

/** `worker` is a process of its own, so that what it computes holds up no question to the engine. */
export function engineJobs(worker: Supervised<EngineService>): JobKinds<EngineJobParams> {
  function job<K extends JobKindName>(
    subjectOf: (params: EngineJobParams[K]) => string,
    run: (params: EngineJobParams[K], progress: ProgressToken, resumes: boolean) => Promise<JobResults[K]>,
    isResumable = false,
  ): JobKind<EngineJobParams[K], JobResults[K]> {
    return { lane: LANE, isResumable, subjectOf, run };
  }
  const under = (progress: ProgressToken) => ({ onProgress: progress.sink, signal: progress.signal });
  return {
    train: job<'train'>(
      ({ run }) => run,
      (params, progress, resumes) => worker.call('train', { ...params, resumes }, under(progress)),
      true,
    ),
    verify: job<'verify'>(
      ({ student }) => student,
      (params, progress) => worker.call('verify', params, under(progress)),
    ),
    adapt: job<'adapt'>(
      ({ student }) => student,
      (params, progress) => worker.call('adapt', params, under(progress)),
    ),
    export: job<'export'>(
      ({ student }) => student,
      (params, progress) => worker.call('export', params, under(progress)),
    ),
    'import-teacher': job<'import-teacher'>(
      ({ name }) => name,
      (params, progress) => worker.call('importTeacher', params, under(progress)),
    ),
    doctor: job<'doctor'>(
      () => 'this machine',
      (_, progress) => worker.call('doctor', null, under(progress)),
    ),
  };
}
