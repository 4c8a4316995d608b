// Pictures of a window's enrolment: read and embedded here a batch at a time, for the gallery process to store.
//
// The batches are the host's, and small: whatever else the engine is asked meanwhile waits little, since each reading, detection
// and embedding gives the thread back.

import { setImmediate } from 'node:timers/promises';
import type { ProgressToken } from '../../common/progress.ts';
import type { ImportItem } from '../../gallery/db/queries/imports.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { CropEmbedder } from '../enrolment/crop-embedder.ts';
import { type EmbedCrops, embedPictureBatch, readPictureBatch } from '../enrolment/picture-batch.ts';
import type { SentOutcome } from '../gallery/enrolment-service.ts';
import type { OpenModels, ProbeModel } from './open-models.ts';

/** What embeds one side of the faces, and the number of the space that takes them. */
export interface SideModel extends ProbeModel {
  readonly spaceId: number;
}

export interface PictureBatch {
  readonly items: readonly ImportItem[];
  readonly asCrops: boolean;
  readonly models: readonly SideModel[];
}

/**
 * Whole portions of a student on two threads. On a CPU it computes beside this thread; turns of 32 let calls to the engine wait
 * four times as long, and enrol less (EXPERIMENTS.md).
 */
const CROPS_PER_TURN = 96;

export function embedForSides(open: OpenModels, models: readonly SideModel[]): EmbedCrops {
  return async (crops) => {
    const rows: { spaceId: number; vectors: readonly Float32Array[] }[] = [];
    for (const model of models) {
      await open.use(model, async (embedder) => {
        rows.push({ spaceId: model.spaceId, vectors: await embedInTurns(embedder, crops) });
      });
    }
    return rows;
  };
}

/** On a GPU TensorFlow holds the thread while it runs: between some crops and the next, others are answered. */
export async function embedInTurns(
  embedder: Pick<CropEmbedder, 'embed'>,
  crops: readonly RgbImage[],
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let first = 0; first < crops.length; first += CROPS_PER_TURN) {
    vectors.push(...(await embedder.embed(crops.slice(first, first + CROPS_PER_TURN))));
    await setImmediate();
  }
  return vectors;
}

/** Throws `cancelled`, and what opening a model throws; a picture that cannot be read is an outcome. */
export async function embedPictures(
  open: OpenModels,
  { items, asCrops, models }: PictureBatch,
  progress: ProgressToken,
): Promise<SentOutcome[]> {
  const batch = await readPictureBatch(items, asCrops ? null : await open.finder(), open.decoderFor(models));
  progress.throwIfCancelled();
  const outcomes = await embedPictureBatch(batch, embedForSides(open, models), asCrops);
  // Pairs, for a map does not cross as JSON.
  return outcomes.map((outcome) =>
    outcome.kind === 'failed'
      ? outcome
      : {
          ...outcome,
          faces: outcome.faces.map((face) => ({ ...face, embeddings: [...face.embeddings] })),
        },
  );
}

/** The spaces that models would fill, in their order. */
export async function spacesOf(open: OpenModels, models: readonly ProbeModel[]): Promise<SpaceKey[]> {
  const keys: SpaceKey[] = [];
  for (const model of models) keys.push(await open.use(model, async ({ space }) => space));
  return keys;
}
