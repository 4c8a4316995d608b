// Faces and people of a gallery as the window walks through them, and what it does to people.

import * as v from 'valibot';
import { newOwner } from './people.ts';
import { galleryName, integer, line } from './shapes.ts';

const id = integer(1, Number.MAX_SAFE_INTEGER);

/** Faces of one call at most: what a screen shows, and some beside it. */
const MOST_FACES = 500;
const MOST_SUBJECTS = 500;
const MOST_CHANGED = 10_000;

export const faceOrder = v.strictObject({
  gallery: galleryName,
  order: v.picklist(['enrolled', 'captured', 'size', 'quality']),
  isDescending: v.boolean(),
  filter: v.strictObject({
    /** Null for all. */
    isKnown: v.nullable(v.boolean()),
    subject: v.nullable(id),
  }),
});
export type FaceOrderAsked = v.InferOutput<typeof faceOrder>;

export const someFaces = v.strictObject({
  gallery: galleryName,
  ids: v.pipe(v.array(id), v.maxLength(MOST_FACES), v.readonly()),
});

export const subjectPage = v.strictObject({
  gallery: galleryName,
  /** Part of a name; null for all. */
  text: v.nullable(line),
  after: v.nullable(v.strictObject({ id, name: v.nullable(line) })),
  limit: integer(1, MOST_SUBJECTS),
});

export const galleryChange = v.strictObject({
  gallery: galleryName,
  change: v.variant('kind', [
    v.strictObject({ kind: v.literal('rename'), subject: id, name: v.nullable(line) }),
    v.strictObject({
      kind: v.literal('merge'),
      subject: id,
      others: v.pipe(v.array(id), v.minLength(1), v.maxLength(1000), v.readonly()),
    }),
    v.strictObject({
      kind: v.literal('move'),
      tracks: v.pipe(v.array(id), v.minLength(1), v.maxLength(MOST_CHANGED), v.readonly()),
      owner: newOwner,
    }),
    v.strictObject({
      kind: v.literal('split'),
      track: id,
      faces: v.pipe(v.array(id), v.minLength(1), v.maxLength(MOST_CHANGED), v.readonly()),
    }),
    v.strictObject({
      kind: v.literal('join'),
      track: id,
      others: v.pipe(v.array(id), v.minLength(1), v.maxLength(MOST_CHANGED), v.readonly()),
    }),
    v.strictObject({ kind: v.literal('undo'), change: id }),
    v.strictObject({ kind: v.literal('redo'), change: id }),
  ]),
});
export type ChangeAsked = v.InferOutput<typeof galleryChange>['change'];

export interface SubjectRow {
  readonly id: number;
  /** Null for a person nobody has named. */
  readonly name: string | null;
  readonly tracks: number;
  readonly faces: number;
}

/** One change to subjects and tracks, newest first. */
export interface ChangeRow {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly isUndone: boolean;
}
