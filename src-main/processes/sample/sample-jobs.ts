// The sample project as a job of the host: the worker draws and embeds, the gallery process keeps. It is made beside its
// place and moved there whole, so that what a kill leaves behind is never listed.

import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { SampleResult } from '../../contract/sample.ts';
import { galleriesFolder, galleryFolder } from '../../gallery/gallery-folder.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { GalleryService } from '../gallery/gallery-service.ts';
import type { JobKind } from '../job-queue/job-kinds.ts';
import type { Supervised } from '../supervised.ts';
import type { DrawnSample } from './draw-sample.ts';
import { DRAWN_KIND, DRAWN_ROOT } from './sample-plan.ts';

export interface SampleJobParams {
  readonly sample: { readonly gallery: string };
}

export interface SampleJobServices {
  readonly worker: Supervised<EngineService>;
  readonly gallery: Supervised<GalleryService>;
  readonly dataFolder: string;
  /** Who is at the keyboard, for the audit log. */
  readonly actor: string;
}

/** No name that a gallery can have. */
const BEING_MADE = '.sample.tmp';
const OUTCOMES_PER_BATCH = 64;
const CASE_TITLE = 'Who stood on the platform?';
const CASE_NOTE =
  'A sample case: everybody in it is drawn. Search the probe, compare the best answers, and decide: M, N or I. ' +
  'Decisions and searches are listed here, under a log that shows any later change.';

export function sampleJobs(services: SampleJobServices): {
  readonly sample: JobKind<SampleJobParams['sample'], SampleResult>;
} {
  return {
    sample: {
      lane: 'engine',
      isResumable: false,
      subjectOf: ({ gallery }) => gallery,
      run: ({ gallery }, progress) => makeSample(services, gallery, progress),
    },
  };
}

/** Leaves nothing behind where it fails or is cancelled. */
async function makeSample(
  { worker, gallery: service, dataFolder, actor }: SampleJobServices,
  name: string,
  progress: ProgressToken,
): Promise<SampleResult> {
  const under = { onProgress: progress.sink, signal: progress.signal };
  const folder = join(galleriesFolder(dataFolder), BEING_MADE);
  await rm(folder, { recursive: true, force: true });
  const drawn = await worker.call('drawSample', null, under);
  await mkdir(galleriesFolder(dataFolder), { recursive: true });
  const { gallery } = await service.call('create', { folder, actor });
  try {
    const result = await fill(service, gallery, drawn, progress);
    const sides = { probes: 'hr', answers: 'hr', reference: null } as const;
    await service.call('measureMeaning', { gallery, ...sides }, under);
    const { id } = await service.call('createCase', { gallery, title: CASE_TITLE });
    await service.call('addNote', { gallery, id, text: CASE_NOTE });
    await service.call('close', { gallery });
    await rename(folder, galleryFolder(dataFolder, name));
    return { gallery: name, ...result };
  } catch (error) {
    // The gallery process may be what failed: its end closes what it held.
    await service.call('close', { gallery }).catch(() => {});
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fill(
  service: Supervised<GalleryService>,
  gallery: number,
  { space, outcomes }: DrawnSample,
  progress: ProgressToken,
): Promise<Pick<SampleResult, 'faces' | 'people'>> {
  const stage = progress.stage('filling the gallery', outcomes.length, 'pictures');
  const { importId, spaces } = await service.call('beginEnrolment', {
    gallery,
    kind: DRAWN_KIND,
    root: DRAWN_ROOT,
    items: outcomes.map(({ source }) => ({ name: source.path, item: null })),
    asCrops: false,
    spaces: [{ space, profile: null }],
  });
  for (let from = 0; from < outcomes.length; from += OUTCOMES_PER_BATCH) {
    progress.throwIfCancelled();
    const batch = outcomes.slice(from, from + OUTCOMES_PER_BATCH).map((outcome) => ({
      ...outcome,
      faces: outcome.faces.map((face) => ({
        ...face,
        embeddings: [...face.embeddings].map(([, vector]) => [spaces[0].id, vector] as const),
      })),
    }));
    await service.call('enrol', { gallery, importId, spaces, outcomes: batch });
    stage.advance(batch.length);
  }
  const { faces, failed } = await service.call('finishEnrolment', { gallery, importId, spaces });
  ensure(failed === 0, 'bad-data', `${failed} drawn pictures could not be enrolled`);
  const people = new Set(outcomes.map(({ subject }) => subject).filter((subject) => subject !== null));
  return { faces, people: people.size };
}
