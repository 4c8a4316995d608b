// A gallery's long work, as the queue knows it. The engine's worker embeds, the gallery process stores and reads; this runs in the
// host and passes on numbers and digests.

import type { ProgressToken } from '../../common/progress.ts';
import type { BackUpResult, PurgeRuleAsked } from '../../contract/care.ts';
import type { JobResults } from '../../contract/jobs.ts';
import type { FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { ProbeModel } from '../engine/open-models.ts';
import { fillSpace } from '../enrolment/fill-space.ts';
import type { JobKind, JobKindsOf } from '../job-queue/job-kinds.ts';
import type { Supervised } from '../supervised.ts';
import type { NamedGalleries } from './named-galleries.ts';

export interface CareJobParams {
  readonly calibrate: {
    readonly gallery: string;
    readonly student: string;
    readonly camera: string | null;
    readonly settings: FaceBnSettings;
  };
  readonly embed: {
    readonly gallery: string;
    readonly model: Pick<ProbeModel, 'kind' | 'name'>;
    /** A profile that the gallery keeps, by its digest. */
    readonly profileDigest: string | null;
  };
  readonly 'compare-spaces': { readonly gallery: string; readonly before: number; readonly after: number };
  readonly 'verify-gallery': { readonly gallery: string };
  readonly 'back-up': { readonly gallery: string; readonly folder: string };
  readonly purge: { readonly gallery: string; readonly rule: PurgeRuleAsked };
}

/** The worker's lane: it embeds one thing at a time. */
const ENGINE_LANE = 'engine';
const GALLERY_LANE = 'gallery';

export interface CareJobServices {
  readonly worker: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
}

export function careJobs({ worker, galleries }: CareJobServices): JobKindsOf<CareJobParams> {
  function job<K extends keyof CareJobParams>(
    lane: string,
    run: (params: CareJobParams[K], progress: ProgressToken) => Promise<JobResults[K]>,
    isResumable = false,
  ): JobKind<CareJobParams[K], JobResults[K]> {
    return { lane, isResumable, subjectOf: ({ gallery }) => gallery, run };
  }
  const under = (progress: ProgressToken) => ({ onProgress: progress.sink, signal: progress.signal });

  /** In the space of a model, which does not answer until somebody lets it. */
  async function embedAnew(
    gallery: string,
    model: ProbeModel,
    progress: ProgressToken,
  ): Promise<{ space: number; faces: number }> {
    const wanted = await worker.call('spaceOf', model);
    const cropsFolder = await galleries.openCropsOf(gallery);
    const store = {
      begin: (space: typeof wanted) => galleries.call(gallery, 'beginSpace', space),
      todo: (space: number, after: number, limit: number) =>
        galleries.call(gallery, 'spaceTodo', { space, after, limit }),
      fill: (...[space, entries]: Parameters<Parameters<typeof fillSpace>[0]['fill']>) =>
        galleries.call(gallery, 'fillSpace', { space, entries }),
    };
    const embed = async (crops: readonly string[]): Promise<readonly Float32Array[]> =>
      (await worker.call('embedCrops', { cropsFolder, crops, model })).vectors;
    const { space, faces } = await fillSpace(store, wanted, embed, progress);
    return { space: space.id, faces };
  }

  return {
    calibrate: job<'calibrate'>(
      ENGINE_LANE,
      async ({ gallery, student, camera, settings }, progress) => {
        const crops = await galleries.call(gallery, 'calibrationCrops', { camera });
        const cropsFolder = await galleries.openCropsOf(gallery);
        const { profile, faces: adaptedTo } = await worker.call(
          'calibrate',
          { gallery, camera, cropsFolder, crops, student, settings },
          under(progress),
        );
        const model = { kind: 'student', name: student, profile } as const;
        return { ...(await embedAnew(gallery, model, progress)), adaptedTo };
      },
      true,
    ),
    embed: job<'embed'>(
      ENGINE_LANE,
      async ({ gallery, model, profileDigest }, progress) => {
        const stored =
          profileDigest === null ? null : await galleries.call(gallery, 'profile', { digest: profileDigest });
        const profile = stored && { name: stored.name, content: stored.content };
        return embedAnew(gallery, { ...model, profile }, progress);
      },
      true,
    ),
    'compare-spaces': job<'compare-spaces'>(GALLERY_LANE, async ({ gallery, before, after }, progress) => ({
      ...(await galleries.call(gallery, 'compareSpaces', { before, after }, under(progress))),
      before,
      after,
    })),
    'verify-gallery': job<'verify-gallery'>(GALLERY_LANE, async ({ gallery }, progress) => {
      const report = await galleries.call(gallery, 'verify', {}, under(progress));
      const { faces, embeddings, cases, audit, problems } = report;
      return { faces, embeddings, cases, auditEntries: audit.entries, auditHead: audit.head, problems };
    }),
    'back-up': job<'back-up'>(GALLERY_LANE, async ({ gallery, folder }, progress): Promise<BackUpResult> => {
      const { faces } = await galleries.call(gallery, 'backUp', { folder }, under(progress));
      return { folder, faces };
    }),
    purge: job<'purge'>(GALLERY_LANE, async ({ gallery, rule }, progress) => {
      // Not handed the signal: what has begun is ended.
      progress.throwIfCancelled();
      const report = await galleries.call(gallery, 'purge', { rule }, { onProgress: progress.sink });
      return { purge: report.purge, faces: report.faces };
    }),
  };
}
