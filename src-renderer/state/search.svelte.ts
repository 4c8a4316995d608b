// The Search place: what is asked, what answered, what is compared and decided.

import type { Api } from '../api/bridge.ts';
import type {
  FaceFilterView,
  FaceGain,
  GalleryFaceView,
  ReferenceFolder,
  ResultView,
  ScoreCurves,
  SearchView,
  VerdictName,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Cases } from './cases.svelte.ts';
import type { Galleries } from './galleries.svelte.ts';
import { type EnrolledProbe, Probes } from './probes.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { FaceFilterView, FaceGain, GalleryFaceView, ResultView, ScoreCurves, SearchView };

export type Answers = 'face' | 'track' | 'subject';
export const COMPARE_MODES = ['side', 'flicker', 'split'] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];
export type Verdict = Exclude<VerdictName, 'withdrawn'>;

const COUNT = 200;
/** No threshold: every answer is shown. */
export const LEAST_THRESHOLD = -0.25;

export class Search {
  readonly probes: Probes;
  by: Answers = $state('track');
  fusion: 'template' | 'max' = $state('template');
  side: 'lr' | 'hr' = $state('lr');
  filter: FaceFilterView = $state.raw({});
  threshold = $state(LEAST_THRESHOLD);
  found: SearchView | null = $state.raw(null);
  isSearching = $state(false);
  problem: string | null = $state(null);
  selected = $state(0);
  isComparing = $state(false);
  isFull = $state(false);
  isSmooth = $state(false);
  hasLandmarks = $state(false);
  mode: CompareMode = $state('side');
  /** Of the compared candidate: its other faces, and what each probe face adds. */
  behind: readonly GalleryFaceView[] = $state.raw([]);
  gains: readonly FaceGain[] = $state.raw([]);
  cameras: readonly string[] = $state.raw([]);
  /** By rank, of the search that is shown. */
  decisions: ReadonlyMap<number, Verdict> = $state.raw(new Map());
  note = $state('');
  /** The last decision on the shown search: what can be taken back. */
  last: { caseId: number; item: number; rank: number; verdict: Verdict } | null = $state.raw(null);
  /** A decision that waits for its case. */
  pending: Verdict | 'search' | null = $state(null);
  readonly shown: readonly ResultView[] = $derived(
    this.found?.results.filter(({ score }) => score >= this.threshold) ?? [],
  );
  readonly candidate: ResultView | null = $derived(this.shown[this.selected] ?? null);
  /** What answers: another gallery, another space or other faces give other results. */
  readonly answering: string = $derived.by(() => {
    const { current, active } = this.#galleries;
    return `${current?.name}/${active.map(({ id }) => id).join('/')}/${current?.faces}`;
  });
  /** What answered last; empty before the first search. */
  answeredBy = $state('');
  /** The candidate's landmarks, once the faces behind it are here. */
  readonly candidateMarks = $derived(
    this.behind.find(({ id }) => id === this.candidate?.faceId)?.marks ?? null,
  );
  readonly #api: Api;
  readonly #galleries: Galleries;
  readonly #cases: Cases;
  readonly #toasts: Toasts;
  /** Where the shown search lies in a case. */
  #kept: { caseId: number; item: number; search: number; threshold: number } | null = null;
  #run = 0;
  #isMeasuring = false;

  constructor(api: Api, galleries: Galleries, cases: Cases, toasts: Toasts) {
    this.#api = api;
    this.#galleries = galleries;
    this.#cases = cases;
    this.#toasts = toasts;
    this.probes = new Probes(api);
    api.on('gallery.changed', ({ gallery, what }) => {
      if (gallery !== this.gallery) return;
      if (what === 'purge') this.#forget();
      if (what !== 'meaning' || !this.#isMeasuring) return;
      this.#isMeasuring = false;
      void this.run();
    });
  }

  get gallery(): string | null {
    return this.#galleries.current?.name ?? null;
  }

  async addFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    await this.probes.add(this.gallery, files);
    await this.run();
  }

  async searchEnrolled(probe: EnrolledProbe): Promise<void> {
    this.probes.useEnrolled(probe);
    await this.run();
  }

