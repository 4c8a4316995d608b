// All that a gallery holds, for comparing it before and after a fault.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readEmbeddings } from '../../src-main/gallery/db/queries/embedding-slices.ts';
import { listFaces } from '../../src-main/gallery/db/queries/faces.ts';
import { listSpaces } from '../../src-main/gallery/db/queries/spaces.ts';
import type { Gallery } from '../../src-main/gallery/gallery.ts';

/** Faces with their crops' bytes and their embeddings in every space. Throws for what is damaged. */
export function contentOf(gallery: Gallery): object {
  const faces = listFaces(gallery.database, { after: 0, limit: 1_000_000 }).map(({ crop, ...face }) => ({
    ...face,
    png: gallery.crops.read(crop).toString('hex'),
  }));
  const spaces = listSpaces(gallery.database).map((space) => ({
    model: space.modelDigest,
    isActive: space.isActive,
    embeddings: [...readEmbeddings(gallery.database, space)].map(({ faceId, vector }) => [faceId, ...vector]),
  }));
  return { faces, spaces };
}

/** Every byte of a folder, file names included. */
export function everyByteOf(folder: string): Buffer {
  const parts: Buffer[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) parts.push(Buffer.from(name), readFileSync(path));
  }
  return Buffer.concat(parts);
}
