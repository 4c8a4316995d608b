// Care of the chosen gallery: checked, copied, its faces kept for so long, purged with proof.

import type { Api } from '../api/bridge.ts';
import type {
  AuditView,
  CareView,
  JobView,
  PurgePreviewView,
  PurgeProofView,
  PurgeRuleAsked,
  SubjectRow,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import type { Galleries } from './galleries.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { AuditView, PurgePreviewView, PurgeProofView, PurgeRuleAsked, SubjectRow };

const PEOPLE_SHOWN = 8;

/** What a purge was counted for. */
export interface CountedPurge {
  readonly rule: PurgeRuleAsked;
  readonly preview: PurgePreviewView;
}

export class GalleryCare {
  view: CareView | null = $state.raw(null);
  audit: AuditView | null = $state.raw(null);
  counted: CountedPurge | null = $state.raw(null);
  /** What a person is asked to confirm. */
  confirming: CountedPurge | null = $state.raw(null);
  found: readonly SubjectRow[] = $state.raw([]);
  problem: string | null = $state(null);
  #generation = 0;
  readonly #api: Api;
  readonly #galleries: Galleries;
  readonly #jobs: Jobs;
  readonly #toasts: Toasts;

  constructor(api: Api, galleries: Galleries, jobs: Jobs, toasts: Toasts) {
    this.#api = api;
    this.#galleries = galleries;
    this.#jobs = jobs;
    this.#toasts = toasts;
    jobs.onEnd(({ kind, subject }) => {
      if (kind === 'purge' && subject === this.gallery) void this.load();
    });
  }

  get gallery(): string | null {
    return this.#galleries.current?.name ?? null;
  }

  get purging(): JobView | null {
    return this.gallery === null ? null : this.#jobs.underWay('purge', this.gallery);
  }

  get lastCheck() {
    return this.gallery === null ? null : this.#jobs.lastOutcome('verify-gallery', this.gallery);
  }

  get lastBackup() {
    return this.gallery === null ? null : this.#jobs.lastOutcome('back-up', this.gallery);
  }

  /** Of another gallery nothing is left standing. */
  async load(): Promise<void> {
    const { gallery } = this;
    this.counted = null;
    this.audit = null;
    if (gallery === null) return;
    await this.#read(() => this.#api.call('gallery.care', { gallery }));
  }

  async setRetention(days: number | null): Promise<void> {
    const { gallery } = this;
    if (gallery !== null) await this.#read(() => this.#api.call('gallery.set-retention', { gallery, days }));
  }

  async verifyAudit(): Promise<void> {
    await this.#try(async (gallery) => {
      this.audit = await this.#api.call('gallery.audit', { gallery });
    });
  }

  async find(text: string): Promise<void> {
    this.#generation++;
    const generation = this.#generation;
    await this.#try(async (gallery) => {
      const asked = { gallery, text: text.trim() === '' ? null : text.trim(), after: null };
      const found = await this.#api.call('gallery.subjects', { ...asked, limit: PEOPLE_SHOWN });
      if (generation === this.#generation) this.found = found;
    });
  }

  /** What would go, before anything does. */
  async count(rule: PurgeRuleAsked): Promise<void> {
    await this.#try(async (gallery) => {
      this.counted = { rule, preview: await this.#api.call('gallery.preview-purge', { gallery, rule }) };
    });
  }

  async purge({ rule }: CountedPurge, confirmation: string): Promise<void> {
    await this.#try(async (gallery) => {
      await this.#api.call('gallery.purge', { gallery, rule, confirmation });
      this.confirming = null;
      this.counted = null;
    });
  }

  async verify(): Promise<void> {
    await this.#try((gallery) => this.#api.call('gallery.verify', { gallery }));
  }

  async backUp(folder: string): Promise<void> {
    await this.#try((gallery) => this.#api.call('gallery.back-up', { gallery, folder }));
  }

  async #read(read: () => Promise<CareView>): Promise<void> {
    const { gallery } = this;
    try {
      const view = await read();
      if (this.gallery !== gallery) return;
      this.view = view;
      this.problem = null;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  async #try(action: (gallery: string) => Promise<unknown>): Promise<void> {
    const { gallery } = this;
    if (gallery === null) return;
    try {
      await action(gallery);
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }
}
