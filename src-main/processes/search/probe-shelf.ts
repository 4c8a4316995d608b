// Probe pictures of the window while it is open: in memory alone, with their faces and what each was embedded to.

import { randomUUID } from 'node:crypto';
import { ensure } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import type { EmbeddedProbe } from '../engine/probe-embedder.ts';
import type { ProbeFace } from './probe.ts';

/** Some 10 MB each at most, a track of a clip less than one; the oldest goes when there are more. */
const MOST_PICTURES = 256;

export interface ShelvedFace {
  readonly about: ProbeFace;
  readonly cropFile: Uint8Array;
  /** By `spaceName`. */
  readonly vectors: Map<string, { readonly space: SpaceKey; readonly vector: Float32Array }>;
}

interface ShelvedPicture {
  /** Null where the faces come from several pictures. */
  readonly preview: string | null;
  readonly faces: readonly (ShelvedFace & { readonly crop: string })[];
}

/** Two embeddings of the same name may be compared. */
export function spaceName(
  space: Pick<SpaceKey, 'side' | 'modelDigest' | 'profileDigest' | 'preprocessing'>,
): string {
  return [space.side, space.modelDigest, space.profileDigest, space.preprocessing].join('/');
}

export class ProbeShelf {
  readonly #pictures = new Map<string, ShelvedPicture>();
  readonly #images = new Map<string, Uint8Array>();

  /** Returns its id, and the digests under which its pictures are to be had. */
  put(
    name: string,
    embedded: EmbeddedProbe,
  ): { readonly id: string; readonly preview: string; readonly crops: readonly string[] } {
    const id = randomUUID();
    const keep = (file: Uint8Array): string => this.#keep(file);
    const faces = embedded.faces.map((face, at) => ({
      about: {
        ...{ path: name, sha256: embedded.sha256, face: at + 1, facesInPicture: embedded.faces.length },
        ...{ frame: null, sizePx: face.sizePx, weight: face.weight, reasons: face.reasons },
      },
      cropFile: face.cropFile,
      crop: keep(face.cropFile),
      vectors: new Map(face.embeddings.map((embedding) => [spaceName(embedding.space), embedding])),
    }));
    const preview = keep(embedded.preview);
    this.#pictures.set(id, { preview, faces });
    this.#dropOldest();
    return { id, preview, crops: faces.map(({ crop }) => crop) };
  }

  /** Faces of several pictures that belong together, such as a track's. */
  putFaces(
    faces: readonly {
      readonly about: ProbeFace;
      readonly cropFile: Uint8Array;
      readonly embeddings: readonly { readonly space: SpaceKey; readonly vector: Float32Array }[];
    }[],
  ): { readonly id: string; readonly crops: readonly string[] } {
    const id = randomUUID();
    const shelved = faces.map(({ about, cropFile, embeddings }) => ({
      about,
      cropFile,
      crop: this.#keep(cropFile),
      vectors: new Map(embeddings.map((embedding) => [spaceName(embedding.space), embedding])),
    }));
    this.#pictures.set(id, { preview: null, faces: shelved });
    this.#dropOldest();
    return { id, crops: shelved.map(({ crop }) => crop) };
  }

  /** Throws `not-found` for a picture that is no longer here. */
  face(picture: string, number: number): ShelvedFace {
    const face = this.#pictures.get(picture)?.faces[number - 1];
    ensure(face !== undefined, 'not-found', 'this probe is no longer here: add its picture again');
    return face;
  }

  /** A preview or crop by its SHA-256 in hex. */
  image(digest: string): Uint8Array | null {
    return this.#images.get(digest) ?? null;
  }

  #keep(file: Uint8Array): string {
    const digest = sha256(file);
    this.#images.set(digest, file);
    return digest;
  }

  #dropOldest(): void {
    const [oldest] = this.#pictures.keys();
    if (this.#pictures.size <= MOST_PICTURES) return;
    this.#pictures.delete(oldest);
    const used = new Set<string>();
    for (const { preview, faces } of this.#pictures.values()) {
      if (preview !== null) used.add(preview);
      for (const { crop } of faces) used.add(crop);
    }
    for (const digest of this.#images.keys()) if (!used.has(digest)) this.#images.delete(digest);
  }
}
