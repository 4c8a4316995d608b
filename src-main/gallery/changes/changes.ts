// Actions on subjects and tracks, each in one transaction, each undoable: rename, merge, move, split, join.

import { ensure } from '../../common/errors.ts';
import type { Gallery } from '../gallery.ts';
import { restoreSnapshot, type Snapshot, type Touched, takeSnapshot, wouldOrphan } from './snapshot.ts';

export interface ChangeRecord {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly undoneAt: number | null;
}

interface StoredChange extends ChangeRecord {
  readonly before: StoredState;
  readonly after: StoredState;
}

/** Which rows, and what stood in them. */
interface StoredState {
  readonly touched: Touched;
  readonly rows: Snapshot;
}

/** A new name, or null to make a subject nobody again. Throws `bad-usage` for a name that another subject has. */
export function renameSubject(gallery: Gallery, subjectId: number, name: string | null): number {
  ensureSubject(gallery, subjectId);
  return change(gallery, 'subject.renamed', { subjects: [subjectId], tracks: [], faces: [] }, () => {
    refuseTaken(gallery, name, subjectId);
    gallery.database.prepare('UPDATE subjects SET name = ? WHERE id = ?').run(name, subjectId);
    return {};
  });
}

/** All tracks of the others go to `subjectId`; the others are gone. */
export function mergeSubjects(gallery: Gallery, subjectId: number, others: readonly number[]): number {
  for (const id of [subjectId, ...others]) ensureSubject(gallery, id);
  ensure(
    others.length > 0 && !others.includes(subjectId),
    'bad-usage',
    'a merge needs other subjects than the one that stays',
  );
  const tracks = others.flatMap((id) => trackIdsOf(gallery, id));
  return change(gallery, 'subjects.merged', { subjects: [subjectId, ...others], tracks, faces: [] }, () => {
    for (const id of others) {
      gallery.database.prepare('UPDATE tracks SET subject_id = ? WHERE subject_id = ?').run(subjectId, id);
      gallery.database.prepare('DELETE FROM subjects WHERE id = ?').run(id);
    }
    return {};
  });
}

/** Whom tracks show: an existing subject, a new one by name, or null for nobody known. */
export type NewOwner = { readonly subjectId: number } | { readonly name: string } | null;

/** Gives tracks to another subject: this moves them, names the unknown, and splits a subject in two. */
export function moveTracks(gallery: Gallery, trackIds: readonly number[], owner: NewOwner): number {
  for (const id of trackIds) ensureTrack(gallery, id);
  ensure(trackIds.length > 0, 'bad-usage', 'name the tracks to move');
  if (owner !== null && 'subjectId' in owner) ensureSubject(gallery, owner.subjectId);
  return change(gallery, 'tracks.moved', { subjects: [], tracks: trackIds, faces: [] }, () => {
    const created = owner !== null && 'name' in owner ? insertSubject(gallery, owner.name) : null;
    const subjectId = owner === null ? null : 'subjectId' in owner ? owner.subjectId : created;
    const move = gallery.database.prepare('UPDATE tracks SET subject_id = ? WHERE id = ?');
    for (const id of trackIds) move.run(subjectId, id);
    return created === null ? {} : { subjects: [created] };
  });
}

/** Faces of one track become a track of their own, of the same subject and camera. */
export function splitTrack(gallery: Gallery, trackId: number, faceIds: readonly number[]): number {
  ensureTrack(gallery, trackId);
  const all = faceIdsOf(gallery, trackId);
  ensure(
    faceIds.length > 0 && faceIds.length < all.length && faceIds.every((id) => all.includes(id)),
    'bad-usage',
    `a split needs some, not all, of the faces of track ${trackId}, which are ${all.length}`,
  );
  return change(gallery, 'track.split', { subjects: [], tracks: [trackId], faces: faceIds }, () => {
    const { lastInsertRowid } = gallery.database
      .prepare(
        `INSERT INTO tracks (subject_id, camera_id, origin, label, created_at)
         SELECT subject_id, camera_id, 'hand', NULL, ? FROM tracks WHERE id = ?`,
      )
      .run(gallery.acting.now(), trackId);
    for (const id of faceIds)
      gallery.database.prepare('UPDATE faces SET track_id = ? WHERE id = ?').run(lastInsertRowid, id);
    return { tracks: [Number(lastInsertRowid)] };
  });
}

/** The faces of the others join `trackId`; the others are gone. */
export function joinTracks(gallery: Gallery, trackId: number, others: readonly number[]): number {
  for (const id of [trackId, ...others]) ensureTrack(gallery, id);
  ensure(
    others.length > 0 && !others.includes(trackId),
    'bad-usage',
    'a join needs other tracks than the one that stays',
  );
  const faces = others.flatMap((id) => faceIdsOf(gallery, id));
  return change(gallery, 'tracks.joined', { subjects: [], tracks: [trackId, ...others], faces }, () => {
    for (const id of others) {
      gallery.database.prepare('UPDATE faces SET track_id = ? WHERE track_id = ?').run(trackId, id);
      gallery.database.prepare('DELETE FROM tracks WHERE id = ?').run(id);
    }
    return {};
  });
}

