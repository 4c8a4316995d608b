// A reference set for a window: people who are not in a gallery, embedded as its probes are, a few faces at a time.

import type { ProgressToken } from '../../common/progress.ts';
import { readReferenceFaces } from '../search/reference-set.ts';
import type { OpenModels, ProbeModel } from './open-models.ts';
import { embedInTurns } from './picture-embedder.ts';

export interface ReferenceRequest {
  /** Of identity folders. */
  readonly folder: string;
  /** The pictures are face crops. */
  readonly isCrops: boolean;
  readonly model: ProbeModel;
}

export interface ReadReference {
  /** Whose face each is. */
  readonly people: readonly number[];
  /** One after another. */
  readonly vectors: Float32Array;
  /** Pictures that could not be read or showed no face. */
  readonly leftOut: number;
}

/** They cross the host in one message. */
const MOST_PICTURES = 20_000;

/** Throws what `readReferenceFaces` throws, and what opening a model throws. */
export async function readReference(
  open: OpenModels,
  { folder, isCrops, model }: ReferenceRequest,
  progress: ProgressToken,
): Promise<ReadReference> {
  const finder = isCrops ? null : await open.finder();
  return open.use(model, async (embedder) => {
    const inTurns = { embed: (crops: Parameters<typeof embedder.embed>[0]) => embedInTurns(embedder, crops) };
    const read = await readReferenceFaces(folder, [inTurns], finder, progress, MOST_PICTURES);
    const { dimension } = embedder.space;
    const vectors = new Float32Array(read.people.length * dimension);
    for (const [at, vector] of read.vectors[0].entries()) vectors.set(vector, at * dimension);
    return { people: read.people, vectors, leftOut: read.leftOut };
  });
}
