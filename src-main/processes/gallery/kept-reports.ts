// What the clusters and the label check of an open gallery have found, in memory alone: it names people, and a purge forgets it.

import type { SamePicture } from '../../gallery/db/queries/same-pictures.ts';
import { settledDoubts } from '../../gallery/db/queries/settled-doubts.ts';
import { trackById } from '../../gallery/db/queries/tracks.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Cluster, ClusterReport } from '../clusters/cluster-job.ts';
import { type DoubtfulPair, settledTest } from '../search/label-doubts.ts';

/** Clusters as they were found, less those that have been named since. */
export interface StandingClusters extends Omit<ClusterReport, 'clusters'> {
  readonly clusters: readonly Cluster[];
  /** Faces have come or tracks were split or joined since. */
  readonly isOld: boolean;
}

/** What a label check found, kept as it was. */
export interface CheckedLabels {
  readonly at: number;
  readonly alikeOfDifferent: readonly DoubtfulPair[];
  readonly unlikeOfSame: readonly DoubtfulPair[];
  /** Why scores have no meaning here, one sentence each. */
  readonly unmeasured: readonly string[];
  readonly pictures: { readonly total: number; readonly groups: readonly SamePicture[] };
}

/** Pairs that are still as they were found, and nobody has found right. */
export interface StandingLabels extends CheckedLabels {
  readonly settled: number;
  readonly isOld: boolean;
}

export class KeptReports {
  #clusters: { readonly report: ClusterReport; readonly state: string } | null = null;
  #labels: { readonly report: CheckedLabels; readonly state: string } | null = null;

  keepClusters(report: ClusterReport, state: string): void {
    this.#clusters = { report, state };
  }

  keepLabels(report: CheckedLabels, state: string): void {
    this.#labels = { report, state };
  }

  forget(): void {
    this.#clusters = null;
    this.#labels = null;
  }

  /** Null where nobody has looked for any since the gallery was opened. */
  clusters(gallery: Gallery): StandingClusters | null {
    if (this.#clusters === null) return null;
    const { database } = gallery;
    const { report, state } = this.#clusters;
    const isUnknown = database.prepare('SELECT 1 FROM tracks WHERE id = ? AND subject_id IS NULL');
    const clusters = report.clusters.filter(({ tracks }) =>
      tracks.every((id) => isUnknown.get(id) !== undefined),
    );
    return { ...report, clusters, isOld: facesState(gallery) !== state };
  }

  labels(gallery: Gallery): StandingLabels | null {
    if (this.#labels === null) return null;
    const { report, state } = this.#labels;
    const { database } = gallery;
    const settled = settledDoubts(gallery);
    const isSettled = settledTest(settled);
    const ownerOf = (id: number): number | null => trackById(database, id)?.subjectId ?? null;
    const stands = (pair: DoubtfulPair): boolean =>
      !isSettled(pair) &&
      [pair.left, pair.right].every(({ trackId, subjectId }) => ownerOf(trackId) === subjectId);
    return {
      ...report,
      alikeOfDifferent: report.alikeOfDifferent.filter(stands),
      unlikeOfSame: report.unlikeOfSame.filter(stands),
      settled: settled.length,
      isOld: facesState(gallery) !== state,
    };
  }
}

/** Changes whenever faces come or go, or tracks are split or joined. */
export function facesState({ database }: Gallery): string {
  return database
    .prepare(
      `SELECT (SELECT count(*) || ':' || ifnull(max(id), 0) FROM faces) || '/' ||
         (SELECT count(*) || ':' || count(undone_at) FROM changes WHERE action IN ('track.split', 'tracks.joined'))`,
    )
    .pluck()
    .get() as string;
}