/** Takes a change back, exactly. Throws `bad-usage` where a later change has touched the same rows. */
export function undoChange(gallery: Gallery, id: number): void {
  const stored = readChange(gallery, id);
  ensure(stored.undoneAt === null, 'bad-usage', `change ${id} is undone already`);
  swap(gallery, stored, stored.after, stored.before, 'change.undone', gallery.acting.now());
}

/** Does an undone change again. */
export function redoChange(gallery: Gallery, id: number): void {
  const stored = readChange(gallery, id);
  ensure(stored.undoneAt !== null, 'bad-usage', `change ${id} is not undone`);
  swap(gallery, stored, stored.before, stored.after, 'change.redone', null);
}

/** Newest first. */
export function listChanges({ database }: Gallery, limit = 100): ChangeRecord[] {
  return database
    .prepare('SELECT id, at, actor, action, undone_at AS undoneAt FROM changes ORDER BY id DESC LIMIT ?')
    .all(limit) as ChangeRecord[];
}

/** Runs an action and records it; `work` says which rows it has created. */
function change(gallery: Gallery, action: string, touched: Touched, work: () => Partial<Touched>): number {
  const { database, acting } = gallery;
  return gallery.change(() => {
    const rows = takeSnapshot(database, touched);
    const created = work();
    const all = {
      subjects: [...touched.subjects, ...(created.subjects ?? [])],
      tracks: [...touched.tracks, ...(created.tracks ?? [])],
      faces: [...touched.faces, ...(created.faces ?? [])],
    };
    const before: StoredState = { touched: all, rows };
    const after: StoredState = { touched: all, rows: takeSnapshot(database, all) };
    const { lastInsertRowid } = database
      .prepare('INSERT INTO changes (at, actor, action, before, after) VALUES (?, ?, ?, ?, ?)')
      .run(acting.now(), acting.actor, action, JSON.stringify(before), JSON.stringify(after));
    gallery.record(action, { change: Number(lastInsertRowid), ...all });
    return Number(lastInsertRowid);
  });
}

function swap(
  gallery: Gallery,
  { id }: StoredChange,
  from: StoredState,
  to: StoredState,
  action: string,
  undoneAt: number | null,
): void {
  const { database } = gallery;
  gallery.change(() => {
    const now = takeSnapshot(database, from.touched);
    ensure(
      JSON.stringify(now) === JSON.stringify(from.rows) && !wouldOrphan(database, to.touched, to.rows),
      'bad-usage',
      `change ${id} can no longer be taken back or done again: later changes touch the same subjects or tracks, undo those first`,
    );
    restoreSnapshot(database, to.touched, to.rows);
    database.prepare('UPDATE changes SET undone_at = ? WHERE id = ?').run(undoneAt, id);
    gallery.record(action, { change: id });
  });
}

function readChange({ database }: Gallery, id: number): StoredChange {
  const row = database
    .prepare('SELECT id, at, actor, action, undone_at AS undoneAt, before, after FROM changes WHERE id = ?')
    .get(id) as (ChangeRecord & { before: string; after: string }) | undefined;
  ensure(row !== undefined, 'not-found', `there is no change ${id}`);
  return { ...row, before: JSON.parse(row.before), after: JSON.parse(row.after) };
}

function insertSubject(gallery: Gallery, name: string): number {
  refuseTaken(gallery, name, null);
  const { lastInsertRowid } = gallery.database
    .prepare('INSERT INTO subjects (name, created_at) VALUES (?, ?)')
    .run(name, gallery.acting.now());
  return Number(lastInsertRowid);
}

function refuseTaken({ database }: Gallery, name: string | null, except: number | null): void {
  if (name === null) return;
  const owner = database.prepare('SELECT id FROM subjects WHERE name = ?').pluck().get(name) as
    | number
    | undefined;
  ensure(
    owner === undefined || owner === except,
    'bad-usage',
    `there is a subject ${JSON.stringify(name)} already (number ${owner}): merge the two, or choose another name`,
  );
}

function ensureSubject({ database }: Gallery, id: number): void {
  const found = database.prepare('SELECT 1 FROM subjects WHERE id = ?').get(id);
  ensure(found !== undefined, 'not-found', `there is no subject ${id}`);
}

function ensureTrack({ database }: Gallery, id: number): void {
  const found = database.prepare('SELECT 1 FROM tracks WHERE id = ?').get(id);
  ensure(found !== undefined, 'not-found', `there is no track ${id}`);
}

function trackIdsOf({ database }: Gallery, subjectId: number): number[] {
  return database
    .prepare('SELECT id FROM tracks WHERE subject_id = ? ORDER BY id')
    .pluck()
    .all(subjectId) as number[];
}

function faceIdsOf({ database }: Gallery, trackId: number): number[] {
  return database
    .prepare('SELECT id FROM faces WHERE track_id = ? ORDER BY id')
    .pluck()
    .all(trackId) as number[];
}
