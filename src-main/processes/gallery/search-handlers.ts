// Searches in an open gallery, by an embedded probe or by what is enrolled, and what their scores mean.

import { ensure } from '../../common/errors.ts';
import { activeSpace, type Side, type Space } from '../../gallery/db/queries/spaces.ts';
import type { Handlers } from '../rpc/methods.ts';
import { enrolledProbe } from '../search/enrolled-probe.ts';
import { keepMeaning, readMeaning } from '../search/measured-meaning.ts';
import { fuseProbe, type Probe } from '../search/probe.ts';
import { searchGallery } from '../search/search-job.ts';
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
    search: async ({ gallery, probe, ...request }, progress) => {
      const open = galleries.of(gallery);
      const embedded = probeOf(open, probe);
      return searchGallery(open.gallery, { ...request, probe: embedded }, progress, (_, space, token) =>
        open.indexes.of(space, token),
      );
    },
    measureMeaning: async ({ gallery, probes, answers }, progress) => {
      const open = galleries.of(gallery);
      const spaces = { probes: spaceOf(open, probes), answers: spaceOf(open, answers) };
      const meaning = await open.read('meaning', spaces, progress);
      keepMeaning(open.gallery, spaces, meaning);
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

/** What is enrolled becomes a template of its faces, in the space that answers on its side. */
function probeOf({ gallery }: OpenGallery, probe: GalleryProbe): Probe {
  if (probe.kind === 'embedded') return probe.probe;
  const { side } = probe;
  const of = (kind: 'face' | 'track' | 'subject', id: number): Probe =>
    enrolledProbe(gallery, { kind, id }, { side, fusion: 'template' }).probe;
  if (probe.kind !== 'faces') return of(probe.kind, probe.id);
  ensure(probe.ids.length > 0, 'bad-usage', 'a probe of enrolled faces names one or more');
  const faces = probe.ids.map((id) => of('face', id));
  const entries = faces.map(({ faces: [about], crops: [png], vectors: [vector] }) => ({
    about,
    png,
    vector,
  }));
  return fuseProbe(entries, faces[0].space, 'template');
}