  /** With what is set now; only the last of several that were asked in turn is shown. */
  async run(): Promise<void> {
    this.answeredBy = this.answering;
    const { gallery } = this;
    const probe = this.probes.reference;
    if (gallery === null || probe === null) {
      this.found = null;
      return;
    }
    const sides = this.#galleries.active.map(({ side }) => side);
    if (!sides.includes(this.side) && sides.length > 0) this.side = sides[0];
    this.#run++;
    const run = this.#run;
    this.isSearching = true;
    try {
      const { side, fusion, by, filter } = this;
      const asked = { gallery, probe, side, fusion, by, filter, count: COUNT };
      const found = await this.#api.call('search.run', asked);
      if (run !== this.#run) return;
      this.#show(found);
    } catch (error) {
      if (run === this.#run) this.problem = messageOf(error);
    } finally {
      if (run === this.#run) this.isSearching = false;
    }
  }

  change(change: Partial<Pick<Search, 'by' | 'fusion' | 'side' | 'filter'>>): void {
    Object.assign(this, change);
    void this.run();
  }

  async loadCameras(): Promise<void> {
    const { gallery } = this;
    if (gallery === null) return;
    const cameras = await this.#api.call('gallery.cameras', { gallery }).catch(() => []);
    this.cameras = cameras.map(({ name }) => name);
  }

  /** Starts the job; the search is repeated once it has ended. */
  async measureScores(reference: ReferenceFolder | null = null): Promise<void> {
    const { gallery } = this;
    if (gallery === null) return;
    try {
      await this.#api.call('gallery.measure-scores', { gallery, side: this.side, reference });
      this.#isMeasuring = true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  select(at: number): void {
    this.selected = Math.max(0, Math.min(at, this.shown.length - 1));
    if (this.isComparing) void this.#loadBehind();
  }

  compare(): void {
    if (this.candidate === null) return;
    this.isComparing = true;
    void this.#loadBehind();
  }

  endCompare(): void {
    if (this.isFull) this.isFull = false;
    else this.isComparing = false;
  }

  nextMode(): void {
    this.mode = COMPARE_MODES[(COMPARE_MODES.indexOf(this.mode) + 1) % COMPARE_MODES.length];
  }

  /** The compared face becomes the probe. */
  async searchCandidate(): Promise<void> {
    const { candidate } = this;
    if (candidate === null) return;
    const { faceId: id, subject, trackId, crop, sizePx, weight, reasons } = candidate;
    const label = subject ?? words.search.results.unknown(trackId);
    const marks = this.candidateMarks;
    await this.searchEnrolled({ of: 'face', id, label, crop, sizePx, weight, reasons, marks });
  }

  setThreshold(threshold: number): void {
    const before = this.candidate?.rank;
    this.threshold = threshold;
    const at = this.shown.findIndex(({ rank }) => rank === before);
    this.selected = Math.max(0, at);
  }

  /** Into the case that is open for this; asks which where there is none. The next candidate follows. */
  async decide(verdict: Verdict): Promise<void> {
    if (this.candidate === null) return;
    if (this.#cases.current === null) {
      this.pending = verdict;
      return;
    }
    const { rank } = this.candidate;
    try {
      const { caseId, item } = await this.#intoCase();
      await this.#cases.decide(caseId, { searchItem: item, rank, verdict, note: this.note });
      this.decisions = new Map(this.decisions).set(rank, verdict);
      this.note = '';
      this.last = { caseId, item, rank, verdict };
      if (this.selected < this.shown.length - 1) this.select(this.selected + 1);
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** Takes the last decision back; in the case it stays to be read. */
  async undo(): Promise<void> {
    if (this.last === null) return;
    const { caseId, item: searchItem, rank } = this.last;
    try {
      await this.#cases.decide(caseId, { searchItem, rank, verdict: 'withdrawn', note: '' });
      const decisions = new Map(this.decisions);
      decisions.delete(rank);
      this.decisions = decisions;
      this.last = null;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  async addToCase(): Promise<void> {
    if (this.found === null) return;
    if (this.#cases.current === null) {
      this.pending = 'search';
      return;
    }
    try {
      const isNew = this.#kept?.search !== this.found.search || this.#kept.caseId !== this.#cases.current;
      await this.#intoCase();
      const title = this.#cases.currentRow?.title ?? '';
      this.#toasts.tell(isNew ? words.search.added(title) : words.search.alreadyAdded(title));
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** Goes on with what waited for a case. */
  async resumePending(): Promise<void> {
    const { pending } = this;
    this.pending = null;
    if (pending === 'search') await this.addToCase();
    else if (pending !== null) await this.decide(pending);
  }

  #show(found: SearchView): void {
    this.found = found;
    this.problem = null;
    this.selected = 0;
    this.decisions = new Map();
    this.last = null;
    this.#kept = null;
    if (this.isComparing && found.results.length > 0) void this.#loadBehind();
    else this.isComparing = false;
  }

  /** What was purged must not stand here until somebody looks again. */
  #forget(): void {
    this.found = null;
    this.behind = [];
    this.gains = [];
    this.isComparing = false;
  }

  async #loadBehind(): Promise<void> {
    const { gallery, found, candidate } = this;
    if (gallery === null || found === null || candidate === null) return;
    this.behind = [];
    this.gains = [];
    const { rank, subjectId, trackId, faceId } = candidate;
    const group =
      subjectId !== null
        ? ({ of: 'subject', id: subjectId } as const)
        : trackId !== null
          ? ({ of: 'track', id: trackId } as const)
          : ({ of: 'face', id: faceId } as const);
    const [behind, gains] = await Promise.all([
      this.#api.call('search.faces', { gallery, ...group }).catch(() => []),
      this.#api.call('search.face-gains', { gallery, search: found.search, rank }).catch(() => []),
    ]);
    if (this.candidate?.rank !== rank || this.found !== found) return;
    this.behind = behind;
    this.gains = gains;
  }

  async #intoCase(): Promise<{ caseId: number; item: number }> {
    const { gallery, found, candidate } = this;
    const caseId = this.#cases.current;
    if (gallery === null || found === null || caseId === null) throw new Error('there is no case');
    const kept = this.#kept;
    const isThere =
      kept !== null &&
      kept.search === found.search &&
      kept.caseId === caseId &&
      (candidate === null || candidate.score >= kept.threshold);
    if (isThere) return { caseId, item: kept.item };
    const threshold = this.threshold > LEAST_THRESHOLD ? this.threshold : null;
    const request = { gallery, case: caseId, search: found.search, threshold };
    const { searchItem } = await this.#api.call('cases.add-search', request);
    this.#kept = { caseId, item: searchItem, search: found.search, threshold: this.threshold };
    return { caseId, item: searchItem };
  }
}
