// Embeddings of a benchmark's faces on disk, in pieces: a kill costs one piece, and a second run costs none.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GlimpseError } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import { type Matrix, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { loadTensorFile, saveTensorFile } from '../../common/tensor-file.ts';

/** What embeddings depend on, besides the faces: any plain values. */
export type EmbeddingKey = Readonly<Record<string, string | number | boolean>>;

/** One side of a benchmark: faces by number become unit rows. */
export interface EmbeddingRequest {
  readonly key: EmbeddingKey;
  readonly faces: number;
  readonly embeddingSize: number;
  /** Faces of one piece. */
  readonly pieceFaces: number;
  /** What progress calls it. */
  readonly stage: string;
  /** Rows of faces first … end − 1. */
  readonly embed: (first: number, end: number) => Promise<Matrix>;
}

interface PieceHeader {
  readonly key: string;
  readonly first: number;
}

const KIND = 'embeddings';
const ROWS = 'rows';

/** The embeddings of one set of faces, below its cache folder. */
export class EmbeddingStore {
  readonly #folder: string;

  /** @param folder the faces' own cache folder: their fingerprint is part of its name */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Loads what is there and makes the rest, piece by piece. Throws `cancelled` between pieces. */
  async ensure(request: EmbeddingRequest, progress: ProgressToken): Promise<Matrix> {
    const { faces, embeddingSize, pieceFaces } = request;
    const rows = new Float32Array(faces * embeddingSize);
    const missing: number[] = [];
    for (let first = 0; first < faces; first += pieceFaces) {
      const piece = await this.#load(request, first);
      if (piece === null) missing.push(first);
      else rows.set(piece, first * embeddingSize);
    }
    if (missing.length === 0) return matrix(rows, embeddingSize);
    const done = faces - missing.reduce((sum, first) => sum + sizeOf(request, first), 0);
    const stage = progress.stage(request.stage, faces, 'faces', done);
    for (const first of missing) {
      progress.throwIfCancelled();
      const end = first + sizeOf(request, first);
      const { values } = await request.embed(first, end);
      await this.#save(request, first, values);
      rows.set(values, first * embeddingSize);
      stage.advance(end - first);
    }
    return matrix(rows, embeddingSize);
  }

  /** How many faces still have to be embedded; for plans. Pieces are counted, not read. */
  async missing(request: Omit<EmbeddingRequest, 'embed' | 'stage'>): Promise<number> {
    const present = new Set(await readdir(this.#folderOf(request)).catch(() => []));
    let missing = 0;
    for (let first = 0; first < request.faces; first += request.pieceFaces) {
      if (!present.has(fileName(first))) missing += sizeOf(request, first);
    }
    return missing;
  }

  /** Null for a piece that is absent, damaged or of other faces: it is made again. */
  async #load(request: EmbeddingRequest, first: number): Promise<Float32Array | null> {
    const path = join(this.#folderOf(request), fileName(first));
    try {
      const { header, tensors } = await loadTensorFile<PieceHeader>(path, KIND);
      const rows = tensors.get(ROWS)?.values;
      const fits =
        header.key === keyText(request) &&
        header.first === first &&
        rows?.length === sizeOf(request, first) * request.embeddingSize;
      return fits ? rows : null;
    } catch (error) {
      if (error instanceof GlimpseError && (error.code === 'not-found' || error.code === 'bad-checkpoint'))
        return null;
      throw error;
    }
  }

  async #save(request: EmbeddingRequest, first: number, values: Float32Array): Promise<void> {
    const shape = [sizeOf(request, first), request.embeddingSize];
    await saveTensorFile<PieceHeader>(join(this.#folderOf(request), fileName(first)), {
      kind: KIND,
      header: { key: keyText(request), first },
      tensors: new Map([[ROWS, { shape, values }]]),
    });
  }

  #folderOf(request: Pick<EmbeddingRequest, 'key' | 'faces'>): string {
    return join(this.#folder, `embeddings-${sha256(keyText(request)).slice(0, 16)}`);
  }
}

type Shape = Pick<EmbeddingRequest, 'faces' | 'pieceFaces'>;

function sizeOf({ faces, pieceFaces }: Shape, first: number): number {
  return Math.min(pieceFaces, faces - first);
}

/** The same for the same values in any order. */
function keyText({ key, faces }: Pick<EmbeddingRequest, 'key' | 'faces'>): string {
  const sorted = Object.entries(key).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([...sorted, ['faces', faces]]);
}

function fileName(first: number): string {
  return `${String(first).padStart(8, '0')}.glimpse`;
}
