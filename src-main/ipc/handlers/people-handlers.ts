// People of a gallery looked over: tracks, clusters, doubts about labels, files left out; and galleries as packages.

import type { ClusterView, DoubtedTrackView, DoubtView, TrackView } from '../../contract/people.ts';
import type { SampledCluster, SampledDoubt, SampledTrack } from '../../processes/gallery/people-service.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';
import { facesOf } from './search-handlers.ts';

type PeopleChannels =
  | 'gallery.tracks'
  | 'gallery.find-clusters'
  | 'gallery.clusters'
  | 'gallery.name-cluster'
  | 'gallery.check-labels'
  | 'gallery.labels'
  | 'gallery.settle-doubt'
  | 'gallery.left-out'
  | 'gallery.save-left-out'
  | 'gallery.measure-scores'
  | 'gallery.export'
  | 'galleries.import';

export function peopleHandlers({ galleries, queue }: HostServices): Pick<HandlerTable, PeopleChannels> {
  return {
    'gallery.tracks': async ({ gallery, ...page }) => {
      const { tracks, total } = await galleries.call(gallery, 'tracks', page);
      return { tracks: tracks.map((track) => trackView(gallery, track)), total };
    },
    'gallery.find-clusters': (asked) => queue.add('clusters', asked),
    'gallery.clusters': async ({ gallery, ...page }) => {
      const { clusters, found, ...rest } = await galleries.call(gallery, 'clusters', page);
      return {
        ...rest,
        clusters: clusters.map((cluster) => clusterView(gallery, cluster)),
        found: found && {
          clusters: found.clusters,
          tracks: found.tracks,
          alone: found.alone,
          isOld: found.isOld,
          threshold: found.threshold,
        },
      };
    },
    'gallery.name-cluster': async ({ gallery, key, owner }) => ({
      change: await galleries.call(gallery, 'nameCluster', { key, owner }),
    }),
    'gallery.check-labels': (asked) => queue.add('label-check', asked),
    'gallery.labels': async ({ gallery }) => {
      const page = await galleries.call(gallery, 'labels', {});
      if (page === null) return null;
      const { at, isOld, settled, unmeasured, pictures } = page;
      return {
        ...{ at, isOld, settled, unmeasured },
        alikeOfDifferent: page.alikeOfDifferent.map((pair) => doubtView(gallery, pair)),
        unlikeOfSame: page.unlikeOfSame.map((pair) => doubtView(gallery, pair)),
        pictures: {
          total: pictures.total,
          groups: pictures.groups.map((group) => facesOf(gallery, group)),
        },
      };
    },
    'gallery.settle-doubt': ({ gallery, ...verdict }) => galleries.call(gallery, 'settleDoubt', verdict),
    'gallery.left-out': async ({ gallery, ...page }) => {
      const { counts, items } = await galleries.call(gallery, 'leftOut', page);
      return {
        counts,
        items: items.map(({ importId, position, name, reason }) => ({ importId, position, name, reason })),
      };
    },
    'gallery.save-left-out': ({ gallery, ...file }) => galleries.call(gallery, 'saveLeftOut', file),
    'gallery.measure-scores': (asked) => queue.add('score-meaning', asked),
    'gallery.export': (asked) => queue.add('gallery-export', asked),
    'galleries.import': (asked) => queue.add('gallery-import', asked),
  };
}

function trackView(gallery: string, { subjectName, sample, ...track }: SampledTrack): TrackView {
  return { ...track, subject: subjectName, sample: facesOf(gallery, sample) };
}

function clusterView(gallery: string, { sample, ...cluster }: SampledCluster): ClusterView {
  return { ...cluster, sample: facesOf(gallery, sample) };
}

function doubtView(gallery: string, { left, right, ...pair }: SampledDoubt): DoubtView {
  const track = ({ face, ...rest }: SampledDoubt['left']): DoubtedTrackView => ({
    ...rest,
    face: face && (facesOf(gallery, [face])[0] ?? null),
  });
  return { ...pair, left: track(left), right: track(right) };
}
