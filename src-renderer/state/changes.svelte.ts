// Changes to people and tracks, from wherever in the window: each is told with the way back.

import type { Api } from '../api/bridge.ts';
import type { ChangeAsked } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { ChangeAsked };

export class Changes {
  readonly #api: Api;
  readonly #toasts: Toasts;

  constructor(api: Api, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
  }

  /** False where it was refused, which is told. Lists are read anew by the event that every change announces. */
  make(gallery: string, change: ChangeAsked, says: string | null): Promise<boolean> {
    return this.run(gallery, () => this.#api.call('gallery.change', { gallery, change }), says);
  }

  /** The same for a change that another channel makes. */
  async run(
    gallery: string,
    make: () => Promise<{ readonly change: number }>,
    says: string | null,
  ): Promise<boolean> {
    try {
      const { change } = await make();
      if (says !== null) {
        this.#toasts.tell(says, {
          label: words.common.undo,
          run: () => void this.make(gallery, { kind: 'undo', change }, null),
        });
      }
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }
}
