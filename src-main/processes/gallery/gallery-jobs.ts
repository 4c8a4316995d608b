// The jobs of the gallery process, as the queue knows them.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { JobResults } from '../../contract/jobs.ts';
import type { ClusterLimit, ReferenceFolder, ScoreMeasure } from '../../contract/people.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { ReadReference } from '../engine/reference-reader.ts';
import { isPdfPath, type Print, printTo } from '../exports/print-to.ts';
import type { JobKind, JobKindsOf } from '../job-queue/job-kinds.ts';
import type { Supervised } from '../supervised.ts';
import type { GalleryModels } from './gallery-models.ts';
import type { NamedGalleries } from './named-galleries.ts';

type Side = 'lr' | 'hr';

export interface GalleryJobParams {
  readonly clusters: { readonly gallery: string; readonly side: Side; readonly limit: ClusterLimit };
  readonly 'label-check': { readonly gallery: string; readonly side: Side };
  readonly 'score-meaning': ScoreMeasure;
  readonly 'gallery-export': { readonly gallery: string; readonly target: string };
  readonly 'gallery-import': { readonly gallery: string; readonly source: string };
  readonly 'case-export': { readonly gallery: string; readonly case: number; readonly target: string };
}

/** Reads at length take memory: one at a time. Packages wait for the disk, and for nothing else. */
const READING_LANE = 'gallery-reading';
const PACKAGE_LANE = 'packages';
const MOST_DOUBTS = 60;

export interface GalleryJobServices {
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
  readonly models: GalleryModels;
  /** Makes a PDF of an HTML file; null where an installed Chromium has to do it. */
  readonly print: Print | null;
}

export function galleryJobs({
  engine,
  galleries,
  models,
  print,
}: GalleryJobServices): JobKindsOf<GalleryJobParams> {
  function job<K extends keyof GalleryJobParams>(
    lane: string,
    subjectOf: (params: GalleryJobParams[K]) => string,
    run: (params: GalleryJobParams[K], progress: ProgressToken) => Promise<JobResults[K]>,
  ): JobKind<GalleryJobParams[K], JobResults[K]> {
    return { lane, isResumable: false, subjectOf, run };
  }
  const under = (progress: ProgressToken) => ({ onProgress: progress.sink, signal: progress.signal });

  /** Embedded as what answers on the side is. */
  async function readReference(
    gallery: string,
    side: Side,
    reference: ReferenceFolder,
    progress: ProgressToken,
  ): Promise<ReadReference> {
    const space = (await models.activeSpaces(gallery)).find((each) => each.side === side);
    ensure(space !== undefined, 'bad-data', `${gallery} has no faces on the ${side} side yet`);
    const model = await models.of(gallery, space);
    return engine.call('readReference', { ...reference, model }, under(progress));
  }

  return {
    clusters: job<'clusters'>(
      READING_LANE,
      ({ gallery }) => gallery,
      async ({ gallery, side, limit }, progress) => {
        const found = await galleries.call(gallery, 'findClusters', { side, limit }, under(progress));
        return { side, ...found };
      },
    ),
    'label-check': job<'label-check'>(
      READING_LANE,
      ({ gallery }) => gallery,
      ({ gallery, side }, progress) =>
        galleries.call(gallery, 'checkLabels', { side, count: MOST_DOUBTS }, under(progress)),
    ),
    'score-meaning': job<'score-meaning'>(
      READING_LANE,
      ({ gallery }) => gallery,
      async ({ gallery, side, reference }, progress) => {
        const read = reference && (await readReference(gallery, side, reference, progress));
        const asked = { probes: side, answers: side, reference: read } as const;
        const { source } = await galleries.call(gallery, 'measureMeaning', asked, under(progress));
        return { source, people: new Set(read?.people).size, leftOut: read?.leftOut ?? 0 };
      },
    ),
    'gallery-export': job<'gallery-export'>(
      PACKAGE_LANE,
      ({ gallery }) => gallery,
      ({ gallery, target }, progress) =>
        galleries.call(gallery, 'exportGallery', { target }, under(progress)),
    ),
    'gallery-import': job<'gallery-import'>(
      PACKAGE_LANE,
      ({ gallery }) => gallery,
      async ({ gallery, source }, progress) => {
        const { faces, subjects, manifestSha256 } = await galleries.importAs(
          gallery,
          source,
          under(progress),
        );
        return { gallery, faces, subjects, manifestSha256 };
      },
    ),
    'case-export': job<'case-export'>(
      PACKAGE_LANE,
      ({ gallery, case: id }) => `${id} of ${gallery}`,
      ({ gallery, case: id, target }, progress) =>
        isPdfPath(target)
          ? printTo(target, print, progress, (page) =>
              // Never given up half-way: a page that came after its removal would stay.
              galleries.call(gallery, 'writeCasePage', { id, page }),
            )
          : galleries.call(gallery, 'exportCase', { id, target }, under(progress)),
    ),
  };
}
