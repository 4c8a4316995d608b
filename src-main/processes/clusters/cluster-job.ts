// Who is seen most often among the unknown: their tracks in clusters, with where and when.
//
// Clusters are computed anew each time and not stored: they would be old with every face that comes, while the same gallery gives
// the same ones. What is to last is named: then it is a subject, and that change can be undone.

import { createHash } from 'node:crypto';
import { ensure } from '../../common/errors.ts';
import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { moveTracks, type NewOwner } from '../../gallery/changes/changes.ts';
import { clusterByAverageLinkage } from '../../gallery/clustering/average-linkage.ts';
import { tracksSeenTogether, type UnknownTrack, unknownTracks } from '../../gallery/db/queries/sightings.ts';
import { activeSpace, type Side, type Space } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { fillThreadsFor } from '../../gallery/search/fill-threads.ts';
import { GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { type ClusterThreshold, clusterThreshold, usualClusterThreshold } from './cluster-threshold.ts';
import { nearestNeighbours } from './neighbours.ts';

export interface ClusterRequest {
  readonly side: Side;
  /** Two tracks of different people are taken for one as often as this (null: the least that was measured); or a chosen score. */
  readonly limit: { readonly fmr: number | null } | { readonly score: number };
}

/** Tracks at one camera on one day. */
export interface Sightings {
  readonly camera: string | null;
  /** UTC, such as 2026-01-31; null where nobody knows. */
  readonly day: string | null;
  readonly tracks: number;
  readonly faces: number;
}

export interface Cluster {
  /** Lowest track and a digest of all of them: another cluster never has it. */
  readonly key: string;
  /** Ascending. */
  readonly tracks: readonly number[];
  readonly faces: number;
  readonly cameras: readonly string[];
  /** Milliseconds since 1970; null where nobody knows. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly sightings: readonly Sightings[];
  readonly bestFaceId: number;
}

export interface ClusterReport {
  readonly gallery: string;
  readonly space: number;
  readonly threshold: ClusterThreshold;
  readonly tracks: number;
  /** Of two tracks and more, the most tracks first. */
  readonly clusters: readonly Cluster[];
  /** Tracks like no other. */
  readonly alone: number;
}

/** A person who is seen all the time is like many: those beyond are reached through the others. */
const NEIGHBOURS = 64;

/** Computes the clusters and writes into the log that somebody did. Throws what `computeClusters` throws. */
export async function clusterUnknown(
  gallery: Gallery,
  request: ClusterRequest,
  progress: ProgressToken,
): Promise<ClusterReport> {
  const report = await computeClusters(gallery, request, progress);
  recordClusters(gallery, report);
  return report;
}

export function recordClusters(gallery: Gallery, { space, threshold, tracks }: ClusterReport): void {
  const { score, fmr } = threshold;
  gallery.change(() => gallery.record('clustered', { space, score, fmr, tracks }));
}

/** Only reads. Throws `bad-data` where there is no unknown track or the threshold is not known, `cancelled`. */
export async function computeClusters(
  gallery: Gallery,
  { side, limit }: ClusterRequest,
  progress: ProgressToken,
): Promise<ClusterReport> {
  const { database } = gallery;
  const space = activeSpace(database, side);
  ensure(space !== null, 'bad-data', `${gallery.name} has no faces on the ${side} side yet`);
  const index = await GalleryIndex.load(database, space, progress, { loadingThreads: fillThreadsFor });
  const templates = index.trackTemplates();
  const seen = new Map(unknownTracks(database).map((track) => [track.id, track]));
  const rows = [...templates.tracks.keys()].filter((row) => seen.has(templates.tracks[row]));
  ensure(rows.length > 0, 'bad-data', `${gallery.name} has no unknown track: all its subjects are known`);
  const threshold = thresholdOf(
    gallery,
    space,
    limit,
    rows.map((row) => templates.faces[row]),
  );
  const { dimension } = space;
  const vectors = rows.map((row) => templates.vectors[row]);
  const neighbours = await nearestNeighbours(
    vectors,
    { dimension, perItem: Math.min(NEIGHBOURS, rows.length), threshold: threshold.score },
    progress,
  );
  const itemOf = new Map(rows.map((row, item) => [templates.tracks[row], item]));
  const apart = tracksSeenTogether(database).flatMap(([left, right]): [number, number][] => {
    const [one, other] = [itemOf.get(left), itemOf.get(right)];
    return one === undefined || other === undefined ? [] : [[one, other]];
  });
  const values = new Float32Array(vectors.length * dimension);
  for (const [at, vector] of vectors.entries()) values.set(vector, at * dimension);
  const { members } = clusterByAverageLinkage({
    vectors: matrix(values, dimension),
    neighbours,
    threshold: threshold.score,
    apart,
    checkpoint: () => progress.throwIfCancelled(),
  });
  const groups = members.map((items) =>
    items.map((item) => seen.get(templates.tracks[rows[item]]) as UnknownTrack),
  );
  const clusters = groups.filter(({ length }) => length > 1).map(describe);
  const alone = groups.length - clusters.length;
  return { gallery: gallery.name, space: space.id, threshold, tracks: rows.length, clusters, alone };
}

function thresholdOf(
  gallery: Gallery,
  space: Space,
  limit: ClusterRequest['limit'],
  faces: readonly number[],
): ClusterThreshold {
  if ('score' in limit) return { score: limit.score, fmr: null, notes: [] };
  if (limit.fmr === null) return usualClusterThreshold(gallery, space, faces);
  return clusterThreshold(gallery, space, limit.fmr, faces);
}

/**
 * Makes a cluster a subject, or part of one: one change, which can be undone. Returns its number. Throws `not-found` where the
 * clusters of today have none of that key.
 */
export function nameCluster(gallery: Gallery, report: ClusterReport, key: string, owner: NewOwner): number {
  const cluster = report.clusters.find((each) => each.key === key);
  ensure(
    cluster !== undefined,
    'not-found',
    `there is no cluster ${key} now: the gallery or the options have changed since it was listed, list them again`,
  );
  return moveTracks(gallery, cluster.tracks, owner);
}

function describe(tracks: readonly UnknownTrack[]): Cluster {
  const ids = tracks.map(({ id }) => id);
  const digest = createHash('sha256').update(ids.join()).digest('hex').slice(0, 6);
  const first = tracks.flatMap(({ firstAt }) => firstAt ?? []);
  const last = tracks.flatMap(({ lastAt }) => lastAt ?? []);
  const largest = tracks.reduce((left, right) => (right.faces > left.faces ? right : left));
  return {
    key: `${ids[0]}-${digest}`,
    tracks: ids,
    faces: tracks.reduce((sum, { faces }) => sum + faces, 0),
    cameras: [...new Set(tracks.flatMap(({ camera }) => camera ?? []))].sort(),
    firstSeen: first.length === 0 ? null : Math.min(...first),
    lastSeen: last.length === 0 ? null : Math.max(...last),
    sightings: sightingsOf(tracks),
    bestFaceId: largest.bestFaceId,
  };
}

function sightingsOf(tracks: readonly UnknownTrack[]): Sightings[] {
  const dayOf = ({ firstAt }: UnknownTrack): string | null =>
    firstAt === null ? null : new Date(firstAt).toISOString().slice(0, 10);
  const groups = Map.groupBy(tracks, (track) => JSON.stringify([dayOf(track), track.camera]));
  return [...groups.values()]
    .map((group) => ({
      camera: group[0].camera,
      day: dayOf(group[0]),
      tracks: group.length,
      faces: group.reduce((sum, { faces }) => sum + faces, 0),
    }))
    .sort((left, right) => order(left.day, right.day) || order(left.camera, right.camera));
}

/** Unknown last. */
function order(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? 1 : -1;
  return left < right ? -1 : 1;
}
