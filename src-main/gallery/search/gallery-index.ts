// Everything of one space that a search compares, in memory, and kept as the database is.

import type { Database } from 'better-sqlite3';
import { dot } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { embeddingReader } from '../db/queries/embeddings.ts';
import { checkSpace, type Space } from '../db/queries/spaces.ts';
import { type FaceFilter, type FaceSet, selectFaces } from './face-filter.ts';
import type { RowFilter } from './filter.ts';
import { loadIndex } from './index-load.ts';
import { syncTracks, type Touched } from './index-sync.ts';
import { type IndexOptions, IndexVectors, type VectorKind } from './index-vectors.ts';
import { Members } from './members.ts';

export type { IndexOptions } from './index-vectors.ts';

/** What answers are about. */
export type AnswerKind = 'face' | 'track' | 'subject';

export interface Answer {
  readonly score: number;
  readonly subjectId: number | null;
  /** Null where a subject of several tracks answers as one. */
  readonly trackId: number | null;
  /** The face itself, or the one among those behind the answer that take part which is most like the probe. */
  readonly faceId: number;
  /** How many faces stand behind the answer. */
  readonly faces: number;
}

export interface GallerySearchOptions {
  readonly by: AnswerKind;
  readonly count: number;
  readonly threshold?: number;
  /** Which faces take part, from `facesWhere`; a track or subject does if any face of it does. Null or absent: all. */
  readonly allowed?: FaceSet | null;
}

type Scope = Pick<GallerySearchOptions, 'by' | 'allowed'>;

/** Vectors of one kind that answer, and which of them: null for all. */
interface Part {
  readonly kind: VectorKind;
  readonly filter: RowFilter | undefined;
}

/** Numbers of what a filter lets through or, where it leaves only little out, of that. */
interface ChosenIds {
  readonly areOut: boolean;
  readonly single: number[];
  /** How many of those are of subjects that have other tracks too. */
  ofSeveral: number;
  readonly member: number[];
  readonly track: Set<number>;
  readonly subject: Set<number>;
}

export class GalleryIndex {
  readonly space: Space;
  readonly #database: Database;
  readonly #members = new Members();
  readonly #vectors: IndexVectors;
  /** Of a filter's faces: the search and the count of what it compares both ask. */
  readonly #chosenIds = new WeakMap<FaceSet, ChosenIds>();
  /** Of everything, by kind of answer; made anew after a change. */
  readonly #entries = new Map<AnswerKind, ReadonlyMap<number, number>>();

  private constructor(database: Database, space: Space, options: IndexOptions) {
    checkSpace(database, space);
    this.space = space;
    this.#database = database;
    const read = embeddingReader(database, space);
    this.#vectors = new IndexVectors(this.#members, read, space.dimension, options);
  }

