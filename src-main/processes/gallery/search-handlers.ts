// Searches in an open gallery, by an embedded probe or by what is enrolled, and what their scores mean.

import { ensure } from '../../common/errors.ts';
import { dot } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { cropOfFace } from '../../gallery/db/queries/faces.ts';
import { profileByDigest } from '../../gallery/db/queries/profiles.ts';
import { activeSpace, isSameSpace, type Side, type Space } from '../../gallery/db/queries/spaces.ts';
import { spaceFor } from '../../gallery/search/answering-space.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import type { AnswerKind, GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { trackerOptions } from '../frames/tracker-options.ts';
import type { Handlers } from '../rpc/methods.ts';
import { enrolledProbe, withoutOwn } from '../search/enrolled-probe.ts';
import { bandSizes, keepMeasured, readMeaning, stateOf } from '../search/measured-meaning.ts';
import { fuseProbe, type Probe } from '../search/probe.ts';
import {
  type SearchReport,
  type SearchRequest,
  type SearchResult,
  searchGallery,
} from '../search/search-job.ts';
import type { FoundResults, GalleryProbe, GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries, OpenGallery } from './open-galleries.ts';
import { scoreCurves } from './score-curves.ts';

type Methods =
  | 'warmUp'
  | 'search'
  | 'find'
  | 'faceGains'
  | 'trackerOptions'
  | 'profile'
  | 'measureMeaning'
  | 'meaning';

export function searchHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Methods> {
  return {
    warmUp: async ({ gallery, side }, progress) => {
      const open = galleries.of(gallery);
      const { faces } = await open.indexes.of(spaceOf(open, side), progress);
      return { faces };
    },
    search: ({ gallery, probe, filter, ...request }, progress) => {
      const open = galleries.of(gallery);
      return searchIn(open, { ...request, ...probeOf(open, probe, filter, request.by) }, progress);
    },
    find: async ({ gallery, probe, filter, ...request }, progress) => {
      const open = galleries.of(gallery);
      const startedMs = performance.now();
      const asked = probeOf(open, probe, filter, request.by);
      const report = await searchIn(open, { ...request, ...asked }, progress);
      const entries = probe.kind === 'faces' ? probe.entries : null;
      return {
        search: open.searches.keep({ probe: asked.probe, entries, report }),
        report,
        crops: report.results.map(({ faceId }) => cropOfFace(open.gallery.database, faceId) ?? ''),
        curves: await curvesOf(open, asked.probe, { ...request, filter: asked.filter }, progress),
        searchMs: performance.now() - startedMs,
      };
    },
    faceGains: async ({ gallery, search, rank }, progress) => {
      const open = galleries.of(gallery);
      const { entries, report, probe } = open.searches.of(search);
      const result = report.results.find((candidate) => candidate.rank === rank);
      ensure(result !== undefined, 'not-found', `search ${search} has no result of rank ${rank}`);
      if (entries === null) return [];
      const index = await open.indexes.of(report.space as Space, progress);
      const template = index.templateOf(facesBehind(index, result));
      return entries.map(({ vector }, at) => {
        const sofar = fuseProbe(entries.slice(0, at + 1), probe.space, 'template');
        return { alone: dot(vector, template), together: dot(sofar.vectors[0], template) };
      });
    },
    trackerOptions: ({ gallery, side }) => {
      const open = galleries.of(gallery);
      return trackerOptions(open.gallery, spaceOf(open, side));
    },
    profile: ({ gallery, digest }) => profileByDigest(galleries.of(gallery).gallery.database, digest),
    measureMeaning: async ({ gallery, probes, answers, reference }, progress) => {
      const open = galleries.of(gallery);
      const spaces = { probes: spaceOf(open, probes), answers: spaceOf(open, answers) };
      const before = stateOf(open.gallery);
      const meaning = await open.read('meaning', { ...spaces, reference }, progress);
      keepMeasured(open.gallery, spaces, meaning, before);
      announce('changed', { gallery, what: 'meaning' });
      return meaning;
    },
    meaning: ({ gallery, probes, answers }) => {
      const open = galleries.of(gallery);
      const direction = { probeSpace: spaceOf(open, probes).id, answerSpace: spaceOf(open, answers).id };
      return readMeaning(open.gallery, direction);
    },
  };
}

function spaceOf({ gallery }: OpenGallery, side: Side): Space {
  const space = activeSpace(gallery.database, side);
  ensure(space !== null, 'bad-data', `${gallery.name} has no faces on the ${side} side yet`);
  return space;
}

function probeOf(
  { gallery }: OpenGallery,
  asked: GalleryProbe,
  filter: FaceFilter,
  by: AnswerKind,
): Pick<SearchRequest, 'probe' | 'filter'> {
  if (asked.kind === 'embedded') return { probe: asked.probe, filter };
  if (asked.kind === 'faces') return { probe: fuseProbe(asked.entries, asked.space, asked.fusion), filter };
  const enrolled = enrolledProbe(gallery, asked.reference, asked);
  if (asked.includesOwn) return { probe: enrolled.probe, filter };
  return { probe: enrolled.probe, filter: withoutOwn(filter, enrolled, by).filter };
}

function searchIn(open: OpenGallery, request: SearchRequest, progress: ProgressToken): Promise<SearchReport> {
  return searchGallery(open.gallery, request, progress, (_, space, token) => open.indexes.of(space, token));
}

/** The faces that the compared entry was made of. */
function facesBehind(index: GalleryIndex, { subjectId, trackId, faceId, faces }: SearchResult): number[] {
  if (trackId === null) return subjectId === null ? [faceId] : index.facesOfSubject(subjectId);
  return faces === 1 ? [faceId] : index.facesOfTrack(trackId);
}

/** Only of what was measured: one template against another, by embeddings of the gallery's own spaces. */
async function curvesOf(
  open: OpenGallery,
  probe: Probe,
  { by, filter }: Pick<SearchRequest, 'by' | 'filter'>,
  progress: ProgressToken,
): Promise<FoundResults['curves']> {
  const { gallery } = open;
  const probeSpace = activeSpace(gallery.database, probe.space.side);
  if (probe.vectors.length > 1 || probeSpace === null || !isSameSpace(probeSpace, probe.space)) return null;
  const space = spaceFor(gallery, probe.space);
  const measured = readMeaning(gallery, { probeSpace: probeSpace.id, answerSpace: space.id });
  if (measured === null) return null;
  const index = await open.indexes.of(space, progress);
  const sizes = bandSizes(index.entriesByFaces({ by, allowed: index.facesWhere(filter) }));
  const curves = scoreCurves(measured.meaning, probe.faces.length, sizes);
  return curves && { ...curves, isOld: measured.isOld };
}
