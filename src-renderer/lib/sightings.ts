// When faces were seen, by camera, on one shared time axis.

import { shortMoment } from './format.ts';

interface Seen {
  readonly camera: string | null;
  readonly capturedAt: number | null;
}

export interface SightingRow {
  readonly camera: string;
  /** Where between first and last, 0 … 1. */
  readonly at: readonly { readonly share: number; readonly label: string }[];
}

/** Null where no time is known. Cameras in order of their first sighting. */
export function sightingRows(
  faces: readonly Seen[],
  noCamera: string,
): { readonly rows: readonly SightingRow[]; readonly first: number; readonly last: number } | null {
  const timed = faces
    .flatMap(({ camera, capturedAt }) =>
      capturedAt === null ? [] : [{ camera: camera ?? noCamera, time: capturedAt }],
    )
    .sort((left, right) => left.time - right.time);
  if (timed.length === 0) return null;
  const [first, last] = [timed[0].time, timed[timed.length - 1].time];
  const byCamera = new Map<string, { share: number; label: string }[]>();
  for (const { camera, time } of timed) {
    const marks = byCamera.get(camera) ?? [];
    byCamera.set(camera, marks);
    marks.push({ share: last === first ? 0.5 : (time - first) / (last - first), label: shortMoment(time) });
  }
  return { rows: [...byCamera].map(([camera, at]) => ({ camera, at: withoutRepeats(at) })), first, last };
}

/** Frames of a second are one mark. */
function withoutRepeats(
  marks: readonly { share: number; label: string }[],
): { share: number; label: string }[] {
  return marks.filter((mark, at) => at === 0 || mark.share - marks[at - 1].share > 0.004);
}

/** `14 Nov 26, 08:34 – 09:10`, with both days where they differ; null where no time is known. */
export function spanOf(first: number | null, last: number | null): string | null {
  if (first === null || last === null) return null;
  const [from, to] = [shortMoment(first), shortMoment(last)];
  if (from === to) return from;
  const [fromDay] = from.split(', ');
  const [toDay, toTime] = to.split(', ');
  return `${from} – ${fromDay === toDay ? toTime : to}`;
}
