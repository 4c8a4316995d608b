import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { embeddingSlices } from '../../../../src-main/gallery/db/queries/embedding-slices.ts';
import { embeddingReader } from '../../../../src-main/gallery/db/queries/embeddings.ts';
import { activeSpace, type Space } from '../../../../src-main/gallery/db/queries/spaces.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { fillBenchGallery } from '../../../../src-main/gallery/search/bench-gallery.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const FACES = 50;
const DIMENSION = 16;

async function filled(context: TestContext): Promise<{ database: Database; space: Space }> {
  const folder = join(await temporaryFolder(context), 'g.gallery');
  const gallery = Gallery.create(folder, { actor: 'test', now: Date.now });
  context.after(() => gallery.close());
  fillBenchGallery(gallery, { faces: FACES, dimension: DIMENSION, seed: 1 }, ProgressToken.silent());
  const space = activeSpace(gallery.database, 'lr');
  assert.ok(space !== null);
  return { database: gallery.database, space };
}

test('slices hold every embedding of a range in order, bit for bit, however many there are in one', async (context) => {
  const { database, space } = await filled(context);
  const alone = embeddingReader(database, space);
  for (const [rowsPerSlice, first, last] of [
    [1, 1, FACES],
    [7, 1, FACES],
    [25, 1, FACES],
    [1000, 1, Number.MAX_SAFE_INTEGER],
    [7, 20, 33],
    [7, 900, 1000],
  ]) {
    const ids: number[] = [];
    const take = (faceId: number, vector: Float32Array): void => {
      ids.push(faceId);
      assert.deepEqual(vector, alone(faceId));
    };
    const sizes = [...embeddingSlices(database, space, rowsPerSlice, take, { first, last })];
    const wanted = Array.from({ length: FACES }, (_, at) => at + 1).filter((id) => id >= first && id <= last);
    assert.deepEqual(ids, wanted);
    assert.ok(sizes.every((size) => size > 0 && size <= rowsPerSlice));
  }
});

test('one of another size or with another checksum is named, and those before it were told', async (context) => {
  const { database, space } = await filled(context);
  const change = database.prepare('UPDATE embeddings SET vector = ?, checksum = ? WHERE face_id = ?');
  const read = (): number[] => {
    const ids: number[] = [];
    assert.throws(() => [...embeddingSlices(database, space, 10, (id) => ids.push(id))], {
      code: 'bad-data',
      message: /embedding of face 9 (has 60 bytes, its space 16 dimensions|is damaged)/,
    });
    return ids;
  };
  const short = Buffer.alloc(60);
  const long = Buffer.alloc(68);
  // Together they are as long as two that are right.
  change.run(short, crc32(short), 9);
  change.run(long, crc32(long), 10);
  assert.deepEqual(read(), [1, 2, 3, 4, 5, 6, 7, 8]);
  change.run(Buffer.alloc(64), 1, 9);
  change.run(Buffer.alloc(64), crc32(Buffer.alloc(64)), 10);
  assert.deepEqual(read(), [1, 2, 3, 4, 5, 6, 7, 8]);
});
