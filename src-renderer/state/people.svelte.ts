// People of the chosen gallery: found by name, renamed, merged; and every change, undone and done again.

import type { Api } from '../api/bridge.ts';
import type { ChangeRow, SubjectRow } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { ChangeAsked, Changes } from './changes.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { ChangeRow, SubjectRow };

const PAGE_SUBJECTS = 200;

export class People {
  rows: readonly SubjectRow[] = $state.raw([]);
  changes: readonly ChangeRow[] = $state.raw([]);
  hasMore = $state(false);
  isLoaded = $state(false);
  text = $state('');
  chosen: readonly number[] = $state.raw([]);
  #gallery: string | null = null;
  #generation = 0;
  readonly #api: Api;
  readonly #toasts: Toasts;
  readonly #made: Changes;

  constructor(api: Api, made: Changes, toasts: Toasts) {
    this.#api = api;
    this.#made = made;
    this.#toasts = toasts;
  }

  async load(gallery: string): Promise<void> {
    if (gallery !== this.#gallery) this.chosen = [];
    this.#gallery = gallery;
    await this.#readPage(null);
    await this.#try(async () => {
      this.changes = await this.#api.call('gallery.changes', { gallery });
    });
  }

  async find(text: string): Promise<void> {
    this.text = text;
    await this.#readPage(null);
  }

  async more(): Promise<void> {
    const last = this.rows.at(-1);
    if (last !== undefined) await this.#readPage({ id: last.id, name: last.name });
  }

  toggle(id: number): void {
    this.chosen = this.chosen.includes(id) ? this.chosen.filter((one) => one !== id) : [...this.chosen, id];
  }

  async rename(row: SubjectRow, name: string): Promise<void> {
    const kept = name.trim() === '' ? null : name.trim();
    const says = words.gallery.people.renamed(kept ?? words.gallery.people.unnamed);
    await this.#change({ kind: 'rename', subject: row.id, name: kept }, says);
  }

  /** Into the first of the chosen. */
  async merge(): Promise<void> {
    const [subject, ...others] = this.chosen;
    if (subject === undefined || others.length === 0) return;
    const into = this.nameOf(subject);
    this.chosen = [];
    await this.#change({ kind: 'merge', subject, others }, words.gallery.people.merged(into));
  }

  async turn({ id, isUndone }: ChangeRow): Promise<void> {
    await this.#change({ kind: isUndone ? 'redo' : 'undo', change: id }, null);
  }

  nameOf(id: number): string {
    return this.rows.find((row) => row.id === id)?.name ?? words.gallery.people.unnamed;
  }

  async #change(change: ChangeAsked, says: string | null): Promise<void> {
    if (this.#gallery !== null) await this.#made.make(this.#gallery, change, says);
  }

  async #readPage(after: { readonly id: number; readonly name: string | null } | null): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    this.#generation++;
    const generation = this.#generation;
    await this.#try(async () => {
      const text = this.text.trim() === '' ? null : this.text.trim();
      const request = { gallery, text, after, limit: PAGE_SUBJECTS };
      const page = await this.#api.call('gallery.subjects', request);
      if (generation !== this.#generation) return;
      this.rows = after === null ? page : [...this.rows, ...page];
      this.hasMore = page.length === PAGE_SUBJECTS;
      this.isLoaded = true;
    });
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }
}
