// What a change by hand has done, in words and as JSON.

import { ensure } from '../common/errors.ts';
import { describeSubject } from '../gallery/db/queries/find-subject.ts';
import { subjectById } from '../gallery/db/queries/subjects.ts';
import { trackById } from '../gallery/db/queries/tracks.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { countOf } from './counted.ts';

export interface ChangeReport {
  readonly gallery: string;
  /** What `gallery undo` takes. */
  readonly change: number;
  /** One sentence. */
  readonly done: string;
}

export function changeReport({ name }: Gallery, change: number, done: string): ChangeReport {
  return { gallery: name, change, done };
}

export function describeChange({ gallery, change, done }: ChangeReport): string {
  return `${gallery}: ${done}\nchange ${change}; \`glimpse gallery undo ${gallery} ${change}\` takes it back`;
}

/** For messages: `track 7 (3 faces, unknown)`. Throws `not-found`. */
export function describeTrack({ database }: Gallery, id: number): string {
  const track = trackById(database, id);
  ensure(track !== null, 'not-found', `there is no track ${id}: \`glimpse gallery list-faces\` shows them`);
  const { faces, subjectId, subjectName } = track;
  const owner = subjectId === null ? 'unknown' : (subjectName ?? `subject ${subjectId}`);
  return `track ${id} (${countOf(faces, 'face')}, ${owner})`;
}

/** A subject's words after a change. */
export function describeSubjectNow({ database }: Gallery, id: number): string {
  const subject = subjectById(database, id);
  ensure(subject !== null, 'not-found', `there is no subject ${id}`);
  return `${describeSubject(subject)} with ${countOf(subject.tracks, 'track')} and ${countOf(subject.faces, 'face')}`;
}
