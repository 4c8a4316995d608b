// Everything of one space that a search compares: faces, templates of tracks, templates of subjects; each vector held once.

import type { Database } from 'better-sqlite3';
import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { fuseTemplate } from '../../common/template.ts';
import { readEmbeddings } from '../db/queries/embeddings.ts';
import type { Space } from '../db/queries/spaces.ts';
import { type Hit, VectorIndex } from './vector-index.ts';

/** What answers are about. */
export type AnswerKind = 'face' | 'track' | 'subject';

export interface Answer {
  readonly score: number;
  readonly subjectId: number | null;
  /** Null where a subject of several tracks answers as one. */
  readonly trackId: number | null;
  /** The face itself, or the one among those behind the answer that is most like the probe. */
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

/** A face's place: its track, and its weight in templates. */
interface Place {
  readonly trackId: number;
  readonly weight: number;
}

export class GalleryIndex {
  readonly space: Space;
  /** Faces that are their whole track. */
  readonly #singles: VectorIndex;
  /** Faces of tracks with several. */
  readonly #members: VectorIndex;
  /** Templates of those tracks, by track. */
  readonly #tracks: VectorIndex;
  /** Templates of subjects with several tracks, by subject. */
  readonly #subjects: VectorIndex;
  readonly #places = new Map<number, Place>();
  readonly #facesOf = new Map<number, number[]>();
  readonly #subjectOf = new Map<number, number | null>();
  readonly #tracksOf = new Map<number, number[]>();

  private constructor(space: Space) {
    this.space = space;
    const index = (): VectorIndex => new VectorIndex(space.dimension);
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
        (isSingle ? index.#singles : index.#members).put(faceId, vector);
      }
      stage.advance();
    }
    for (const [trackId, faces] of index.#facesOf)
      if (faces.length > 1) index.#tracks.put(trackId, index.templateOf(faces));
    for (const [subjectId, tracks] of index.#tracksOf)
      if (tracks.length > 1) index.#subjects.put(subjectId, index.templateOf(index.#facesOfTracks(tracks)));
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
      const vector = this.#singles.get(id) ?? this.#members.get(id);
      if (vector !== null) values.set(vector, at * dimension);
      return vector === null ? 0 : (this.#places.get(id)?.weight ?? 0);
    });
    return fuseTemplate(matrix(values, dimension), [...faceIds.keys()], weights);
  }

  /** Best first. Each answer is of a different face, track, or person, as `by` says. */
  search(probe: Float32Array, options: GallerySearchOptions): Answer[] {
    const { by, count, threshold, allowed } = options;
    const facesAllowed = allowed && ((id: number): boolean => allowed.has(id));
    const find = (index: VectorIndex, allows?: (id: number) => boolean): Hit[] =>
      index.search(probe, { count, threshold, allows });
    const hits: Answer[] = [];
    if (by === 'face') {
      for (const index of [this.#singles, this.#members])
        hits.push(...find(index, facesAllowed).map((hit) => this.#faceAnswer(hit)));
    } else {
      const asPeople = by === 'subject';
      const isAlone = (trackId: number): boolean => !asPeople || !this.#isOfSeveral(trackId);
      const singles = find(this.#singles, (id) => isAlone(this.#trackOf(id)) && (allowed?.has(id) ?? true));
      hits.push(...singles.map((hit) => this.#faceAnswer(hit)));
      const tracks = find(
        this.#tracks,
        (id) => isAlone(id) && this.#anyAllowed(this.#facesOf.get(id), allowed),
      );
      hits.push(...tracks.map((hit) => this.#trackAnswer(hit, probe)));
      if (asPeople) {
        const subjects = find(this.#subjects, (id) => this.#anyAllowed(this.#facesOfSubject(id), allowed));
        hits.push(...subjects.map((hit) => this.#subjectAnswer(hit, probe)));
      }
    }
    return hits.sort((left, right) => right.score - left.score || left.faceId - right.faceId).slice(0, count);
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
      const vector = faces.length === 1 ? this.#singles.get(faces[0]) : this.#tracks.get(trackId);
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
      const vector = subjectId === null ? null : (this.#singles.get(faceId) ?? this.#members.get(faceId));
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
        if (subjectId !== null)
          this.#tracksOf.set(subjectId, [...(this.#tracksOf.get(subjectId) ?? []), trackId]);
      } else {
        faces.push(id);
      }
    }
  }

  #faceAnswer({ id, score }: Hit): Answer {
    const trackId = this.#trackOf(id);
    return { score, subjectId: this.#subjectOf.get(trackId) ?? null, trackId, faceId: id, faces: 1 };
  }

  #trackAnswer({ id, score }: Hit, probe: Float32Array): Answer {
    const faces = this.#facesOf.get(id) as number[];
    const subjectId = this.#subjectOf.get(id) ?? null;
    return { score, subjectId, trackId: id, faceId: this.#nearestOf(faces, probe), faces: faces.length };
  }

  #subjectAnswer({ id, score }: Hit, probe: Float32Array): Answer {
    const faces = this.#facesOfSubject(id);
    return {
      score,
      subjectId: id,
      trackId: null,
      faceId: this.#nearestOf(faces, probe),
      faces: faces.length,
    };
  }

  #nearestOf(faceIds: readonly number[], probe: Float32Array): number {
    const wanted = new Set(faceIds);
    const allows = (id: number): boolean => wanted.has(id);
    const hits = [this.#singles, this.#members].flatMap((index) => index.search(probe, { count: 1, allows }));
    return hits.sort((left, right) => right.score - left.score || left.id - right.id)[0].id;
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

  #anyAllowed(faceIds: readonly number[] | undefined, allowed: ReadonlySet<number> | undefined): boolean {
    return allowed === undefined || (faceIds ?? []).some((id) => allowed.has(id));
  }
}
