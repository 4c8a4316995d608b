// What a row of a vector store carries beside its vector: whose it is, where and when it was seen, how good it is.

import { GlimpseError } from '../../common/errors.ts';

/** Largest id of a face, track, subject or camera: ids are kept as 32-bit columns. */
export const MOST_ID = 2 ** 32 - 2;

/** One row's attributes. `null` is unknown or none. */
export interface RowAttributes {
  readonly trackId: number | null;
  readonly subjectId: number | null;
  readonly cameraId: number | null;
  /** Unix time in ms. */
  readonly capturedAtMs: number | null;
  /** 0…1. */
  readonly quality: number | null;
  readonly sizePx: number | null;
  /** Faces behind the row: 1 for a face, more for a template. */
  readonly faces: number;
}

export const NO_ATTRIBUTES: RowAttributes = {
  trackId: null,
  subjectId: null,
  cameraId: null,
  capturedAtMs: null,
  quality: null,
  sizePx: null,
  faces: 1,
};

/** Throws `bad-data` for an id that a column cannot hold. Ids of tracks, subjects and cameras start at 1. */
export function checkAttributes(attributes: RowAttributes): void {
  checkReference('track', attributes.trackId);
  checkReference('subject', attributes.subjectId);
  checkReference('camera', attributes.cameraId);
  checkNumber('a capture time', attributes.capturedAtMs);
  checkNumber('a quality', attributes.quality);
  checkNumber('a size', attributes.sizePx);
  const { faces } = attributes;
  if (!isId(faces)) throw new GlimpseError('bad-data', `at least one face stands behind a row, not ${faces}`);
}

/** Throws `bad-data` unless the row's own id fits. */
export function checkId(id: number): void {
  if (id === 0 || isId(id)) return;
  throw new GlimpseError('bad-data', `an id is a whole number from 0 to ${MOST_ID}, not ${id}`);
}

function checkReference(what: string, id: number | null): void {
  if (id === null || isId(id)) return;
  throw new GlimpseError('bad-data', `a ${what} id is a whole number from 1 to ${MOST_ID}, not ${id}`);
}

function checkNumber(what: string, value: number | null): void {
  if (value === null || Number.isFinite(value)) return;
  throw new GlimpseError('bad-data', `${what} is a finite number, not ${value}`);
}

function isId(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MOST_ID;
}
