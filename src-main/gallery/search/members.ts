// Who belongs to whom in an index: faces to tracks, tracks to subjects, in columns of numbers instead of objects.

import { Slots } from './slots.ts';

/** A face as an index knows it. */
export interface MemberFace {
  readonly id: number;
  /** In templates. */
  readonly weight: number;
  /** Milliseconds since 1970; null where nobody knows. */
  readonly capturedAt: number | null;
  readonly sizePx: number;
}

export interface MemberTrack {
  readonly id: number;
  readonly subjectId: number | null;
  readonly cameraId: number | null;
}

/** About 110 bytes a face that is its own track, ids' tables included. */
export class Members {
  /** `next`: the slot of the track's next face, of a smaller number. */
  readonly #faces = new Slots({
    id: Uint32Array,
    track: Uint32Array,
    next: Uint32Array,
    weight: Float64Array,
    capturedAt: Float64Array,
    sizePx: Float64Array,
  });
  /** `first`: the slot of its face with the largest number; `next`, `previous`: slots of other tracks of its subject. */
  readonly #tracks = new Slots({
    id: Uint32Array,
    subject: Uint32Array,
    camera: Uint32Array,
    first: Uint32Array,
    faces: Uint32Array,
    next: Uint32Array,
    previous: Uint32Array,
  });
  readonly #subjects = new Slots({ id: Uint32Array, first: Uint32Array, tracks: Uint32Array });
  #unknownTracks = 0;

  get faces(): number {
    return this.#faces.size;
  }

  /** Subjects, and tracks of nobody known. */
  get people(): number {
    return this.#subjects.size + this.#unknownTracks;
  }

  /** Slots of faces are below this. */
  get faceSlots(): number {
    return this.#faces.end;
  }

  /** Adds a face to a track, which must be new or have the same subject and camera; faces of a track come in order of their numbers. */
  add(face: MemberFace, track: MemberTrack): void {
    const trackSlot = this.#tracks.of(track.id) || this.#takeTrack(track);
    const slot = this.#faces.take(face.id);
    const { id, track: trackOf, next, weight, capturedAt, sizePx } = this.#faces.columns;
    const tracks = this.#tracks.columns;
    id[slot] = face.id;
    trackOf[slot] = trackSlot;
    next[slot] = tracks.first[trackSlot];
    weight[slot] = face.weight;
    capturedAt[slot] = face.capturedAt ?? Number.NaN;
    sizePx[slot] = face.sizePx;
    tracks.first[trackSlot] = slot;
    tracks.faces[trackSlot]++;
  }

  /** Removes a track with its faces; nothing happens where there is none. */
  removeTrack(trackId: number): void {
    const slot = this.#tracks.of(trackId);
    if (slot === 0) return;
    for (const faceId of this.facesOf(trackId)) this.#faces.giveBack(faceId);
    const { subject, next, previous } = this.#tracks.columns;
    if (subject[slot] === 0) this.#unknownTracks--;
    else this.#unlink(slot, subject[slot], next[slot], previous[slot]);
    this.#tracks.giveBack(trackId);
  }

  has(faceId: number): boolean {
    return this.#faces.of(faceId) !== 0;
  }

  slotOfFace(faceId: number): number {
    return this.#faces.of(faceId);
  }

  /** The track of a face; null for a face that is not here. */
  trackOf(faceId: number): number | null {
    const slot = this.#faces.of(faceId);
    return slot === 0 ? null : this.#tracks.columns.id[this.#faces.columns.track[slot]];
  }

  weightOf(faceId: number): number {
    return this.#faces.columns.weight[this.#faces.of(faceId)];
  }

  /** Of a track; null for one of nobody known, or that is not here. */
  subjectOf(trackId: number): number | null {
    const subject = this.#tracks.columns.subject[this.#tracks.of(trackId)];
    return subject === 0 ? null : this.#subjects.columns.id[subject];
  }

  /** Whether a track's subject has other tracks too. */
  isOfSeveral(trackId: number): boolean {
    const subject = this.#tracks.columns.subject[this.#tracks.of(trackId)];
    return subject !== 0 && this.#subjects.columns.tracks[subject] > 1;
  }

  /** Faces of a track; 0 for one that is not here. */
  countOf(trackId: number): number {
    return this.#tracks.columns.faces[this.#tracks.of(trackId)];
  }

  /** In order of their numbers. */
  facesOf(trackId: number): number[] {
    const { id, next } = this.#faces.columns;
    const faces: number[] = [];
    for (let slot = this.#tracks.columns.first[this.#tracks.of(trackId)]; slot !== 0; slot = next[slot])
      faces.push(id[slot]);
    return faces.reverse();
  }

  countTracksOf(subjectId: number): number {
    return this.#subjects.columns.tracks[this.#subjects.of(subjectId)];
  }

  /** In order of their numbers. */
  tracksOf(subjectId: number): number[] {
    const { id, next } = this.#tracks.columns;
    const tracks: number[] = [];
    for (let slot = this.#subjects.columns.first[this.#subjects.of(subjectId)]; slot !== 0; slot = next[slot])
      tracks.push(id[slot]);
    return tracks.sort((left, right) => left - right);
  }

  facesOfSubject(subjectId: number): number[] {
    return this.tracksOf(subjectId).flatMap((trackId) => this.facesOf(trackId));
  }

  /** Numbers of all tracks, in no order. */
  *trackIds(): Generator<number> {
    for (let slot = 1; slot < this.#tracks.end; slot++) {
      const id = this.#tracks.columns.id[slot];
      if (id !== 0) yield id;
    }
  }

  *subjectIds(): Generator<number> {
    for (let slot = 1; slot < this.#subjects.end; slot++) {
      const id = this.#subjects.columns.id[slot];
      if (id !== 0) yield id;
    }
  }

  /** How many tracks, or people, there are of each number of faces; a track of nobody known is a person. One pass. */
  countBySize(by: 'track' | 'subject'): Map<number, number> {
    const { id, subject, faces } = this.#tracks.columns;
    const { tracks } = this.#subjects.columns;
    const facesOfSubject = new Uint32Array(this.#subjects.end);
    const counts: number[] = [];
    const add = (size: number): void => {
      counts[size] = (counts[size] ?? 0) + 1;
    };
    for (let slot = 1; slot < this.#tracks.end; slot++) {
      if (id[slot] === 0) continue;
      if (by === 'subject' && tracks[subject[slot]] > 1) facesOfSubject[subject[slot]] += faces[slot];
      else add(faces[slot]);
    }
    for (const size of facesOfSubject) if (size > 0) add(size);
    return new Map(Object.entries(counts).map(([size, count]) => [Number(size), count]));
  }

  /** Asks once for each face, or for those in slots from `first` to before `end`; the columns that it is told are those of the face and its track. */
  eachFace(visit: (face: FaceView) => void, first = 1, end = this.faceSlots): void {
    const faces = this.#faces.columns;
    const tracks = this.#tracks.columns;
    const subjects = this.#subjects.columns;
    const view = { slot: 0, id: 0, trackId: 0, isAlone: true, isOfSeveral: false, ...NOTHING };
    for (let slot = first; slot < end; slot++) {
      if (faces.id[slot] === 0) continue;
      const track = faces.track[slot];
      view.slot = slot;
      view.id = faces.id[slot];
      view.trackId = tracks.id[track];
      view.isAlone = tracks.faces[track] === 1;
      view.cameraId = tracks.camera[track];
      view.subjectId = subjects.id[tracks.subject[track]];
      view.isOfSeveral = subjects.tracks[tracks.subject[track]] > 1;
      view.weight = faces.weight[slot];
      view.capturedAt = faces.capturedAt[slot];
      view.sizePx = faces.sizePx[slot];
      visit(view);
    }
  }

  #takeTrack({ id, subjectId, cameraId }: MemberTrack): number {
    const slot = this.#tracks.take(id);
    this.#tracks.columns.id[slot] = id;
    this.#tracks.columns.camera[slot] = cameraId ?? 0;
    if (subjectId === null) this.#unknownTracks++;
    else this.#link(slot, subjectId);
    return slot;
  }

  #link(track: number, subjectId: number): void {
    const subject = this.#subjects.of(subjectId) || this.#subjects.take(subjectId);
    const { id, first, tracks } = this.#subjects.columns;
    const columns = this.#tracks.columns;
    id[subject] = subjectId;
    columns.subject[track] = subject;
    columns.next[track] = first[subject];
    if (first[subject] !== 0) columns.previous[first[subject]] = track;
    first[subject] = track;
    tracks[subject]++;
  }

  #unlink(track: number, subject: number, next: number, previous: number): void {
    const { id, first, tracks } = this.#subjects.columns;
    const columns = this.#tracks.columns;
    if (next !== 0) columns.previous[next] = previous;
    if (previous !== 0) columns.next[previous] = next;
    if (first[subject] === track) first[subject] = next;
    tracks[subject]--;
    if (tracks[subject] === 0) this.#subjects.giveBack(id[subject]);
  }
}

/** One face during `eachFace`; the object is the same for all of them. */
export interface FaceView {
  readonly slot: number;
  readonly id: number;
  readonly trackId: number;
  /** Whether it is its whole track. */
  readonly isAlone: boolean;
  /** Whether its subject has other tracks too. */
  readonly isOfSeveral: boolean;
  /** 0 for none. */
  readonly cameraId: number;
  /** 0 for nobody known. */
  readonly subjectId: number;
  readonly weight: number;
  /** NaN where nobody knows. */
  readonly capturedAt: number;
  readonly sizePx: number;
}

const NOTHING = { cameraId: 0, subjectId: 0, weight: 0, capturedAt: 0, sizePx: 0 };
