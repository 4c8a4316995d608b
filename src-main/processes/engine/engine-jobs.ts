// The jobs that the engine's worker does, as the queue knows them.

import { rm } from 'node:fs/promises';
import type { ProgressToken } from '../../common/progress.ts';
import type { JobResults } from '../../contract/jobs.ts';
import type { EnrolmentDesk, EnrolmentJob } from '../enrolment/enrolment-desk.ts';
import type { JobKind, JobKindsOf } from '../job-queue/job-kinds.ts';
import type { MethodName, Params } from '../rpc/methods.ts';
import type { Supervised } from '../supervised.ts';
import type { EngineService, ReportParams, TrainingPlan } from './engine-service.ts';

type ParamsOf<M extends MethodName<EngineService>> = Params<EngineService, M>;

export interface EngineJobParams {
  readonly train: { readonly run: string; readonly plan: TrainingPlan | null };
  readonly verify: ParamsOf<'verify'>;
  readonly adapt: ParamsOf<'adapt'>;
  readonly export: ParamsOf<'export'>;
  readonly 'import-teacher': ParamsOf<'importTeacher'>;
  readonly doctor: Record<never, never>;
  readonly benchmark: ParamsOf<'runBenchmark'>;
  readonly report: ReportParams;
  readonly enrol: EnrolmentJob;
}

const LANE = 'engine';
/** A report waits for no training. */
const REPORT_LANE = 'report';
/**
 * Nor does an enrolment: people wait for faces, not for the end of a training. It is done by `engine` rather than `worker` in batches
 * so small that a probe asked for meanwhile waits for one network's run; a third process would hold TensorFlow's memory once more.
 */
const ENROLMENT_LANE = 'enrolment';

export interface EngineJobServices {
  /** A process of its own, so that what it computes holds up no question to the engine. */
  readonly worker: Supervised<EngineService>;
  readonly engine: Supervised<EngineService>;
  readonly enrolments: EnrolmentDesk;
  /** Prints an HTML file as PDF; null where an installed Chromium has to do it. */
  readonly print: ((htmlPath: string, pdfPath: string) => Promise<void>) | null;
}

export function engineJobs({
  worker,
  engine,
  enrolments,
  print,
}: EngineJobServices): JobKindsOf<EngineJobParams> {
  function job<K extends keyof EngineJobParams>(
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
    benchmark: job<'benchmark'>(
      ({ protocol }) => protocol,
      (params, progress) => worker.call('runBenchmark', params, under(progress)),
      true,
    ),
    report: {
      lane: REPORT_LANE,
      isResumable: false,
      subjectOf: ({ result }) => result,
      run: async (params, progress) => {
        await writeReport(params, engine, print, progress);
        return { files: params.files.map(({ path }) => path) };
      },
    },
    enrol: {
      lane: ENROLMENT_LANE,
      isResumable: true,
      subjectOf: ({ gallery }) => gallery,
      run: (params, progress, resumes) => enrolments.run(params, progress, resumes),
    },
  };
}

/** A shell that can print does the PDF, from the same page. */
async function writeReport(
  params: ReportParams,
  engine: EngineJobServices['engine'],
  print: EngineJobServices['print'],
  progress: ProgressToken,
): Promise<void> {
  const options = { onProgress: progress.sink, signal: progress.signal };
  const pdf = print === null ? undefined : params.files.find(({ format }) => format === 'pdf');
  const files = params.files.filter((file) => file !== pdf);
  if (files.length > 0) await engine.call('writeReport', { ...params, files }, options);
  if (pdf === undefined || print === null) return;
  const page = `${pdf.path}.${process.pid}.html`;
  try {
    const asPage = [{ path: page, format: 'html' }] as const;
    await engine.call('writeReport', { ...params, files: asPage }, options);
    await print(page, pdf.path);
  } finally {
    await rm(page, { force: true });
  }
}
