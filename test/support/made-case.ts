// A small gallery with real pictures and a case that holds a search of it.

import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { CaseRecord, CaseResult } from '../../src-main/gallery/cases/case-items.ts';
import { addSearch, createCase } from '../../src-main/gallery/cases/cases.ts';
import { faceById } from '../../src-main/gallery/db/queries/faces.ts';
import { beginImport, finishImport } from '../../src-main/gallery/db/queries/imports.ts';
import { activateSpace } from '../../src-main/gallery/db/queries/spaces.ts';
import { enrolPictures } from '../../src-main/gallery/enrol/pictures.ts';
import type { Gallery } from '../../src-main/gallery/gallery.ts';
import { madeFace, madeGallery, madePicture, madeSpace } from './made-gallery.ts';
import { tinyPng } from './tiny-png.ts';

export interface Named {
  readonly subject: string | null;
  readonly path?: string;
  readonly camera?: string;
  readonly tags?: readonly string[];
}

/** One face each, of 16×16 pixels in a grey of its own; captured a second apart from 1970 on. */
export async function fillGallery(gallery: Gallery, pictures: readonly Named[], first = 0): Promise<void> {
  const space = madeSpace(gallery);
  const outcomes = pictures.map(({ subject, path, camera = null, tags = [] }, at) => {
    const seed = first + at;
    const face = madeFace(seed, space, { cropFile: tinyPng(16, 16, seed) });
    const picture = madePicture(seed, [face], { subject, camera, tags, capturedAt: seed * 1000 });
    if (path !== undefined && picture.kind === 'read') Object.assign(picture.source, { path });
    return picture;
  });
  const items = outcomes.map(({ position }) => ({ name: `${position}`, item: {} }));
  const { database } = gallery;
  const importId = beginImport(database, { kind: 'folder', root: '/', options: { first } }, items, 1);
  const renumbered = outcomes.map((outcome, position) => ({ ...outcome, position }));
  await enrolPictures(gallery, importId, [space], renumbered);
  finishImport(database, importId, 'done', 2);
  activateSpace(database, space.id);
}

export async function madeFilledGallery(context: TestContext, pictures: readonly Named[]): Promise<Gallery> {
  const gallery = await madeGallery(context);
  await fillGallery(gallery, pictures);
  return gallery;
}

/** A result as a search would give it for an enrolled face. */
export function madeResult(gallery: Gallery, faceId: number, rank: number): CaseResult {
  const face = faceById(gallery.database, faceId);
  return {
    rank,
    score: 0.9 - rank / 100,
    fmr: 1e-3 * rank,
    fmrInterval: { low: 1e-4, high: 1e-2 },
    measuredOn: { source: 'gallery', probeFaces: '1', galleryFaces: '1', pairs: 12_345, people: 67 },
    expectedFalseMatches: 0.5,
    log10LikelihoodRatio: 2,
    margin: 0.01,
    subject: face?.subjectName ?? null,
    subjectId: face?.subjectId ?? null,
    trackId: face?.trackId ?? null,
    faceId,
    faces: 1,
    camera: face?.camera ?? null,
    capturedAt: face?.capturedAt ?? null,
    sourcePath: face?.sourcePath ?? '',
    sizePx: 16,
    weight: 0.5,
    reasons: ['small'],
    crop: face?.crop.toString('hex') ?? null,
  };
}

export interface MadeSearch {
  readonly record: CaseRecord;
  readonly probeItem: number;
  readonly searchItem: number;
  readonly probeCrop: Buffer;
}

/** A case with one probe and one search that found these faces, in this order. */
export async function madeCase(
  gallery: Gallery,
  title: string,
  faceIds: readonly number[],
  { path = '/probes/someone.jpg', png = tinyPng(16, 16, 250), camera = 'door' } = {},
): Promise<MadeSearch> {
  const record = createCase(gallery, title);
  const [probeCrop] = await gallery.crops.putAll([png]);
  const face = {
    path,
    sha256: randomBytes(32).toString('hex'),
    crop: probeCrop.toString('hex'),
    face: 1,
    facesInPicture: 1,
    frame: null,
    sizePx: 16,
    weight: 0.5,
    reasons: [],
  };
  const items = addSearch(
    gallery,
    record.id,
    { faces: [face] },
    {
      parameters: {
        by: 'face',
        count: faceIds.length,
        threshold: null,
        filter: { camera },
        fusion: 'template',
      },
      searched: { faces: 8, people: 8 },
      results: faceIds.map((id, at) => madeResult(gallery, id, at + 1)),
      notes: ['a note on the numbers'],
    },
  );
  return { record, ...items, probeCrop };
}
