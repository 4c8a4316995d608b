// Which faces a search is about: camera, time, tags, quality, size, known or not.

import type { Database } from 'better-sqlite3';
import { findCamera } from '../db/queries/cameras.ts';
import type { FaceView, Members } from './members.ts';

/** Absent conditions hold for every face. */
export interface FaceFilter {
  readonly camera?: string;
  /** Milliseconds since 1970; faces without a capture time fail both. */
  readonly from?: number;
  readonly until?: number;
  /** All of them. */
  readonly tags?: readonly string[];
  readonly leastWeight?: number;
  readonly leastSizePx?: number;
  readonly isKnown?: boolean;
  readonly excludedSubject?: number;
  readonly excludedTrack?: number;
}

/** Some faces of an index, each by one bit. Good until the index changes. */
export class FaceSet {
  readonly #members: Members;
  readonly #isIn: Uint8Array;
  /** The few tracks that are not in it, whole, where all others are; null for every other set. */
  readonly missingTracks: readonly number[] | null;
  #size = 0;

  constructor(members: Members, missingTracks: readonly number[] | null = null) {
    this.#members = members;
    this.missingTracks = missingTracks;
    this.#isIn = new Uint8Array(members.faceSlots);
  }

  /** All faces but those of some whole tracks: made without a look at the others. */
  static withoutTracks(members: Members, trackIds: readonly number[]): FaceSet {
    const missing = trackIds.filter((id) => members.countOf(id) > 0);
    const set = new FaceSet(members, missing);
    // Slot 0 is nobody's: that of a face which is gone.
    set.#isIn.fill(1, 1);
    const faces = missing.flatMap((id) => members.facesOf(id));
    for (const id of faces) set.#isIn[members.slotOfFace(id)] = 0;
    set.#size = members.faces - faces.length;
    return set;
  }

  get size(): number {
    return this.#size;
  }

  has(faceId: number): boolean {
    return this.#isIn[this.#members.slotOfFace(faceId)] === 1;
  }

  hasSlot(slot: number): boolean {
    return this.#isIn[slot] === 1;
  }

  addSlot(slot: number): void {
    this.#isIn[slot] = 1;
    this.#size++;
  }
}

/** The faces that meet every condition, found in one pass; null where there is no condition. */
export function selectFaces(database: Database, members: Members, filter: FaceFilter): FaceSet | null {
  const { excludedSubject, excludedTrack, ...others } = filter;
  if (Object.values(others).every((condition) => condition === undefined)) {
    const ofSubject = excludedSubject === undefined ? [] : members.tracksOf(excludedSubject);
    const tracks = new Set(excludedTrack === undefined ? ofSubject : [excludedTrack, ...ofSubject]);
    if (tracks.size > 0) return FaceSet.withoutTracks(members, [...tracks]);
  }
  const tests = testsOf(database, members, filter);
  if (tests.length === 0) return null;
  const chosen = new FaceSet(members);
  members.eachFace((face) => {
    for (const passes of tests) if (!passes(face)) return;
    chosen.addSlot(face.slot);
  });
  return chosen;
}

type FaceTest = (face: FaceView) => boolean;

function testsOf(database: Database, members: Members, filter: FaceFilter): FaceTest[] {
  const { camera, from, until, tags = [], leastWeight, leastSizePx, isKnown } = filter;
  const { excludedSubject, excludedTrack } = filter;
  const tests: FaceTest[] = [];
  if (camera !== undefined) {
    const wanted = findCamera(database, camera);
    tests.push(({ cameraId }) => cameraId === wanted);
  }
  // NaN, which stands for unknown, fails every comparison.
  if (from !== undefined) tests.push(({ capturedAt }) => capturedAt >= from);
  if (until !== undefined) tests.push(({ capturedAt }) => capturedAt < until);
  if (leastWeight !== undefined) tests.push(({ weight }) => weight >= leastWeight);
  if (leastSizePx !== undefined) tests.push(({ sizePx }) => sizePx >= leastSizePx);
  if (isKnown !== undefined) tests.push(({ subjectId }) => (subjectId !== 0) === isKnown);
  if (excludedSubject !== undefined) tests.push(({ subjectId }) => subjectId !== excludedSubject);
  if (excludedTrack !== undefined) tests.push(({ trackId }) => trackId !== excludedTrack);
  for (const tag of tags) {
    const tagged = facesWithTag(database, members, tag);
    tests.push(({ slot }) => tagged.hasSlot(slot));
  }
  return tests;
}

function facesWithTag(database: Database, members: Members, tag: string): FaceSet {
  const tagged = new FaceSet(members);
  const ids = database.prepare('SELECT face_id FROM tags WHERE tag = ?').pluck();
  for (const id of ids.iterate(tag) as IterableIterator<number>) {
    const slot = members.slotOfFace(id);
    if (slot !== 0) tagged.addSlot(slot);
  }
  return tagged;
}
