// Galleries: list, create, open, close, what each holds, which space answers.

import { ensure } from '../../common/errors.ts';
import type { GalleryOverview, SpaceView } from '../../contract/galleries.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';
import { openEnrolment } from './enrolment-handlers.ts';

type GalleryChannels =
  | 'galleries.list'
  | 'galleries.create'
  | 'galleries.open'
  | 'galleries.close'
  | 'gallery.overview'
  | 'gallery.activate-space';

/** What a gallery holds, its spaces' models by name. */
export async function overviewOf(
  { galleries, modelNames }: Pick<HostServices, 'galleries' | 'modelNames'>,
  gallery: string,
): Promise<GalleryOverview> {
  const { spaces, ...rest } = await galleries.call(gallery, 'overview', {});
  const names = await modelNames
    .of(spaces.map(({ modelDigest }) => modelDigest))
    // Without the engine a gallery is shown all the same, its models by their digests.
    .catch(() => new Map<string, { readonly name: string }>());
  const views = spaces.map(
    ({ id, side, modelDigest, profile, faceBn, dimension, embeddings, isActive }): SpaceView => ({
      ...{ id, side, model: names.get(modelDigest)?.name ?? null, modelDigest, profile, faceBn },
      ...{ dimension, embeddings, isComplete: embeddings === rest.faces, isActive },
    }),
  );
  return { ...rest, spaces: views };
}

export function galleryHandlers(services: HostServices): Pick<HandlerTable, GalleryChannels> {
  const { galleries, queue } = services;
  /** The first search need not wait for what answers; what stands in the way is told when it is asked. */
  function warmUp({ name, spaces }: GalleryOverview): void {
    const sides = spaces.filter(({ isActive }) => isActive).map(({ side }) => side);
    if (sides.length === 0) return;
    const side = sides.includes('lr') ? 'lr' : 'hr';
    galleries.call(name, 'warmUp', { side }).catch(() => {});
  }
  return {
    'galleries.list': () => galleries.list(),
    'galleries.create': async ({ gallery }) => {
      await galleries.create(gallery);
      return overviewOf(services, gallery);
    },
    'galleries.open': async ({ gallery }) => {
      const overview = await overviewOf(services, gallery);
      warmUp(overview);
      return overview;
    },
    'galleries.close': async ({ gallery }) => {
      const isFilled = openEnrolment(queue.views, gallery)?.canPause === true;
      ensure(!isFilled, 'in-use', `faces are being enrolled into ${gallery}: pause or cancel that first`);
      await galleries.close(gallery);
      return null;
    },
    'gallery.overview': ({ gallery }) => overviewOf(services, gallery),
    'gallery.activate-space': async ({ gallery, space }) => {
      await galleries.call(gallery, 'activateSpace', { space });
      return overviewOf(services, gallery);
    },
  };
}
