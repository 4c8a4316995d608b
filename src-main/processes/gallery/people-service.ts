// What the gallery process is asked about people beyond pages of them: tracks, clusters, doubts, files left out; and whole packages.

import type { NewOwner } from '../../gallery/changes/changes.ts';
import type { LeftOutCounts, LeftOutItem } from '../../gallery/db/queries/imports.ts';
import type { DoubtedPair } from '../../gallery/db/queries/settled-doubts.ts';
import type { Side } from '../../gallery/db/queries/spaces.ts';
import type { Track } from '../../gallery/db/queries/tracks.ts';
import type { Cluster, ClusterRequest } from '../clusters/cluster-job.ts';
import type { GalleryExportReport } from '../exports/gallery-export.ts';
import type { ImportReport } from '../exports/gallery-import.ts';
import type { DoubtfulPair, DoubtfulTrack } from '../search/label-doubts.ts';
import type { FaceRow, InGallery } from './gallery-service.ts';
import type { StandingClusters, StandingLabels } from './kept-reports.ts';

interface Method<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}

/** A track with some of its faces, spread over its time. */
export interface SampledTrack extends Track {
  readonly sample: readonly FaceRow[];
}

export type TracksOf =
  | { readonly kind: 'subject'; readonly id: number }
  | { readonly kind: 'tracks'; readonly ids: readonly number[] };

/** A cluster with the best face of some of its tracks. */
export interface SampledCluster extends Cluster {
  readonly sample: readonly FaceRow[];
}

export interface ClusterPage {
  /** Null where nobody has looked for any since the gallery was opened. */
  readonly found: (Omit<StandingClusters, 'clusters'> & { readonly clusters: number }) | null;
  readonly clusters: readonly SampledCluster[];
  readonly unknownTracks: number;
  /** Null where what scores mean was not measured on this side. */
  readonly measured: { readonly isOld: boolean } | null;
}

export type SampledDoubt = Omit<DoubtfulPair, 'left' | 'right'> & {
  readonly left: DoubtfulTrack & { readonly face: FaceRow | null };
  readonly right: DoubtfulTrack & { readonly face: FaceRow | null };
};

export interface LabelPage extends Omit<StandingLabels, 'alikeOfDifferent' | 'unlikeOfSame' | 'pictures'> {
  readonly alikeOfDifferent: readonly SampledDoubt[];
  readonly unlikeOfSame: readonly SampledDoubt[];
  readonly pictures: { readonly total: number; readonly groups: readonly (readonly FaceRow[])[] };
}

export interface LeftOutPage {
  readonly counts: LeftOutCounts;
  readonly items: readonly LeftOutItem[];
}

/** A type, because interfaces are no index. */
export type PeopleMethods = {
  /** Tracks after a number, and how many there are in all. */
  readonly tracks: Method<
    InGallery & { readonly of: TracksOf; readonly after: number; readonly limit: number },
    { readonly tracks: readonly SampledTrack[]; readonly total: number }
  >;
  /** On a thread of its own; kept until the gallery is closed or purged. */
  readonly findClusters: Method<
    InGallery & ClusterRequest,
    { readonly clusters: number; readonly tracks: number; readonly alone: number }
  >;
  readonly clusters: Method<InGallery & { readonly side: Side; readonly limit: number }, ClusterPage>;
  /** Makes a cluster that stands a subject, or part of one; the number of the change. */
  readonly nameCluster: Method<InGallery & { readonly key: string; readonly owner: NewOwner }, number>;
  /** Measures what scores mean where enough people are known, and looks for labels that seem wrong. */
  readonly checkLabels: Method<
    InGallery & { readonly side: Side; readonly count: number },
    { readonly doubts: number; readonly pictures: number }
  >;
  /** Null where nobody has looked since the gallery was opened. */
  readonly labels: Method<InGallery, LabelPage | null>;
  /** A person has found a pair right, or takes that back. */
  readonly settleDoubt: Method<InGallery & DoubtedPair & { readonly isRight: boolean }, null>;
  readonly leftOut: Method<
    InGallery & { readonly state: LeftOutItem['state']; readonly limit: number },
    LeftOutPage
  >;
  /** As CSV, to a file that is not there yet; how many rows. */
  readonly saveLeftOut: Method<
    InGallery & { readonly state: LeftOutItem['state']; readonly target: string },
    { readonly rows: number }
  >;
  readonly exportGallery: Method<InGallery & { readonly target: string }, GalleryExportReport>;
  /** Makes a new gallery of an export; it is not opened. */
  readonly importGallery: Method<
    { readonly source: string; readonly folder: string; readonly actor: string },
    ImportReport
  >;
};
