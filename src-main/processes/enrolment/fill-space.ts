// Every enrolled face embedded anew in another space, batch by batch, while the old one answers: one loop for the command line
// and for the window's job. It computes nothing itself, so that the host can run it.

import type { ProgressToken } from '../../common/progress.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import type { WantedSpace } from '../../gallery/enrol/import-spaces.ts';

/** Where embeddings go: a gallery that this process holds, or one behind the gallery process. */
export interface SpaceStore {
  /** The space, made where there is none, and how far it is filled. */
  begin(wanted: WantedSpace): Promise<{ space: Space; faces: number; embedded: number }>;
  /** Faces after a number that the space lacks, by number and crop (SHA-256, hex). */
  todo(
    space: number,
    after: number,
    limit: number,
  ): Promise<readonly { readonly id: number; readonly crop: string }[]>;
  fill(
    space: Space,
    entries: readonly { readonly faceId: number; readonly vector: Float32Array }[],
  ): Promise<unknown>;
}

/** Unit embeddings of stored crops, one each. */
export type EmbedCrops = (crops: readonly string[]) => Promise<readonly Float32Array[]>;

/** Somebody who pauses waits for a batch. */
const FACES_PER_BATCH = 128;

/** Stopped anywhere, the same call goes on: a batch that is stored is not embedded again. Throws `cancelled` between batches. */
export async function fillSpace(
  store: SpaceStore,
  wanted: WantedSpace,
  embed: EmbedCrops,
  progress: ProgressToken,
): Promise<{ space: Space; faces: number }> {
  const { space, faces, embedded } = await store.begin(wanted);
  const stage = progress.stage('embedding anew', faces, 'faces', embedded);
  for (let after = 0; ; ) {
    progress.throwIfCancelled();
    const missing = await store.todo(space.id, after, FACES_PER_BATCH);
    if (missing.length === 0) return { space, faces };
    after = missing[missing.length - 1].id;
    const vectors = await embed(missing.map(({ crop }) => crop));
    await store.fill(
      space,
      missing.map(({ id }, at) => ({ faceId: id, vector: vectors[at] })),
    );
    stage.advance(missing.length);
  }
}
