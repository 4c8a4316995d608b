// The cases of the chosen gallery, the one that is read, and the one that searches and decisions go into.

import type { Api } from '../api/bridge.ts';
import type {
  CaseAudit,
  CaseItemView,
  CaseResultView,
  CaseRow,
  CaseView,
  JobView,
  VerdictName,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import type { Galleries } from './galleries.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { CaseAudit, CaseItemView, CaseResultView, CaseRow, CaseView };

export class Cases {
  all: readonly CaseRow[] = $state.raw([]);
  isLoaded = $state(false);
  problem: string | null = $state(null);
  /** The case that is read. */
  view: CaseView | null = $state.raw(null);
  audit: CaseAudit | null = $state.raw(null);
  /** Where searches and decisions go; it is open. */
  current: number | null = $state(null);
  readonly currentRow: CaseRow | null = $derived(this.all.find(({ id }) => id === this.current) ?? null);
  readonly #api: Api;
  readonly #galleries: Galleries;
  readonly #toasts: Toasts;
  #loadedOf: string | null = null;

  constructor(api: Api, galleries: Galleries, toasts: Toasts) {
    this.#api = api;
    this.#galleries = galleries;
    this.#toasts = toasts;
    api.on('gallery.changed', ({ gallery, what }) => {
      if (gallery === this.#loadedOf && (what === 'cases' || what === 'purge')) void this.load();
    });
  }

  async load(): Promise<void> {
    const gallery = this.#galleries.current?.name ?? null;
    if (gallery !== this.#loadedOf) {
      this.all = [];
      this.view = null;
      this.audit = null;
      this.current = null;
      this.isLoaded = false;
    }
    this.#loadedOf = gallery;
    if (gallery === null) return;
    try {
      this.all = await this.#api.call('cases.list', { gallery });
      this.isLoaded = true;
      this.problem = null;
      if (this.currentRow?.state !== 'open') this.current = null;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** Throws what the host says against its title. The new case takes what comes. */
  async create(title: string): Promise<void> {
    const view = await this.#api.call('cases.create', { gallery: this.#gallery, title });
    await this.load();
    this.current = view.id;
    this.view = view;
    this.audit = null;
  }

  async open(id: number): Promise<void> {
    try {
      this.view = await this.#api.call('cases.read', { gallery: this.#gallery, case: id });
      this.audit = null;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** The log is held against the case anew each time. */
  async openAudit(): Promise<void> {
    const { view } = this;
    if (view === null) return;
    this.audit = null;
    try {
      const audit = await this.#api.call('cases.audit', { gallery: this.#gallery, case: view.id });
      if (this.view?.id === view.id) this.audit = audit;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  async addNote(id: number, text: string): Promise<boolean> {
    try {
      this.#take(await this.#api.call('cases.add-note', { gallery: this.#gallery, case: id, text }));
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }

  /** Throws. */
  async decide(
    id: number,
    decision: { searchItem: number; rank: number; verdict: VerdictName; note: string },
  ): Promise<void> {
    this.#take(await this.#api.call('cases.decide', { gallery: this.#gallery, case: id, ...decision }));
  }

  async setState(id: number, state: 'open' | 'closed'): Promise<void> {
    try {
      this.#take(await this.#api.call('cases.set-state', { gallery: this.#gallery, case: id, state }));
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** Starts the job. */
  exportTo(id: number, target: string): Promise<JobView> {
    return this.#api.call('cases.export', { gallery: this.#gallery, case: id, target });
  }

  get #gallery(): string {
    return this.#loadedOf ?? '';
  }

  #take(view: CaseView): void {
    if (this.view?.id === view.id) {
      this.view = view;
      this.audit = null;
    }
  }
}
