// Every kind of job that the host's queue knows: those of the engine, and those that bring several processes together.

import { type AblationJobParams, type AblationJobServices, ablationJobs } from './engine/ablation-jobs.ts';
import { type EngineJobParams, type EngineJobServices, engineJobs } from './engine/engine-jobs.ts';
import { type CareJobParams, careJobs } from './gallery/care-jobs.ts';
import { type GalleryJobParams, galleryJobs } from './gallery/gallery-jobs.ts';
import type { JobKinds } from './job-queue/job-kinds.ts';
import { type SampleJobParams, type SampleJobServices, sampleJobs } from './sample/sample-jobs.ts';
import { type ClipJobParams, type ClipJobServices, clipJobs } from './search/clip-desk.ts';

export type HostJobParams = EngineJobParams &
  SampleJobParams &
  ClipJobParams &
  AblationJobParams &
  GalleryJobParams &
  CareJobParams;

export function hostJobs(
  services: EngineJobServices & SampleJobServices & ClipJobServices & AblationJobServices,
): JobKinds<HostJobParams> {
  return {
    ...engineJobs(services),
    ...sampleJobs(services),
    ...clipJobs(services),
    ...ablationJobs(services),
    ...galleryJobs(services),
    ...careJobs(services),
  };
}
