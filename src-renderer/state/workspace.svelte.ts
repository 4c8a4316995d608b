// The window as a whole: place, overlays, what the host says of itself; built once at the root and handed down by context.

import { getContext, setContext } from 'svelte';
import type { Api } from '../api/bridge.ts';
import type { AppFacts, Health } from '../api/types.ts';
import { type BrowseFolder, messageOf } from '../lib/folder-listing.ts';
import type { PlaceName } from '../lib/places.ts';
import { Benchmarks } from './benchmarks.svelte.ts';
import { Cases } from './cases.svelte.ts';
import { Enrolment } from './enrolment.svelte.ts';
import { Galleries } from './galleries.svelte.ts';
import { GalleryFaces } from './gallery-faces.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { Models } from './models.svelte.ts';
import { People } from './people.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import type { EnrolledProbe } from './probes.svelte.ts';
import { Search } from './search.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { Training } from './training.svelte.ts';

export type { AppFacts, Health };

export type Overlay = 'palette' | 'shortcuts' | 'jobs';

/** A place's own keys and commands, there while it is. */
export interface PlaceCommand {
  readonly id: string;
  readonly label: string;
  /** One letter, pressed outside of fields. */
  readonly key: string | null;
  readonly run: () => void;
}

const KEY = Symbol('workspace');

export class Workspace {
  place: PlaceName = $state('training');
  overlay: Overlay | null = $state(null);
  facts: AppFacts | null = $state.raw(null);
  health: Health = $state.raw({ processes: [], engine: null });
  placeCommands: readonly PlaceCommand[] = $state.raw([]);
  readonly api: Api;
  readonly toasts: Toasts;
  readonly jobs: Jobs;
  readonly preferences: Preferences;
  readonly galleries: Galleries;
  readonly faces: GalleryFaces;
  readonly people: People;
  readonly enrolment: Enrolment;
  readonly cases: Cases;
  readonly search: Search;
  readonly training: Training;
  readonly models: Models;
  readonly benchmarks: Benchmarks;

  constructor(api: Api) {
    this.api = api;
    this.toasts = new Toasts();
    this.jobs = new Jobs(api, this.toasts);
    this.preferences = new Preferences(api, this.toasts);
    this.galleries = new Galleries(api, this.preferences, this.toasts);
    this.faces = new GalleryFaces(api);
    this.people = new People(api, this.toasts);
    this.enrolment = new Enrolment(api, this.jobs, this.galleries, this.toasts, () => this.go('gallery'));
    this.cases = new Cases(api, this.galleries, this.toasts);
    this.search = new Search(api, this.galleries, this.cases, this.toasts);
    this.training = new Training(api, this.jobs, this.toasts);
    this.models = new Models(api, this.jobs, this.toasts);
    this.benchmarks = new Benchmarks(api, this.jobs, this.toasts);
    api.on('health.changed', (health) => {
      this.health = health;
    });
  }

  /** The first look of the window needs no more than this. */
  async load(): Promise<void> {
    const [facts, health] = await Promise.all([
      this.api.call('app.facts', {}),
      this.api.call('app.health', {}),
      this.preferences.load(),
      this.jobs.load(),
    ]);
    this.facts = facts;
    this.health = health;
    await this.galleries.load();
  }

  go(place: PlaceName): void {
    this.place = place;
    this.overlay = null;
  }

  /** From anywhere: looks for a face, track or subject of the chosen gallery. */
  searchThis(probe: EnrolledProbe): void {
    this.go('search');
    void this.search.searchEnrolled(probe);
  }

  readonly browse: BrowseFolder = (path, files) => this.api.call('files.browse', { path, files });

  async restartEngine(): Promise<boolean> {
    try {
      await this.api.call('app.restart-engine', {});
      return true;
    } catch (error) {
      this.toasts.warn(messageOf(error));
      return false;
    }
  }

  async checkEngine(): Promise<void> {
    try {
      await this.api.call('doctor.start', {});
    } catch (error) {
      this.toasts.warn(messageOf(error));
    }
  }
}

export function provideWorkspace(workspace: Workspace): void {
  setContext(KEY, workspace);
}

export function useWorkspace(): Workspace {
  return getContext<Workspace>(KEY);
}
