import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginImport } from '../../../../src-main/gallery/db/queries/imports.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import { isDrawnGallery } from '../../../../src-main/processes/sample/drawn-gallery.ts';
import { DRAWN_KIND, DRAWN_ROOT } from '../../../../src-main/processes/sample/sample-plan.ts';
import { madeFace, madeGallery, madePicture, madeSpace } from '../../../support/made-gallery.ts';

test('a sample is one until somebody enrols a real picture', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const enrol = async (kind: string, number: number, path: string): Promise<void> => {
    const items = [{ name: path, item: {} }];
    const importId = beginImport(gallery.database, { kind, root: path, options: {} }, items, 1);
    const picture = madePicture(number, [madeFace(number, space)], {});
    assert.ok(picture.kind === 'read');
    const outcome = { ...picture, position: 0, source: { ...picture.source, path } };
    await enrolPictures(gallery, importId, [space], [outcome]);
  };
  assert.equal(isDrawnGallery(gallery), false);
  await enrol(DRAWN_KIND, 1, `${DRAWN_ROOT}/hall-01-1.png`);
  assert.equal(isDrawnGallery(gallery), true);
  await enrol('folder', 2, '/faces/ann.jpg');
  assert.equal(isDrawnGallery(gallery), false);
});
