// Faces of a track that say the most together: of each moment the best one, and moments as far apart as the track allows.

/** One of a track's faces. */
export interface TimedFace {
  readonly timeMs: number;
  /** Quality, 0 … 1. */
  readonly weight: number;
}

/** Frames nearer than this show the same face in the same light, and count as one. */
const LEAST_APART_MS = 500;
/** Beyond so many a template hardly gains. */
const MOST_FACES = 16;

/** In order of time; the faces given are too. */
export function spreadFaces<Face extends TimedFace>(
  faces: readonly Face[],
  { leastApartMs = LEAST_APART_MS, most = MOST_FACES }: { leastApartMs?: number; most?: number } = {},
): Face[] {
  if (faces.length === 0) return [];
  const [first] = faces;
  const lengthMs = faces[faces.length - 1].timeMs - first.timeMs;
  const moments = Math.min(most, Math.floor(lengthMs / leastApartMs) + 1);
  const best = new Map<number, Face>();
  for (const face of faces) {
    const share = lengthMs === 0 ? 0 : (face.timeMs - first.timeMs) / lengthMs;
    const moment = Math.min(Math.floor(share * moments), moments - 1);
    const known = best.get(moment);
    if (known === undefined || face.weight > known.weight) best.set(moment, face);
  }
  return [...best.values()].sort((left, right) => left.timeMs - right.timeMs);
}
