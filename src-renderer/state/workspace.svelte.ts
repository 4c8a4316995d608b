// The window as a whole: place, overlays, what the host says of itself; built once at the root and handed down by context.

import { getContext, setContext, untrack } from 'svelte';
import type { Api } from '../api/bridge.ts';
import type { AppFacts, Health } from '../api/types.ts';
import { type BrowseFolder, messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { GalleryTab, PlaceName } from '../lib/places.ts';
import { Attention } from './attention.svelte.ts';
import { Benchmarks } from './benchmarks.svelte.ts';
import { Cases } from './cases.svelte.ts';
import { Changes } from './changes.svelte.ts';
import { Clips } from './clips.svelte.ts';
import { Clusters } from './clusters.svelte.ts';
import { Enrolment } from './enrolment.svelte.ts';
import { Galleries } from './galleries.svelte.ts';
import { GalleryCare } from './gallery-care.svelte.ts';
import { GalleryFaces } from './gallery-faces.svelte.ts';
import { GallerySpaces } from './gallery-spaces.svelte.ts';
import { Jobs, type JobView } from './jobs.svelte.ts';
import { Models } from './models.svelte.ts';
import { People } from './people.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import type { EnrolledProbe } from './probes.svelte.ts';
import { Sample } from './sample.svelte.ts';
import { Search } from './search.svelte.ts';
import { type Toast, Toasts } from './toasts.svelte.ts';
import { Tracks } from './tracks.svelte.ts';
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

const JOB_TABS: Partial<Record<JobView['kind'], GalleryTab>> = {
  clusters: 'clusters',
  'label-check': 'attention',
  calibrate: 'spaces',
  embed: 'spaces',
  'compare-spaces': 'spaces',
  'verify-gallery': 'care',
  'back-up': 'care',
  purge: 'care',
};

const ASK_AGAIN_MS = 2000;

const KEY = Symbol('workspace');

export class Workspace {
  place: PlaceName = $state('search');
  galleryTab: GalleryTab = $state('faces');
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
  readonly changes: Changes;
  readonly tracks: Tracks;
  readonly clusters: Clusters;
  readonly attention: Attention;
  readonly spaces: GallerySpaces;
  readonly care: GalleryCare;
  readonly cases: Cases;
  readonly search: Search;
  readonly sample: Sample;
  readonly clips: Clips;
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
    this.enrolment = new Enrolment(api, this.jobs, this.galleries, this.toasts, () => this.go('gallery'));
    this.changes = new Changes(api, this.toasts);
    this.people = new People(api, this.changes, this.toasts);
    this.tracks = new Tracks(api, this.changes);
    this.clusters = new Clusters(api, this.changes, this.toasts);
    this.attention = new Attention(api, this.changes, this.toasts);
    this.spaces = new GallerySpaces(api, this.galleries, this.jobs, this.toasts);
    this.care = new GalleryCare(api, this.galleries, this.jobs, this.toasts);
    this.cases = new Cases(api, this.galleries, this.toasts);
    this.search = new Search(api, this.galleries, this.cases, this.toasts);
    this.clips = new Clips(this);
    this.sample = new Sample(this, () => this.go('search'));
    this.training = new Training(api, this.jobs, this.toasts);
    this.models = new Models(api, this.jobs, this.toasts);
    this.benchmarks = new Benchmarks(api, this.jobs, this.toasts);
    this.jobs.wayTo = (job) => this.#wayTo(job);
    this.jobs.onEnd((job) => {
      if (job.kind === 'gallery-import') void this.galleries.refreshList();
    });
    api.on('health.changed', (health) => {
      this.health = health;
    });
  }

  /** Asks until it has an answer: without it the window would wait for ever, or show an empty workstation. */
  async load(): Promise<void> {
    for (let isTold = false; ; isTold = true) {
      try {
        await this.#look();
        return;
      } catch (error) {
        if (!isTold) this.toasts.warn(messageOf(error));
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
    }
  }

  /** The first look of the window needs no more than this. */
  async #look(): Promise<void> {
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

  /** A part of a place offers keys and commands of its own. Returns what takes them back. */
  offer(commands: readonly PlaceCommand[]): () => void {
    untrack(() => {
      this.placeCommands = [...this.placeCommands, ...commands];
    });
    return () => {
      this.placeCommands = this.placeCommands.filter((command) => !commands.includes(command));
    };
  }

  /** To a part of the Gallery place, whatever gallery it shows. */
  goToGallery(tab: GalleryTab): void {
    this.tracks.close();
    this.galleryTab = tab;
    this.go('gallery');
  }

  /** To where a gallery's job is looked at; false for every other job. */
  showInGallery({ kind, subject, outcome }: JobView): boolean {
    const tab = JOB_TABS[kind];
    if (tab === undefined) return false;
    if (subject !== this.galleries.current?.name) void this.galleries.choose(subject);
    if (outcome?.kind === 'calibrate' || outcome?.kind === 'embed') this.spaces.chosen = outcome.value.space;
    if (outcome?.kind === 'compare-spaces') this.spaces.chosen = outcome.value.after;
    this.goToGallery(tab);
    return true;
  }

  /** From anywhere: looks for a face, track or subject of the chosen gallery. */
  searchThis(probe: EnrolledProbe): void {
    this.go('search');
    void this.search.searchEnrolled(probe);
  }

  readonly browse: BrowseFolder = (path, files) => this.api.call('files.browse', { path, files });

  /** What a finished job offers: a gallery's own only while that gallery is shown, and not where it is in sight anyway. */
  #wayTo(job: JobView): Toast['action'] {
    const { kind, subject } = job;
    const label = words.frame.jobs.show;
    const tab = JOB_TABS[kind];
    if (tab !== undefined) {
      const isThere = this.place === 'gallery' && this.galleryTab === tab;
      if (isThere || this.galleries.current?.name !== subject) return null;
      return { label, run: () => this.showInGallery(job) };
    }
    if (kind !== 'gallery-import') return null;
    return {
      label: words.people.packages.open(subject),
      run: () => {
        void this.galleries.choose(subject);
        this.goToGallery('faces');
      },
    };
  }

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
