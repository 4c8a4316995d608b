// Small galleries and made-up faces for tests of the gallery.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { normalise } from '../../src-main/common/matrix.ts';
import { Rng } from '../../src-main/common/rng.ts';
import { ensureSpace, type Space } from '../../src-main/gallery/db/queries/spaces.ts';
import type { EnrolledFace } from '../../src-main/gallery/enrol/faces.ts';
import type { PictureOutcome } from '../../src-main/gallery/enrol/pictures.ts';
import { type Acting, Gallery } from '../../src-main/gallery/gallery.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const DIMENSION = 8;

/** A clock that counts seconds from 2026-01-01. */
export function madeActing(): Acting {
  let seconds = 0;
  return { actor: 'tester', now: () => Date.UTC(2026, 0, 1) + seconds++ * 1000 };
}

export async function madeGallery(context: TestContext): Promise<Gallery> {
  const folder = join(await temporaryFolder(context), 'made.gallery');
  const gallery = Gallery.create(folder, madeActing());
  context.after(() => {
    if (gallery.database.open) gallery.close();
  });
  return gallery;
}

export function madeSpace(gallery: Gallery, modelDigest = 'a'.repeat(64)): Space {
  const key = {
    modelDigest,
    profileDigest: null,
    preprocessing: 1,
    frameDigest: 'f'.repeat(64),
    side: 'lr',
    dimension: DIMENSION,
  } as const;
  return ensureSpace(gallery.database, key, gallery.acting.now());
}

export function madeVector(seed: number): Float32Array {
  const rng = Rng.seeded(seed);
  return normalise(Float32Array.from({ length: DIMENSION }, () => rng.normal()));
}

/** A face that no other seed gives; `cropFile` is made-up bytes: the gallery looks at the first two alone. */
export function madeFace(seed: number, space: Space, changes: Partial<EnrolledFace> = {}): EnrolledFace {
  return {
    box: { x: 1, y: 2, width: 16, height: 20 },
    landmarks: Float32Array.from({ length: 10 }, (_, at) => at),
    sizePx: 16,
    sharpness: 120,
    turn: 0.1,
    rollDegrees: -3,
    detectionScore: 0.9,
    weight: 0.5,
    reasons: ['small'],
    cropFile: Buffer.from(`crop ${seed}`),
    embeddings: new Map([[space.id, madeVector(seed)]]),
    isNamed: true,
    ...changes,
  };
}

export function madePicture(
  position: number,
  faces: readonly EnrolledFace[],
  changes: Partial<Extract<PictureOutcome, { kind: 'read' }>> = {},
): PictureOutcome {
  const sha256 = createHash('sha256').update(`picture ${position}`).digest();
  return {
    kind: 'read',
    position,
    source: { sha256, path: `p${position}.jpg`, kind: 'image', width: 640, height: 480 },
    subject: null,
    camera: null,
    capturedAt: null,
    tags: [],
    track: null,
    faces,
    ...changes,
  };
}
