// People of an open gallery looked over: their tracks, clusters of the unknown, labels that seem wrong, files that were left out.

import { ensure } from '../../common/errors.ts';
import { writeNewFile } from '../../common/files.ts';
import { facesByIds } from '../../gallery/db/queries/faces.ts';
import { countLeftOut, leftOutItems } from '../../gallery/db/queries/imports.ts';
import { settleDoubt, unsettleDoubt } from '../../gallery/db/queries/settled-doubts.ts';
import { activeSpace } from '../../gallery/db/queries/spaces.ts';
import { bestFaceOfTrack, spread, spreadFacesOfTrack } from '../../gallery/db/queries/track-samples.ts';
import { type Track, trackById, tracksOfSubject } from '../../gallery/db/queries/tracks.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { csvLine } from '../../reports/csv.ts';
import { nameCluster, recordClusters } from '../clusters/cluster-job.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { DoubtfulPair, DoubtfulTrack } from '../search/label-doubts.ts';
import { readMeaning } from '../search/measured-meaning.ts';
import { keepRecheck } from '../search/recheck-job.ts';
import type { FaceRow, GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import { facesState } from './kept-reports.ts';
import type { OpenGalleries, OpenGallery } from './open-galleries.ts';
import { checkLimit, toRow } from './people-handlers.ts';
import type { ClusterPage, LabelPage, SampledDoubt, TracksOf } from './people-service.ts';

/** Crops of a filmstrip. */
const SAMPLE = 12;
const MOST_PICTURES = 50;
const MOST_LEFT_OUT_ROWS = 1_000_000;

type Methods =
  | 'tracks'
  | 'findClusters'
  | 'clusters'
  | 'nameCluster'
  | 'checkLabels'
  | 'labels'
  | 'settleDoubt'
  | 'leftOut'
  | 'saveLeftOut';

export function reviewHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Methods> {
  const of = (number: number): Gallery => galleries.of(number).gallery;
  return {
    tracks: ({ gallery, of: which, after, limit }) => {
      const { database } = of(gallery);
      const all = tracksWanted(of(gallery), which);
      const page = all.filter(({ id }) => id > after).slice(0, checkLimit(limit));
      return {
        total: all.length,
        tracks: page.map((track) => ({
          ...track,
          sample: rowsOf(of(gallery), spreadFacesOfTrack(database, track.id, SAMPLE)),
        })),
      };
    },
    findClusters: async ({ gallery, ...request }, progress) => {
      const open = galleries.of(gallery);
      const state = facesState(open.gallery);
      const report = await open.read('clusters', request, progress);
      recordClusters(open.gallery, report);
      open.reports.keepClusters(report, state);
      announce('changed', { gallery, what: 'labels' });
      return { clusters: report.clusters.length, tracks: report.tracks, alone: report.alone };
    },
    clusters: ({ gallery, side, limit }) => clusterPage(galleries.of(gallery), side, checkLimit(limit)),
    nameCluster: ({ gallery, key, owner }) => {
      const open = galleries.of(gallery);
      const standing = open.reports.clusters(open.gallery);
      ensure(standing !== null, 'not-found', 'the clusters are no longer there: look for them again');
      const change = nameCluster(open.gallery, standing, key, owner);
      announce('changed', { gallery, what: 'subjects' });
      return change;
    },
    checkLabels: async ({ gallery, side, count }, progress) => {
      const open = galleries.of(gallery);
      const state = facesState(open.gallery);
      const request = { side, count, references: [], isMeaningOptional: true };
      const computed = await open.read('recheck', request, progress);
      const pictures = await open.read('samePictures', { limit: MOST_PICTURES }, progress);
      keepRecheck(open.gallery, computed);
      const { alikeOfDifferent, unlikeOfSame, unmeasured } = computed.report;
      const at = open.gallery.acting.now();
      open.reports.keepLabels({ at, alikeOfDifferent, unlikeOfSame, unmeasured, pictures }, state);
      announce('changed', { gallery, what: 'meaning' });
      return { doubts: alikeOfDifferent.length + unlikeOfSame.length, pictures: pictures.total };
    },
    labels: ({ gallery }) => labelPage(galleries.of(gallery)),
    settleDoubt: ({ gallery, isRight, ...pair }) => {
      if (isRight) settleDoubt(of(gallery), pair);
      else unsettleDoubt(of(gallery), pair);
      announce('changed', { gallery, what: 'labels' });
      return null;
    },
    leftOut: ({ gallery, state, limit }) => {
      const { database } = of(gallery);
      return { counts: countLeftOut(database), items: leftOutItems(database, state, checkLimit(limit)) };
    },
    saveLeftOut: async ({ gallery, state, target }) => {
      const items = leftOutItems(of(gallery).database, state, MOST_LEFT_OUT_ROWS);
      const rows = items.map(({ importId, name, reason }) => csvLine([importId, name, state, reason]));
      await writeNewFile(target, [csvLine(['import', 'file', 'fate', 'reason']), ...rows].join(''));
      return { rows: items.length };
    },
  };
}

function tracksWanted({ database }: Gallery, of: TracksOf): Track[] {
  if (of.kind === 'subject') return tracksOfSubject(database, of.id);
  const ids = [...new Set(of.ids)].sort((left, right) => left - right);
  return ids.flatMap((id) => trackById(database, id) ?? []);
}

function clusterPage(open: OpenGallery, side: 'lr' | 'hr', limit: number): ClusterPage {
  const { gallery } = open;
  const { database } = gallery;
  const standing = open.reports.clusters(gallery);
  const space = activeSpace(database, side);
  const measured =
    space === null ? null : readMeaning(gallery, { probeSpace: space.id, answerSpace: space.id });
  const clusters = standing?.clusters.slice(0, limit) ?? [];
  return {
    found: standing && { ...standing, clusters: standing.clusters.length },
    clusters: clusters.map((cluster) => {
      const best = spread(cluster.tracks, SAMPLE).flatMap((id) => bestFaceOfTrack(database, id) ?? []);
      return { ...cluster, sample: rowsOf(gallery, best) };
    }),
    unknownTracks: database
      .prepare('SELECT count(*) FROM tracks WHERE subject_id IS NULL')
      .pluck()
      .get() as number,
    measured: measured && { isOld: measured.isOld },
  };
}

function labelPage({ gallery, reports }: OpenGallery): LabelPage | null {
  const standing = reports.labels(gallery);
  if (standing === null) return null;
  const withFace = (track: DoubtfulTrack): SampledDoubt['left'] => {
    const best = bestFaceOfTrack(gallery.database, track.trackId);
    const face = best === null ? null : (rowsOf(gallery, [best])[0] ?? null);
    // The person may have been renamed since.
    return { ...track, subject: face === null ? track.subject : face.subjectName, face };
  };
  const sampled = ({ left, right, ...pair }: DoubtfulPair): SampledDoubt => ({
    ...pair,
    left: withFace(left),
    right: withFace(right),
  });
  const groups = standing.pictures.groups.map(({ faces }) => rowsOf(gallery, faces));
  return {
    ...standing,
    alikeOfDifferent: standing.alikeOfDifferent.map(sampled),
    unlikeOfSame: standing.unlikeOfSame.map(sampled),
    pictures: { total: standing.pictures.total, groups: groups.filter(({ length }) => length > 1) },
  };
}

function rowsOf({ database }: Gallery, ids: readonly number[]): FaceRow[] {
  return facesByIds(database, ids).map(toRow);
}
