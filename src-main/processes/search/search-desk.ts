// A search of the window: the engine embeds the probe by the models that a gallery answers by, the gallery process searches.
// Runs in the host, so it computes nothing itself.

import { ensure } from '../../common/errors.ts';
import { probeImage } from '../../contract/images.ts';
import type { ProbePictureView, ProbeReference, SearchAsked } from '../../contract/search.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { EmbeddedProbe } from '../engine/probe-embedder.ts';
import type { GalleryModels } from '../gallery/gallery-models.ts';
import type { FoundResults, GalleryProbe, SpaceRow } from '../gallery/gallery-service.ts';
import type { NamedGalleries } from '../gallery/named-galleries.ts';
import type { Supervised } from '../supervised.ts';
import { marksOf } from './face-marks.ts';
import type { ProbeEntry } from './probe.ts';
import { type ProbeShelf, type ShelvedFace, spaceName } from './probe-shelf.ts';

interface Tools {
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
  readonly models: GalleryModels;
  readonly shelf: ProbeShelf;
}

export class SearchDesk {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Finds the faces of a picture, and embeds them as far as the gallery's models are here. Throws `bad-image`. */
  async takePicture(
    gallery: string | null,
    name: string,
    bytes: Uint8Array,
    isCrop: boolean,
  ): Promise<ProbePictureView> {
    const models = gallery === null ? [] : await this.#tools.models.atHand(gallery);
    const embedded = await this.#tools.engine.call('embed', { path: name, bytes, isCrop, models });
    const { id, preview, crops } = this.#tools.shelf.put(name, embedded);
    return viewOf(embedded, { id, name, preview, crops });
  }

  async search({ gallery, probe, side, fusion, filter, ...rest }: SearchAsked): Promise<FoundResults> {
    return this.#tools.galleries.call(gallery, 'find', {
      ...rest,
      threshold: null,
      filter: withoutUndefined(filter),
      probe: await this.#galleryProbe(gallery, probe, side, fusion),
    });
  }

  async #galleryProbe(
    gallery: string,
    probe: ProbeReference,
    side: 'lr' | 'hr',
    fusion: 'template' | 'max',
  ): Promise<GalleryProbe> {
    if (probe.kind === 'enrolled') {
      const reference = { kind: probe.of, id: probe.id };
      return { kind: 'enrolled', reference, side, fusion, includesOwn: probe.includesOwn };
    }
    const space = (await this.#tools.models.activeSpaces(gallery)).find((active) => active.side === side);
    ensure(space !== undefined, 'bad-data', `${gallery} has no faces on the ${side} side yet`);
    const faces = probe.faces.map(({ picture, face }) => this.#tools.shelf.face(picture, face));
    const entries: ProbeEntry[] = [];
    for (const face of faces) entries.push(await this.#entryOf(gallery, face, space));
    return { kind: 'faces', entries, space, fusion };
  }

  /** Another gallery, or another space of this one, may have been chosen since the face was found. */
  async #entryOf(gallery: string, face: ShelvedFace, space: SpaceRow): Promise<ProbeEntry> {
    const { about, cropFile, vectors } = face;
    const name = spaceName(space);
    if (!vectors.has(name)) {
      const models = [await this.#tools.models.of(gallery, space)];
      const request = { path: about.path, bytes: cropFile, isCrop: true, models };
      const { faces } = await this.#tools.engine.call('embed', request);
      for (const embedding of faces[0].embeddings) vectors.set(spaceName(embedding.space), embedding);
    }
    const embedding = vectors.get(name);
    ensure(
      embedding !== undefined,
      'bad-model',
      `${about.path} was embedded by another model than ${gallery} has`,
    );
    return { about, cropFile, vector: embedding.vector };
  }
}

function viewOf(
  { width, height, faces, mainFace }: EmbeddedProbe,
  stored: {
    readonly id: string;
    readonly name: string;
    readonly preview: string;
    readonly crops: readonly string[];
  },
): ProbePictureView {
  const { id, name, preview, crops } = stored;
  return {
    ...{ id, name, width, height, mainFace },
    preview: probeImage(preview),
    faces: faces.map(({ box, landmarks, sizePx, weight, reasons }, at) => ({
      ...{ face: at + 1, box, landmarks, sizePx, weight, reasons },
      marks: marksOf(landmarks),
      crop: probeImage(crops[at]),
    })),
  };
}

/** Conditions that were sent empty. */
function withoutUndefined<Filter extends object>(
  filter: Filter,
): { [K in keyof Filter]: Exclude<Filter[K], undefined> } {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof Filter]: Exclude<Filter[K], undefined> };
}
