// Some tracks of the chosen gallery, looked over: chosen to be joined or moved, one opened to be split.

import type { Api } from '../api/bridge.ts';
import type { GalleryFaceView, NewOwner, TracksOf, TrackView } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Changes } from './changes.svelte.ts';

export type { GalleryFaceView, NewOwner, TracksOf, TrackView };

const PAGE_TRACKS = 50;

export interface TrackScope {
  readonly gallery: string;
  readonly title: string;
  readonly of: TracksOf;
}

export class Tracks {
  /** What is looked over; null while nothing is. */
  scope: TrackScope | null = $state.raw(null);
  rows: readonly TrackView[] = $state.raw([]);
  total = $state(0);
  isLoaded = $state(false);
  problem: string | null = $state(null);
  chosen: readonly number[] = $state.raw([]);
  /** The track whose faces are all shown. */
  opened: number | null = $state(null);
  faces: readonly GalleryFaceView[] = $state.raw([]);
  chosenFaces: readonly number[] = $state.raw([]);
  readonly #api: Api;
  readonly #changes: Changes;
  #generation = 0;

  constructor(api: Api, changes: Changes) {
    this.#api = api;
    this.#changes = changes;
  }

  async open(scope: TrackScope, opened: number | null = null): Promise<void> {
    this.scope = scope;
    this.rows = [];
    this.total = 0;
    this.isLoaded = false;
    this.chosen = [];
    this.#shut();
    await this.load();
    if (opened !== null) await this.openTrack(opened);
  }

  close(): void {
    this.scope = null;
    this.#shut();
  }

  /** As many as were shown, anew: after every change. */
  async load(): Promise<void> {
    const shown = Math.max(PAGE_TRACKS, this.rows.length);
    const rows: TrackView[] = [];
    this.#generation++;
    const generation = this.#generation;
    const total = await this.#read(rows, shown, generation);
    if (total === null) return;
    this.#take(rows, total);
    if (this.opened !== null) await this.openTrack(this.opened);
  }

  async more(): Promise<void> {
    const rows = [...this.rows];
    this.#generation++;
    const total = await this.#read(rows, rows.length + PAGE_TRACKS, this.#generation);
    if (total !== null) this.#take(rows, total);
  }

  toggle(track: number): void {
    this.chosen = toggled(this.chosen, track);
  }

  toggleFace(face: number): void {
    this.chosenFaces = toggled(this.chosenFaces, face);
  }

  /** Shows all faces of a track, or hides them again where they are shown. */
  async flip(track: number): Promise<void> {
    if (this.opened === track) this.#shut();
    else await this.openTrack(track);
  }

  async openTrack(track: number): Promise<void> {
    const { scope } = this;
    if (scope === null || !this.rows.some(({ id }) => id === track)) return this.#shut();
    try {
      const faces = await this.#api.call('search.faces', { gallery: scope.gallery, of: 'track', id: track });
      if (this.scope !== scope) return;
      const isSame = this.opened === track;
      this.opened = track;
      this.faces = faces;
      this.chosenFaces = isSame ? this.chosenFaces.filter((id) => faces.some((face) => face.id === id)) : [];
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** The others become part of the first one that was chosen. */
  async join(): Promise<void> {
    const [track, ...others] = this.chosen;
    if (this.scope === null || track === undefined || others.length === 0) return;
    const says = words.people.tracks.joined(this.chosen.length);
    if (await this.#changes.make(this.scope.gallery, { kind: 'join', track, others }, says)) this.chosen = [];
  }

  async move(owner: NewOwner, who: string): Promise<void> {
    if (this.scope === null || this.chosen.length === 0) return;
    const says = words.people.tracks.moved(this.chosen.length, who);
    const change = { kind: 'move', tracks: this.chosen, owner } as const;
    if (await this.#changes.make(this.scope.gallery, change, says)) this.chosen = [];
  }

  async split(): Promise<void> {
    const { scope, opened: track, chosenFaces: faces } = this;
    if (scope === null || track === null || !this.canSplit) return;
    const says = words.people.tracks.splitDone(faces.length);
    if (!(await this.#changes.make(scope.gallery, { kind: 'split', track, faces }, says))) return;
    this.chosenFaces = [];
    if (scope.of.kind === 'tracks') await this.#follow(scope, faces[0]);
  }

  get canSplit(): boolean {
    return this.chosenFaces.length > 0 && this.chosenFaces.length < this.faces.length;
  }

  /** The new track belongs to what is looked over. */
  async #follow(scope: TrackScope, face: number): Promise<void> {
    if (scope.of.kind !== 'tracks') return;
    const [moved] = await this.#api.call('gallery.faces', { gallery: scope.gallery, ids: [face] });
    if (moved === undefined || this.scope !== scope) return;
    this.scope = { ...scope, of: { kind: 'tracks', ids: [...scope.of.ids, moved.trackId] } };
    await this.load();
  }

  /** Reads on until there are so many; null where something else was asked meanwhile. */
  async #read(rows: TrackView[], wanted: number, generation: number): Promise<number | null> {
    const { scope } = this;
    if (scope === null) return null;
    try {
      for (;;) {
        const after = rows.at(-1)?.id ?? 0;
        const request = { gallery: scope.gallery, of: scope.of, after, limit: PAGE_TRACKS };
        const { tracks, total } = await this.#api.call('gallery.tracks', request);
        if (generation !== this.#generation) return null;
        rows.push(...tracks);
        if (rows.length >= Math.min(wanted, total) || tracks.length === 0) return total;
      }
    } catch (error) {
      if (generation === this.#generation) {
        this.problem = messageOf(error);
        this.isLoaded = true;
      }
      return null;
    }
  }

  #take(rows: readonly TrackView[], total: number): void {
    this.rows = rows;
    this.total = total;
    this.problem = null;
    this.isLoaded = true;
    this.chosen = this.chosen.filter((id) => rows.some((row) => row.id === id));
  }

  #shut(): void {
    this.opened = null;
    this.faces = [];
    this.chosenFaces = [];
  }
}

function toggled(list: readonly number[], id: number): readonly number[] {
  return list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
}
