import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../../src-main/common/rng.ts';
import { faceSlices } from '../../../../../src-main/gallery/db/queries/face-pages.ts';
import { beginImport } from '../../../../../src-main/gallery/db/queries/imports.ts';
import { enrolPictures } from '../../../../../src-main/gallery/enrol/pictures.ts';
import { madeFace, madeGallery, madePicture, madeSpace } from '../../../../support/made-gallery.ts';

test('slices of any size give every face once, in order, from any cursor on', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const rng = Rng.seeded(3);
  const outcomes = Array.from({ length: 23 }, (_, at) =>
    madePicture(at, [madeFace(at, space, { sizePx: 10 + rng.int(4), isNamed: rng.next() < 0.5 })], {
      subject: 'Ann',
      tags: at % 3 === 0 ? ["it's"] : [],
      capturedAt: rng.next() < 0.3 ? null : rng.int(6) * 1000,
    }),
  );
  const items = outcomes.map(({ position }) => ({ name: String(position), item: {} }));
  const importId = beginImport(gallery.database, { kind: 'folder', root: '/', options: {} }, items, 1);
  await enrolPictures(gallery, importId, [space], outcomes);
  for (const order of ['enrolled', 'captured', 'size', 'quality'] as const)
    for (const isDescending of [false, true])
      for (const filter of [{}, { tags: ["it's"] }, { isKnown: false, from: 2000 }]) {
        const options = { order, isDescending, filter };
        const whole = [...faceSlices(gallery.database, options, null)].flatMap(({ faces }) => faces);
        for (const rowsPerSlice of [1, 4, 23]) {
          const slices = [...faceSlices(gallery.database, options, null, rowsPerSlice)];
          assert.deepEqual(
            slices.flatMap(({ faces }) => faces),
            whole,
            `${JSON.stringify(options)} by ${rowsPerSlice}`,
          );
          for (const [at, cursor] of whole.entries()) {
            const rest = [...faceSlices(gallery.database, options, cursor, rowsPerSlice)];
            assert.deepEqual(
              rest.flatMap(({ faces }) => faces),
              whole.slice(at + 1),
            );
          }
        }
      }
});
