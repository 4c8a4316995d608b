// What is to be enrolled and how, and the plan of it: made anew whenever something changes.

import type { Api } from '../api/bridge.ts';
import type { EnrolmentAsked, EnrolmentPlan, EnrolmentReading, ModelList } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import type { GalleryOverview } from './galleries.svelte.ts';

export type { EnrolmentPlan, EnrolmentReading };

type Settings = Omit<EnrolmentAsked, 'gallery' | 'paths' | 'reading'>;

/** `student` and `teacher` are for sides that the gallery does not answer by yet. */
const USUAL: Settings = {
  subjects: 'folder',
  anywhere: false,
  camera: null,
  student: null,
  teacher: null,
  frames: { framesPerSecond: null, everyNth: 1, startedAtMs: null, leastChange: 6 },
};

const PLAN_AFTER_MS = 300;

export class EnrolmentForm {
  gallery: GalleryOverview | null = $state.raw(null);
  paths: readonly string[] = $state.raw([]);
  /** Null takes what the plan suggests. */
  reading: EnrolmentReading | null = $state(null);
  settings: Settings = $state.raw(USUAL);
  models: ModelList | null = $state.raw(null);
  plan: EnrolmentPlan | null = $state.raw(null);
  problem: string | null = $state(null);
  isPlanning = $state(false);
  /** What the plan was made for. */
  #plannedFor = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #api: Api;

  readonly #asked: string = $derived(
    JSON.stringify([this.gallery?.name, this.paths, this.reading, this.settings]),
  );
  readonly isStale: boolean = $derived(this.#plannedFor !== this.#asked);
  /** The sides by which the gallery answers already are not for choice. */
  readonly ownSides: readonly string[] = $derived(
    (this.gallery?.spaces ?? []).filter(({ isActive }) => isActive).map(({ side }) => side),
  );
  readonly hasModel: boolean = $derived(
    this.ownSides.length > 0 || this.settings.student !== null || this.settings.teacher !== null,
  );
  /** Null while it may not start. */
  readonly start: EnrolmentAsked | null = $derived(
    this.plan === null || this.isStale || this.gallery === null || !this.hasModel
      ? null
      : { ...this.settings, gallery: this.gallery.name, paths: this.paths, reading: this.plan.reading },
  );

  constructor(api: Api) {
    this.#api = api;
  }

  async open(gallery: GalleryOverview): Promise<void> {
    if (gallery.name !== this.gallery?.name) this.clear();
    this.gallery = gallery;
    // What lies there, and what the gallery answers by, may have changed since.
    this.#plannedFor = '';
    try {
      const models = await this.#api.call('models.list', {});
      const isFirst = this.models === null;
      this.models = models;
      if (isFirst) this.settings = { ...this.settings, ...usualModels(models) };
      this.#planSoon();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  take(paths: readonly string[]): void {
    this.paths = paths.filter((path) => path !== '');
    this.reading = null;
    this.plan = null;
    this.problem = null;
    this.#plannedFor = '';
    this.#planSoon();
  }

  read(reading: EnrolmentReading): void {
    this.reading = reading;
    this.#planSoon();
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    this.#planSoon();
  }

  clear(): void {
    this.paths = [];
    this.reading = null;
    this.plan = null;
    this.problem = null;
  }

  /** One at a time; what changed meanwhile is planned afterwards. */
  async makePlan(): Promise<void> {
    if (this.gallery === null || this.paths.length === 0) {
      this.plan = null;
      return;
    }
    if (this.isPlanning || !this.isStale) return;
    this.isPlanning = true;
    const asked = this.#asked;
    try {
      const { name: gallery } = this.gallery;
      const { paths, reading } = this;
      this.plan = await this.#api.call('enrolment.plan', { ...this.settings, gallery, paths, reading });
      this.problem = null;
    } catch (error) {
      this.plan = null;
      this.problem = messageOf(error);
    }
    this.#plannedFor = asked;
    this.isPlanning = false;
    if (this.isStale) await this.makePlan();
  }

  #planSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.makePlan(), PLAN_AFTER_MS);
  }
}

/** The newest student; where there is none, faces can be enrolled for the full-resolution side alone. */
function usualModels({ students, teachers }: ModelList): Pick<Settings, 'student' | 'teacher'> {
  const newest = [...students].sort((left, right) => right.createdAt.localeCompare(left.createdAt))[0];
  if (newest !== undefined) return { student: newest.name, teacher: null };
  const teacher = teachers.find(({ isDefault }) => isDefault) ?? teachers[0];
  return { student: null, teacher: teacher?.name ?? null };
}
