// The jobs of the gallery process, as the queue knows them.

import type { ProgressToken } from '../../common/progress.ts';
import type { JobResults } from '../../contract/jobs.ts';
import type { ClusterLimit } from '../../contract/people.ts';
import { isPdfPath, type Print, printTo } from '../exports/print-to.ts';
import type { JobKind, JobKindsOf } from '../job-queue/job-kinds.ts';
import type { NamedGalleries } from './named-galleries.ts';

type Side = 'lr' | 'hr';

export interface GalleryJobParams {
  readonly clusters: { readonly gallery: string; readonly side: Side; readonly limit: ClusterLimit };
  readonly 'label-check': { readonly gallery: string; readonly side: Side };
  readonly 'score-meaning': { readonly gallery: string; readonly side: Side };
  readonly 'gallery-export': { readonly gallery: string; readonly target: string };
  readonly 'gallery-import': { readonly gallery: string; readonly source: string };
  readonly 'case-export': { readonly gallery: string; readonly case: number; readonly target: string };
}

/** Reads at length take memory: one at a time. Packages wait for the disk, and for nothing else. */
const READING_LANE = 'gallery-reading';
const PACKAGE_LANE = 'packages';
const MOST_DOUBTS = 60;

/** `print` makes a PDF of an HTML file; null where an installed Chromium has to do it. */
export function galleryJobs(galleries: NamedGalleries, print: Print | null): JobKindsOf<GalleryJobParams> {
  function job<K extends keyof GalleryJobParams>(
    lane: string,
    subjectOf: (params: GalleryJobParams[K]) => string,
    run: (params: GalleryJobParams[K], progress: ProgressToken) => Promise<JobResults[K]>,
  ): JobKind<GalleryJobParams[K], JobResults[K]> {
    return { lane, isResumable: false, subjectOf, run };
  }
  const under = (progress: ProgressToken) => ({ onProgress: progress.sink, signal: progress.signal });
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
      async ({ gallery, side }, progress) => {
        const sides = { probes: side, answers: side };
        await galleries.call(gallery, 'measureMeaning', sides, under(progress));
        return null;
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
