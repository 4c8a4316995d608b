// The faces of pictures and the tracks of clips with their numbers: what a probe is chosen from.

import { textTable } from '../evaluation/report-lines.ts';
import type { Box } from '../imaging/box.ts';
import { decodeImageFile } from '../imaging/decode.ts';
import { mainFace } from '../imaging/face-finder.ts';
import { findFaces, type PictureFace } from '../processes/enrolment/picture-faces.ts';
import type { ClipTrackSummary } from '../processes/search/clip-probe.ts';
import { openFinder } from './probe-options.ts';

export interface ListedFace {
  readonly path: string;
  /** What --face takes. */
  readonly face: number;
  readonly box: Box;
  readonly score: number | null;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Taken where no number is given. */
  readonly isDefault: boolean;
}

export async function listProbeFaces(paths: readonly string[]): Promise<ListedFace[]> {
  const finder = await openFinder();
  const listed: ListedFace[] = [];
  for (const path of paths) {
    const image = await decodeImageFile(path);
    const faces = await findFaces(finder, image);
    const main = mainFace<PictureFace>(faces, image);
    for (const [at, face] of faces.entries()) {
      const { box, detectionScore: score, quality, weight } = face;
      const { sizePx, reasons } = quality;
      listed.push({ path, face: at + 1, box, score, sizePx, weight, reasons, isDefault: face === main });
    }
  }
  return listed;
}

export function describeFaces(faces: readonly ListedFace[]): string[] {
  if (faces.length === 0) return ['no face was found'];
  const rows = faces.map(({ path, face, box, score, sizePx, weight, reasons, isDefault }) => [
    ...[`${face}${isDefault ? ' *' : ''}`, boxText(box), score?.toFixed(2) ?? '–', sizePx.toFixed(0)],
    ...[weight.toFixed(2), reasons.join(' ') || '–', path],
  ]);
  const header = ['face', 'at (px)', 'score', 'width (px)', 'weight', 'poor because', 'file'];
  return [...textTable(header, rows), '* is taken where no --face is given'];
}

export function describeTracks(tracks: readonly ClipTrackSummary[], chosen: number): string[] {
  const rows = tracks.map(({ number, faces, fused, startedMs, endedMs, widestPx, bestFrame, box }) => [
    ...[
      `${number}${number === chosen ? ' *' : ''}`,
      seconds(startedMs),
      seconds(endedMs),
      String(faces),
      String(fused),
    ],
    ...[widestPx.toFixed(0), String(bestFrame), boxText(box)],
  ]);
  const header = ['track', 'from (s)', 'to (s)', 'faces', 'fused', 'width (px)', 'best in frame', 'at (px)'];
  return [...textTable(header, rows), '* is the one that is looked for; --track chooses another'];
}

function boxText({ x, y, width, height }: Box): string {
  return `${x.toFixed(0)},${y.toFixed(0)} ${width.toFixed(0)}×${height.toFixed(0)}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
