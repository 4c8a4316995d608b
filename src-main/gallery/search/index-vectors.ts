// The vectors of an index: faces that are their whole track, faces of longer tracks, templates of those, templates of subjects.

import { matrix } from '../../common/matrix.ts';
import { fuseTemplate } from '../../common/template.ts';
import type { EmbeddingReader } from '../db/queries/embeddings.ts';
import { searchInline } from './inline-search.ts';
import type { Encoding } from './layout.ts';
import type { Members } from './members.ts';
import type { VectorReader } from './re-rank.ts';
import { NO_ATTRIBUTES, type RowAttributes } from './row-attributes.ts';
import type { SearchSpace } from './search-client.ts';
import { VectorStore } from './vector-store.ts';

/** Each vector is held once. */
export type VectorKind = 'single' | 'member' | 'track' | 'subject';
const KINDS: readonly VectorKind[] = ['single', 'member', 'track', 'subject'];

/** How a store is searched: on this thread, or by a `SearchClient`. */
export type Attach = (store: VectorStore, readVectors?: VectorReader) => SearchSpace;

export interface IndexOptions {
  /** `compact` takes a quarter of the memory and reads the best candidates from the database; `exact` by default. */
  readonly encoding?: Encoding;
  /** On the calling thread by default. */
  readonly attach?: Attach;
  /** How many threads read the vectors of so many faces; by default none but the calling one. */
  readonly loadingThreads?: (faces: number) => number;
}

export class IndexVectors {
  readonly stores: Readonly<Record<VectorKind, VectorStore>>;
  readonly #spaces: Readonly<Record<VectorKind, SearchSpace>>;
  readonly #members: Members;
  readonly #read: EmbeddingReader;
  readonly #dimension: number;
  readonly #encoding: Encoding;

  constructor(members: Members, read: EmbeddingReader, dimension: number, options: IndexOptions) {
    const { encoding = 'exact', attach = searchInline } = options;
    this.#members = members;
    this.#read = read;
    this.#dimension = dimension;
    this.#encoding = encoding;
    this.stores = ofEach(() => new VectorStore({ dimension, encoding }));
    this.#spaces = ofEach((kind) => attach(this.stores[kind], this.#readerOf(kind)));
  }

  search(kind: VectorKind): SearchSpace {
    return this.#spaces[kind];
  }

  /** Null for a face that is not here. */
  ofFace(faceId: number): Float32Array | null {
    if (this.#encoding === 'compact') return this.#read(faceId);
    return this.stores.single.vector(faceId) ?? this.stores.member.vector(faceId);
  }

  /** As the database has it now. */
  stored(faceId: number): Float32Array | null {
    return this.#read(faceId);
  }

  /** Quality-weighted template of enrolled faces. Throws `bad-data` where none of them is here, or they cancel out. */
  template(faceIds: readonly number[]): Float32Array {
    const dimension = this.#dimension;
    const values = new Float32Array(faceIds.length * dimension);
    const weights = faceIds.map((id, at) => {
      const vector = this.ofFace(id);
      if (vector !== null) values.set(vector, at * dimension);
      return vector === null ? 0 : this.#members.weightOf(id);
    });
    return fuseTemplate(matrix(values, dimension), [...faceIds.keys()], weights);
  }

  attributesOf(trackId: number): RowAttributes {
    const members = this.#members;
    const several = members.isOfSeveral(trackId) ? members.subjectOf(trackId) : null;
    return trackAttributes(several, Math.max(1, members.countOf(trackId)));
  }

  detach(): void {
    for (const kind of KINDS) this.#spaces[kind].detach();
  }

  #readerOf(kind: VectorKind): VectorReader | undefined {
    if (this.#encoding === 'exact') return undefined;
    if (kind === 'single' || kind === 'member') return (ids) => ids.map(this.#read);
    const facesOf = (id: number): number[] =>
      kind === 'track' ? this.#members.facesOf(id) : this.#members.facesOfSubject(id);
    return (ids) =>
      ids.map((id) => {
        const faces = facesOf(id);
        return faces.length === 0 ? null : this.template(faces);
      });
  }
}

/**
 * Of the row of a track, or of a face that is its whole track: the subject says that its template answers in the row's place when
 * people are asked for.
 * @param several the track's subject where it has other tracks too, or null
 */
export function trackAttributes(several: number | null, faces: number): RowAttributes {
  return { ...NO_ATTRIBUTES, subjectId: several, faces };
}

function ofEach<Value>(make: (kind: VectorKind) => Value): Record<VectorKind, Value> {
  return {
    single: make('single'),
    member: make('member'),
    track: make('track'),
    subject: make('subject'),
  };
}
