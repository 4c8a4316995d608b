// By which models a gallery answers, as the engine opens them. Runs in the host, so it computes nothing itself.

import { ensure } from '../../common/errors.ts';
import type { ModelNames } from '../engine/model-names.ts';
import type { ProbeModel } from '../engine/open-models.ts';
import type { SpaceRow } from './gallery-service.ts';
import type { NamedGalleries } from './named-galleries.ts';

export class GalleryModels {
  readonly #galleries: NamedGalleries;
  readonly #names: ModelNames;

  constructor(galleries: NamedGalleries, names: ModelNames) {
    this.#galleries = galleries;
    this.#names = names;
  }

  async activeSpaces(gallery: string): Promise<readonly SpaceRow[]> {
    const { spaces } = await this.#galleries.call(gallery, 'overview', {});
    return spaces.filter(({ isActive }) => isActive);
  }

  /** Of the active spaces; a model that is not here is told of when it is asked for. */
  async atHand(gallery: string): Promise<ProbeModel[]> {
    const models: ProbeModel[] = [];
    const spaces = await this.activeSpaces(gallery);
    const names = await this.#names.of(spaces.map(({ modelDigest }) => modelDigest));
    for (const space of spaces) {
      if (names.has(space.modelDigest)) models.push(await this.of(gallery, space));
    }
    return models;
  }

  /** Throws `not-found` where the model of a space is not on this machine. */
  async of(
    gallery: string,
    { modelDigest, profileDigest }: Pick<SpaceRow, 'modelDigest' | 'profileDigest'>,
  ): Promise<ProbeModel> {
    const model = (await this.#names.of([modelDigest])).get(modelDigest);
    ensure(
      model !== undefined,
      'not-found',
      `${gallery} answers by the model ${modelDigest.slice(0, 12)}…, which is not on this machine: import it, or choose another space`,
    );
    const profile =
      profileDigest === null
        ? null
        : await this.#galleries.call(gallery, 'profile', { digest: profileDigest });
    return { ...model, profile: profile && { name: profile.name, content: profile.content } };
  }
}