  /**
   * Reads a space's embeddings once, with turns for others in between; `sync` has to be told afterwards what was touched
   * meanwhile. Throws `bad-data` for an embedding that is damaged, `cancelled`.
   */
  static async load(
    database: Database,
    space: Space,
    progress: ProgressToken,
    options: IndexOptions = {},
  ): Promise<GalleryIndex> {
    const index = new GalleryIndex(database, space, options);
    try {
      const loading = { database, space, members: index.#members, vectors: index.#vectors };
      await loadIndex(loading, options.loadingThreads ?? (() => 0), progress);
    } catch (error) {
      index.close();
      throw error;
    }
    return index;
  }

  get faces(): number {
    return this.#members.faces;
  }

  /** Subjects plus unknown tracks: how many answers a search by subject can have. */
  get people(): number {
    return this.#members.people;
  }

  has(faceId: number): boolean {
    return this.#members.has(faceId);
  }

  /** Brings the index up to what was committed to these tracks. Throws `bad-data`; the index is then of no more use. */
  sync(touched: Touched): void {
    this.#entries.clear();
    syncTracks(this.#database, this.space, this.#members, this.#vectors, touched);
  }

  /** Quality-weighted template of enrolled faces. */
  templateOf(faceIds: readonly number[]): Float32Array {
    return this.#vectors.template(faceIds);
  }

  facesOfTrack(trackId: number): number[] {
    return this.#members.facesOf(trackId);
  }

  facesOfSubject(subjectId: number): number[] {
    return this.#members.facesOfSubject(subjectId);
  }

  /** The faces that meet a filter, found in one pass; null where it has no condition. Good until the next turn. */
  facesWhere(filter: FaceFilter): FaceSet | null {
    return selectFaces(this.#database, this.#members, filter);
  }

  /** Best first. Each answer is of a different face, track, or person, as `by` says. */
  async search(probe: Float32Array, options: GallerySearchOptions): Promise<Answer[]> {
    const [answers] = await this.searchAll([probe], options);
    return answers;
  }

  /** The same for several probes, which share their scans: one list each. */
  async searchAll(probes: readonly Float32Array[], options: GallerySearchOptions): Promise<Answer[][]> {
    const { count, threshold, allowed } = options;
    // Of the faces behind an answer one that takes part is shown.
    const shown = (faceId: number): boolean => allowed?.has(faceId) ?? true;
    const { dimension } = this.space;
    const values = new Float32Array(probes.length * dimension);
    for (const [at, probe] of probes.entries()) values.set(probe, at * dimension);
    const found = this.#parts(options).map(async ({ kind, filter }) => {
      if (this.#vectors.stores[kind].size === 0) return null;
      const answers = await this.#vectors.search(kind).search({
        probes: values,
        fusion: 'each',
        groupBy: 'face',
        limit: count,
        minimumScore: threshold,
        filter,
      });
      return { kind, answers };
    });
    const lists = (await Promise.all(found)).filter((part) => part !== null);
    return probes.map((probe, at) =>
      lists
        .flatMap(({ kind, answers }) =>
          answers[at].hits.map(({ id, score }) => this.#answer(kind, id, score, probe, shown)),
        )
        // Null: gone while the search ran.
        .filter((answer) => answer !== null)
        .sort((left, right) => right.score - left.score || left.faceId - right.faceId)
        .slice(0, count),
    );
  }

  /** How many entries such a search compares a probe with, by the faces behind each. */
  entriesByFaces({ by, allowed = null }: Scope): ReadonlyMap<number, number> {
    const known = this.#entries.get(by);
    if (allowed === null && known !== undefined) return known;
    const ids = allowed && this.#idsOf(allowed);
    if (ids?.areOut) return without(this.entriesByFaces({ by }), countEntries(this.#members, by, ids));
    const entries = countEntries(this.#members, by, ids);
    if (allowed === null) this.#entries.set(by, entries);
    return entries;
  }

  /** Every track as one row: what look-alikes are found among. */
  trackTemplates(): { vectors: Float32Array[]; subjects: number[]; faces: number[]; tracks: number[] } {
    const members = this.#members;
    const rows = {
      vectors: [] as Float32Array[],
      subjects: [] as number[],
      faces: [] as number[],
      tracks: [] as number[],
    };
    for (const trackId of members.trackIds()) {
      rows.vectors.push(this.#vectors.template(members.facesOf(trackId)));
      rows.subjects.push(members.subjectOf(trackId) ?? -1);
      rows.faces.push(members.countOf(trackId));
      rows.tracks.push(trackId);
    }
    return rows;
  }

  /** Ends its searches' hold on the memory. */
  close(): void {
    this.#vectors.detach();
  }

  /** The kinds of vectors that answer, and which of each: every face, track or person once. */
  #parts({ by, allowed = null }: Scope): readonly Part[] {
    const ids = allowed && this.#idsOf(allowed);
    // A subject of several tracks answers by its own template, and its tracks, which carry its number, not by theirs.
    const alone: RowFilter = by === 'subject' ? { subject: 'unknown' } : {};
    const part = (kind: VectorKind, filter: RowFilter = {}): Part => {
      const mask = ids && this.#maskOf(kind, ids);
      return { kind, filter: mask === null ? filter : { ...filter, mask } };
    };
    if (by === 'face') return [part('single'), part('member')];
    if (by === 'track') return [part('single'), part('track')];
    return [part('single', alone), part('track', alone), part('subject')];
  }

  #maskOf(kind: VectorKind, ids: ChosenIds): Uint32Array {
    const store = this.#vectors.stores[kind];
    return ids.areOut ? store.maskWithout(ids[kind]) : store.maskOf(ids[kind]);
  }

  #idsOf(allowed: FaceSet): ChosenIds {
    const known = this.#chosenIds.get(allowed);
    if (known !== undefined) return known;
    const ids =
      allowed.missingTracks === null
        ? this.#idsWithin(allowed)
        : idsOfTracks(this.#members, allowed.missingTracks);
    this.#chosenIds.set(allowed, ids);
    return ids;
  }

  #idsWithin(allowed: FaceSet): ChosenIds {
    const ids = noIds(false);
    this.#members.eachFace(({ slot, id, trackId, isAlone, isOfSeveral, subjectId }) => {
      if (!allowed.hasSlot(slot)) return;
      if (subjectId !== 0) ids.subject.add(subjectId);
      if (isAlone) {
        ids.single.push(id);
        if (isOfSeveral) ids.ofSeveral++;
        return;
      }
      ids.member.push(id);
      ids.track.add(trackId);
    });
    return ids;
  }

