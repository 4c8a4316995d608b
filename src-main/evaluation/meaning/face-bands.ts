// How many faces stand behind one side of a comparison, in bands: scores of templates are not scores of single faces.

import { assert } from '../../common/assert.ts';

/** Lowest number of faces of each band: 1, 2–3, 4–7, 8 and more. */
export const FACE_BANDS = [1, 2, 4, 8] as const;

/** 0 … 3, an index into FACE_BANDS. */
export type FaceBand = 0 | 1 | 2 | 3;

export const ALL_BANDS: readonly FaceBand[] = [0, 1, 2, 3];

/** The band of a template of so many faces. */
export function bandOf(faces: number): FaceBand {
  assert(faces >= 1, `a template holds 1 face or more, not ${faces}`);
  if (faces >= FACE_BANDS[3]) return 3;
  if (faces >= FACE_BANDS[2]) return 2;
  return faces >= FACE_BANDS[1] ? 1 : 0;
}

/** For people: `1`, `2–3`, `4–7`, `8+`. */
export function bandLabel(band: FaceBand): string {
  const low = FACE_BANDS[band];
  if (band === 3) return `${low}+`;
  const high = FACE_BANDS[band + 1] - 1;
  return low === high ? `${low}` : `${low}–${high}`;
}
