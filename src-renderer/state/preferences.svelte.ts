// What a person has set, and how the page looks for it.

import type { Api } from '../api/bridge.ts';
import type { AppSettings, Theme } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { AppSettings, Theme };

export class Preferences {
  current: AppSettings = $state.raw({
    theme: 'dark',
    motion: 'system',
    device: 'auto',
    threads: null,
    gallery: null,
  });
  readonly #api: Api;
  readonly #toasts: Toasts;

  constructor(api: Api, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
    api.on('settings.changed', (settings) => this.#take(settings));
  }

  async load(): Promise<void> {
    this.#take(await this.#api.call('settings.read', {}));
  }

  async change(change: Partial<AppSettings>): Promise<void> {
    try {
      this.#take(await this.#api.call('settings.write', change));
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  #take(settings: AppSettings): void {
    const { dataset } = document.documentElement;
    dataset.theme = settings.theme;
    dataset.motion = settings.motion;
    this.current = settings;
  }
}
