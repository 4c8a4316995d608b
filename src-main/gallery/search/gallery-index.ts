// Everything of one space that a search compares: faces, templates of tracks, templates of subjects; each vector held once.

import type { Database } from 'better-sqlite3';
import { dot, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { fuseTemplate } from '../../common/template.ts';
import { readEmbeddings } from '../db/queries/embeddings.ts';
import type { Space } from '../db/queries/spaces.ts';
import { searchInline } from './inline-search.ts';
import type { SearchHit } from './request.ts';
import type { SearchSpace } from './search-client.ts';
import { VectorStore } from './vector-store.ts';

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
  /** Which faces take part; a track or subject does if any face of it does. By default all. */
  readonly allowed?: ReadonlySet<number>;
}

/** Vectors of one kind, and the search over them. */
interface Searched {
  readonly store: VectorStore;
  readonly space: SearchSpace;
}

type Found = Pick<SearchHit, 'id' | 'score'>;

/** Faces that are their whole track, faces of longer tracks, templates of those, templates of subjects with several tracks. */
type VectorKind = 'single' | 'member' | 'track' | 'subject';

interface Part {
  readonly kind: VectorKind;
  readonly takesPart: (id: number) => boolean;
}

/** A face's place: its track, and its weight in templates. */
interface Place {
  readonly trackId: number;
  readonly weight: number;
}

export class GalleryIndex {
  readonly space: Space;
  /** Faces that are their whole track. */
  readonly #singles: Searched;
  /** Faces of tracks with several. */
  readonly #members: Searched;
  /** Templates of those tracks, by track. */
  readonly #tracks: Searched;
  /** Templates of subjects with several tracks, by subject. */
  readonly #subjects: Searched;
  readonly #places = new Map<number, Place>();
  readonly #facesOf = new Map<number, number[]>();
  readonly #subjectOf = new Map<number, number | null>();
  readonly #tracksOf = new Map<number, number[]>();

  private constructor(space: Space) {
    this.space = space;
    const index = (): Searched => {
      const store = new VectorStore({ dimension: space.dimension });
      return { store, space: searchInline(store) };
    };
    this.#singles = index();
    this.#members = index();
    this.#tracks = index();
    this.#subjects = index();
  }

