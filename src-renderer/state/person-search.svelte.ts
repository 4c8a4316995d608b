// Somebody of a gallery, looked for by name: for a dialog that gives tracks to them.

import type { Api } from '../api/bridge.ts';
import type { SubjectRow } from '../api/types.ts';

export type { SubjectRow };

const MOST_SHOWN = 30;

export class PersonSearch {
  text = $state('');
  rows: readonly SubjectRow[] = $state.raw([]);
  isLoaded = $state(false);
  readonly #api: Api;
  readonly #gallery: string;
  #generation = 0;

  constructor(api: Api, gallery: string) {
    this.#api = api;
    this.#gallery = gallery;
  }

  async find(text: string): Promise<void> {
    this.text = text;
    this.#generation++;
    const generation = this.#generation;
    const wanted = text.trim() === '' ? null : text.trim();
    const request = { gallery: this.#gallery, text: wanted, after: null, limit: MOST_SHOWN };
    const rows = await this.#api.call('gallery.subjects', request).catch(() => []);
    if (generation !== this.#generation) return;
    this.rows = rows;
    this.isLoaded = true;
  }
}
