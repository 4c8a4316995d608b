// The real gallery process with an open gallery of made-up faces, for tests.

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { GALLERY_PROGRAM } from '../../src-main/processes/gallery/gallery-program.ts';
import type { GalleryService } from '../../src-main/processes/gallery/gallery-service.ts';
import { launchInNode, type RunningService } from '../../src-main/processes/launcher.ts';
import { DIMENSION, madeFace, madePicture } from './made-gallery.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const SPACE_KEY = {
  modelDigest: 'a'.repeat(64),
  profileDigest: null,
  preprocessing: 1,
  frameDigest: 'f'.repeat(64),
  side: 'lr',
  dimension: DIMENSION,
} as const;

export type GalleryClient = RunningService<GalleryService>['client'];

export function startGallery(context: TestContext): RunningService<GalleryService> {
  const service = launchInNode<GalleryService>(GALLERY_PROGRAM);
  context.after(() => service.stop(2_000));
  return service;
}

export async function createGallery(
  context: TestContext,
  client: GalleryClient,
): Promise<{ gallery: number; folder: string }> {
  const folder = join(await temporaryFolder(context), 'made.gallery');
  const { gallery } = await client.call('create', { folder, actor: 'tester' });
  return { gallery, folder };
}

/** Enrols faces of seeds `first` …, one a picture; every third is of a subject, of whom there are five. */
export async function enrolFaces(
  client: GalleryClient,
  gallery: number,
  first: number,
  count: number,
): Promise<number> {
  const numbers = Array.from({ length: count }, (_, at) => first + at);
  const items = numbers.map((number) => ({ name: `p${number}.jpg`, item: { number } }));
  const start = { kind: 'folder', root: `/from-${first}`, items, asCrops: true };
  const spaces = [{ space: SPACE_KEY, profile: null }];
  const begun = await client.call('beginEnrolment', { gallery, ...start, spaces });
  const outcomes = numbers.map((number, position) => {
    const face = madeFace(number, begun.spaces[0], {
      sizePx: 10 + (number % 7),
      weight: 0.1 + (number % 9) / 10,
    });
    const picture = madePicture(number, [face], {
      subject: number % 3 === 0 ? `subject ${number % 5}` : null,
      camera: number % 2 === 0 ? 'hall' : 'door',
      capturedAt: number % 4 === 0 ? null : number * 1000,
    });
    return { ...picture, position };
  });
  const { importId } = begun;
  await client.call('enrol', { gallery, importId, spaces: begun.spaces, outcomes });
  await client.call('finishEnrolment', { gallery, importId, spaces: begun.spaces });
  return importId;
}