  /** Reads a space's embeddings once. Throws `bad-data` for an embedding that is damaged. */
  static load(database: Database, space: Space, progress: ProgressToken): GalleryIndex {
    const index = new GalleryIndex(space);
    index.#readPlaces(database);
    const stage = progress.stage('loading embeddings', space.embeddings, 'faces');
    for (const { faceId, vector } of readEmbeddings(database, space)) {
      progress.throwIfCancelled();
      const place = index.#places.get(faceId);
      if (place !== undefined) {
        const isSingle = index.#facesOf.get(place.trackId)?.length === 1;
        (isSingle ? index.#singles : index.#members).store.put(faceId, vector);
      }
      stage.advance();
    }
    for (const [trackId, faces] of index.#facesOf)
      if (faces.length > 1) index.#tracks.store.put(trackId, index.templateOf(faces));
    for (const [subjectId, tracks] of index.#tracksOf)
      if (tracks.length > 1)
        index.#subjects.store.put(subjectId, index.templateOf(index.#facesOfTracks(tracks)));
    return index;
  }

  get faces(): number {
    return this.#places.size;
  }

  /** Subjects plus unknown tracks: how many answers a search by subject can have. */
  get people(): number {
    const unknown = [...this.#subjectOf.values()].filter((subject) => subject === null).length;
    return this.#tracksOf.size + unknown;
  }

  /** Quality-weighted template of enrolled faces. */
  templateOf(faceIds: readonly number[]): Float32Array {
    const { dimension } = this.space;
    const values = new Float32Array(faceIds.length * dimension);
    const weights = faceIds.map((id, at) => {
      const vector = this.#vectorOf(id);
      if (vector !== null) values.set(vector, at * dimension);
      return vector === null ? 0 : (this.#places.get(id)?.weight ?? 0);
    });
    return fuseTemplate(matrix(values, dimension), [...faceIds.keys()], weights);
  }

  /** Best first. Each answer is of a different face, track, or person, as `by` says. */
  async search(probe: Float32Array, options: GallerySearchOptions): Promise<Answer[]> {
    const { count, threshold } = options;
    const answers: Answer[] = [];
    for (const { kind, takesPart } of this.#parts(options)) {
      const hits = await find(this.#searched(kind), probe, count, threshold, takesPart);
      for (const hit of hits) answers.push(this.#answer(kind, hit, probe, options.allowed));
    }
    return answers
      .sort((left, right) => right.score - left.score || left.faceId - right.faceId)
      .slice(0, count);
  }

  /** Faces behind each entry that such a search compares a probe with. */
  facesBehindEntries(options: Pick<GallerySearchOptions, 'by' | 'allowed'>): number[] {
    return this.#parts(options).flatMap(({ kind, takesPart }) => {
      const ids = this.#idsOf(kind).filter(takesPart);
      return ids.map((id) => this.#facesBehind(kind, id).length);
    });
  }

  /** The kinds of vectors that answer, and which of each: every face, track or person once. */
  #parts({ by, allowed }: Pick<GallerySearchOptions, 'by' | 'allowed'>): readonly Part[] {
    const allows = (kind: VectorKind, id: number): boolean =>
      allowed === undefined || this.#facesBehind(kind, id).some((face) => allowed.has(face));
    if (by === 'face') {
      return (['single', 'member'] as const).map((kind) => ({ kind, takesPart: (id) => allows(kind, id) }));
    }
    // A subject of several tracks answers by its own template, and its tracks not by theirs.
    const isAlone = (trackId: number): boolean => by === 'track' || !this.#isOfSeveral(trackId);
    const parts: Part[] = [
      { kind: 'single', takesPart: (id) => isAlone(this.#trackOf(id)) && allows('single', id) },
      { kind: 'track', takesPart: (id) => isAlone(id) && allows('track', id) },
    ];
    if (by === 'subject') parts.push({ kind: 'subject', takesPart: (id) => allows('subject', id) });
    return parts;
  }

  #searched(kind: VectorKind): Searched {
    return { single: this.#singles, member: this.#members, track: this.#tracks, subject: this.#subjects }[
      kind
    ];
  }

  #idsOf(kind: VectorKind): number[] {
    const { store } = this.#searched(kind);
    const ids = { single: this.#places, member: this.#places, track: this.#facesOf, subject: this.#tracksOf }[
      kind
    ];
    return [...ids.keys()].filter((id) => store.has(id));
  }

  #facesBehind(kind: VectorKind, id: number): readonly number[] {
    if (kind === 'track') return this.#facesOf.get(id) ?? [];
    return kind === 'subject' ? this.#facesOfSubject(id) : [id];
  }

  /** The template is of all faces behind it, whichever let it take part; the face that is shown is one of those. */
  #answer(
    kind: VectorKind,
    { id, score }: Found,
    probe: Float32Array,
    allowed: ReadonlySet<number> | undefined,
  ): Answer {
    const faces = this.#facesBehind(kind, id);
    const shown = allowed === undefined ? faces : faces.filter((face) => allowed.has(face));
    const trackId = kind === 'subject' ? null : kind === 'track' ? id : this.#trackOf(id);
    const subjectId = kind === 'subject' ? id : (this.#subjectOf.get(trackId as number) ?? null);
    return { score, subjectId, trackId, faceId: this.#nearestOf(shown, probe), faces: faces.length };
  }

  /** Every track as one row: what the meaning of scores is measured from. */
  trackTemplates(): { vectors: Float32Array[]; subjects: number[]; faces: number[]; tracks: number[] } {
    const rows = {
      vectors: [] as Float32Array[],
      subjects: [] as number[],
      faces: [] as number[],
      tracks: [] as number[],
    };
    for (const [trackId, faces] of this.#facesOf) {
      const vector = faces.length === 1 ? this.#vectorOf(faces[0]) : this.#tracks.store.vector(trackId);
      if (vector === null) continue;
      rows.vectors.push(vector);
      rows.subjects.push(this.#subjectOf.get(trackId) ?? -1);
      rows.faces.push(faces.length);
      rows.tracks.push(trackId);
    }
    return rows;
  }

  /** Every face of a known subject: what templates of any size are drawn from. */
  knownFaces(): { vectors: Float32Array[]; subjects: number[]; weights: number[] } {
    const rows = { vectors: [] as Float32Array[], subjects: [] as number[], weights: [] as number[] };
    for (const [faceId, { trackId, weight }] of this.#places) {
      const subjectId = this.#subjectOf.get(trackId) ?? null;
      const vector = subjectId === null ? null : this.#vectorOf(faceId);
      if (subjectId === null || vector === null) continue;
      rows.vectors.push(vector);
      rows.subjects.push(subjectId);
      rows.weights.push(weight);
    }
    return rows;
  }

  #readPlaces(database: Database): void {
    const rows = database
      .prepare(
        `SELECT faces.id, faces.track_id AS trackId, faces.weight, tracks.subject_id AS subjectId
         FROM faces JOIN tracks ON tracks.id = faces.track_id
         WHERE EXISTS (SELECT 1 FROM embeddings WHERE space_id = ? AND face_id = faces.id) ORDER BY faces.id`,
      )
      .iterate(this.space.id) as IterableIterator<Place & { id: number; subjectId: number | null }>;
    for (const { id, trackId, weight, subjectId } of rows) {
      this.#places.set(id, { trackId, weight });
      const faces = this.#facesOf.get(trackId);
      if (faces === undefined) {
        this.#facesOf.set(trackId, [id]);
        this.#subjectOf.set(trackId, subjectId);
        if (subjectId !== null) this.#addTrack(subjectId, trackId);
      } else {
        faces.push(id);
      }
    }
  }

  #addTrack(subjectId: number, trackId: number): void {
    const tracks = this.#tracksOf.get(subjectId);
    if (tracks === undefined) this.#tracksOf.set(subjectId, [trackId]);
    else tracks.push(trackId);
  }

  #vectorOf(faceId: number): Float32Array | null {
    return this.#singles.store.vector(faceId) ?? this.#members.store.vector(faceId);
  }

  /** The face that is most like the probe; of equal ones the first. */
  #nearestOf(faceIds: readonly number[], probe: Float32Array): number {
    let [nearest] = faceIds;
    let best = Number.NEGATIVE_INFINITY;
    for (const id of faceIds.length > 1 ? faceIds : []) {
      const vector = this.#vectorOf(id);
      const score = vector === null ? Number.NEGATIVE_INFINITY : dot(probe, vector);
      if (score <= best) continue;
      [nearest, best] = [id, score];
    }
    return nearest;
  }

  #trackOf(faceId: number): number {
    return (this.#places.get(faceId) as Place).trackId;
  }

  /** Whether a track's subject has other tracks too, and so answers by its own template. */
  #isOfSeveral(trackId: number): boolean {
    const subjectId = this.#subjectOf.get(trackId) ?? null;
    return subjectId !== null && (this.#tracksOf.get(subjectId)?.length ?? 0) > 1;
  }

  #facesOfSubject(subjectId: number): number[] {
    return this.#facesOfTracks(this.#tracksOf.get(subjectId) ?? []);
  }

  #facesOfTracks(trackIds: readonly number[]): number[] {
    return trackIds.flatMap((trackId) => this.#facesOf.get(trackId) ?? []);
  }
}

async function find(
  { store, space }: Searched,
  probe: Float32Array,
  count: number,
  threshold: number | undefined,
  takesPart: (id: number) => boolean,
): Promise<readonly Found[]> {
  if (store.size === 0) return [];
  const [answer] = await space.search({
    probes: probe,
    fusion: 'each',
    groupBy: 'face',
    limit: count,
    minimumScore: threshold,
    filter: { mask: store.maskWhere(takesPart) },
  });
  return answer.hits;
}