  /** The template is of all faces behind it, whichever let it take part. Null where the entry is gone. */
  #answer(
    kind: VectorKind,
    id: number,
    score: number,
    probe: Float32Array,
    isShown: (faceId: number) => boolean,
  ): Answer | null {
    const members = this.#members;
    const faces = this.#facesBehind(kind, id);
    const shown = faces.filter(isShown);
    if (shown.length === 0) return null;
    const trackId = kind === 'subject' ? null : kind === 'track' ? id : members.trackOf(id);
    if (kind !== 'subject' && trackId === null) return null;
    const subjectId = trackId === null ? id : members.subjectOf(trackId);
    return { score, subjectId, trackId, faceId: this.#nearestOf(shown, probe), faces: faces.length };
  }

  #facesBehind(kind: VectorKind, id: number): readonly number[] {
    if (kind === 'track') return this.#members.facesOf(id);
    return kind === 'subject' ? this.#members.facesOfSubject(id) : [id];
  }

  /** The face that is most like the probe; of equal ones the first. */
  #nearestOf(faceIds: readonly number[], probe: Float32Array): number {
    let [nearest] = faceIds;
    let best = Number.NEGATIVE_INFINITY;
    for (const id of faceIds.length > 1 ? faceIds : []) {
      const vector = this.#vectors.ofFace(id);
      const score = vector === null ? Number.NEGATIVE_INFINITY : dot(probe, vector);
      if (score <= best) continue;
      [nearest, best] = [id, score];
    }
    return nearest;
  }
}

function noIds(areOut: boolean): ChosenIds {
  return { areOut, single: [], ofSeveral: 0, member: [], track: new Set(), subject: new Set() };
}

/** What is no more to be compared without some whole tracks: a subject goes with its last. */
function idsOfTracks(members: Members, trackIds: readonly number[]): ChosenIds {
  const ids = noIds(true);
  const tracksGone = new Map<number, number>();
  for (const trackId of trackIds) {
    const faces = members.facesOf(trackId);
    const isAlone = faces.length === 1;
    for (const face of faces) (isAlone ? ids.single : ids.member).push(face);
    if (!isAlone) ids.track.add(trackId);
    else if (members.isOfSeveral(trackId)) ids.ofSeveral++;
    const subject = members.subjectOf(trackId);
    if (subject !== null) tracksGone.set(subject, (tracksGone.get(subject) ?? 0) + 1);
  }
  for (const [subject, gone] of tracksGone) {
    if (gone === members.countTracksOf(subject)) ids.subject.add(subject);
  }
  return ids;
}

function without(
  entries: ReadonlyMap<number, number>,
  gone: ReadonlyMap<number, number>,
): Map<number, number> {
  const left = new Map(entries);
  for (const [faces, count] of gone) {
    const rest = (left.get(faces) ?? 0) - count;
    if (rest > 0) left.set(faces, rest);
    else left.delete(faces);
  }
  return left;
}

function countEntries(members: Members, by: AnswerKind, ids: ChosenIds | null): Map<number, number> {
  const entries = new Map<number, number>();
  const add = (faces: number, count = 1): void => {
    if (count > 0) entries.set(faces, (entries.get(faces) ?? 0) + count);
  };
  if (by === 'face') {
    add(1, ids === null ? members.faces : ids.single.length + ids.member.length);
    return entries;
  }
  if (ids === null) return members.countBySize(by);
  add(1, by === 'track' ? ids.single.length : ids.single.length - ids.ofSeveral);
  for (const trackId of ids.track)
    if (by === 'track' || !members.isOfSeveral(trackId)) add(members.countOf(trackId));
  if (by === 'track') return entries;
  for (const subjectId of ids.subject)
    if (members.countTracksOf(subjectId) > 1) add(members.facesOfSubject(subjectId).length);
  return entries;
}
