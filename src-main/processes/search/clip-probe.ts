// A track of a clip as a probe.

import { ensure } from '../../common/errors.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import type { ClipFace, ClipTrack } from '../frames/clip-tracks.ts';
import { fuseProbe, type Probe, type ProbeEntry } from './probe.ts';

/** Of a track of a clip, what is worth telling: its faces themselves stay where they are. */
export interface ClipTrackSummary extends Omit<ClipTrack, 'chosen'> {
  /** How many of its faces are fused, spread over its time. */
  readonly fused: number;
  /** The best of them: its frame, from 0, and where it is there. */
  readonly bestFrame: number;
  readonly box: ClipFace['box'];
}

/** By a track's number; null takes the longest. Throws `not-found` with how many there are. */
export function clipProbe(
  tracks: readonly ClipTrack[],
  number: number | null,
  space: SpaceKey,
  { fusion, isVideo }: { readonly fusion: 'template' | 'max'; readonly isVideo: boolean },
): Probe {
  const track = tracks[(number ?? 1) - 1];
  ensure(
    track !== undefined,
    'not-found',
    `the clip has ${tracks.length} ${tracks.length === 1 ? 'track' : 'tracks'}, not ${number}`,
  );
  const entries = track.chosen.map((face) => toEntry(face, isVideo));
  return fuseProbe(entries, space, fusion);
}

export function summariseTracks(tracks: readonly ClipTrack[]): ClipTrackSummary[] {
  return tracks.map(({ chosen, ...track }) => {
    const best = chosen.reduce((left, right) => (right.weight > left.weight ? right : left));
    return { ...track, fused: chosen.length, bestFrame: best.frame, box: best.box };
  });
}

function toEntry(face: ClipFace, isVideo: boolean): ProbeEntry {
  const { path, sha256, frame, facesInFrame: facesInPicture, sizePx, weight, reasons } = face;
  const about = {
    ...{ path, sha256, face: face.face, facesInPicture, frame: isVideo ? frame : null },
    ...{ sizePx, weight, reasons },
  };
  return { about, cropFile: face.cropFile, vector: face.embedding };
}
