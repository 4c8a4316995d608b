// Searches in an open gallery, by an embedded probe or by what is enrolled, and what their scores mean.

import { ensure } from '../../common/errors.ts';
import { activeSpace, type Side, type Space } from '../../gallery/db/queries/spaces.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import type { AnswerKind } from '../../gallery/search/gallery-index.ts';
import type { Handlers } from '../rpc/methods.ts';
import { enrolledProbe, withoutOwn } from '../search/enrolled-probe.ts';
import { keepMeasured, readMeaning } from '../search/measured-meaning.ts';
import { type SearchRequest, searchGallery } from '../search/search-job.ts';
import type { GalleryProbe, GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries, OpenGallery } from './open-galleries.ts';

type Methods = 'warmUp' | 'search' | 'measureMeaning' | 'meaning';

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
    search: async ({ gallery, probe, filter, ...request }, progress) => {
      const open = galleries.of(gallery);
      const asked = probeOf(open, probe, filter, request.by);
      return searchGallery(open.gallery, { ...request, ...asked }, progress, (_, space, token) =>
        open.indexes.of(space, token),
      );
    },
    measureMeaning: async ({ gallery, probes, answers }, progress) => {
      const open = galleries.of(gallery);
      const spaces = { probes: spaceOf(open, probes), answers: spaceOf(open, answers) };
      const meaning = await open.read('meaning', spaces, progress);
      keepMeasured(open.gallery, spaces, meaning);
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
  const enrolled = enrolledProbe(gallery, asked.reference, asked);
  if (asked.includesOwn) return { probe: enrolled.probe, filter };
  return { probe: enrolled.probe, filter: withoutOwn(filter, enrolled, by).filter };
}
