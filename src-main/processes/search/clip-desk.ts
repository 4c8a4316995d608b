// Clips of the window: the engine reads one as a job, its tracks' faces are kept beside the other probes. Runs in the host.

import { basename } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { ClipAsked, ClipTrackView, ClipView } from '../../contract/clips.ts';
import { probeImage } from '../../contract/images.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { ClipTrack } from '../frames/clip-tracks.ts';
import type { GalleryModels } from '../gallery/gallery-models.ts';
import type { NamedGalleries } from '../gallery/named-galleries.ts';
import type { JobKind } from '../job-queue/job-kinds.ts';
import type { Supervised } from '../supervised.ts';
import { marksOf } from './face-marks.ts';
import type { ProbeShelf } from './probe-shelf.ts';
import type { ReadClip } from './read-clip.ts';

export interface ClipJobParams {
  readonly clip: ClipAsked;
}

export interface ClipJobServices {
  /** It answers questions meanwhile: a clip waits for no training. */
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
  readonly models: GalleryModels;
  readonly shelf: ProbeShelf;
}

export function clipJobs(services: ClipJobServices): {
  readonly clip: JobKind<ClipJobParams['clip'], ClipView>;
} {
  return {
    clip: {
      lane: 'clip',
      isResumable: false,
      subjectOf: ({ path }) => basename(path),
      run: (asked, progress) => readClip(services, asked, progress),
    },
  };
}

async function readClip(
  { engine, galleries, models, shelf }: ClipJobServices,
  { gallery, path, side, framesPerSecond, everyNth }: ClipAsked,
  progress: ProgressToken,
): Promise<ClipView> {
  const space = (await models.activeSpaces(gallery)).find((active) => active.side === side);
  ensure(space !== undefined, 'bad-data', `${gallery} has no faces on the ${side} side yet`);
  const model = await models.of(gallery, space);
  const tracking = await galleries.call(gallery, 'trackerOptions', { side });
  const read = await engine.call(
    'readClip',
    { path, framesPerSecond, everyNth, model, tracking },
    { onProgress: progress.sink, signal: progress.signal },
  );
  const name = basename(path);
  return {
    gallery,
    name,
    tracks: read.tracks.map((track) => shelve(shelf, track, read)),
    notes: read.notes,
  };
}

function shelve(
  shelf: ProbeShelf,
  { number, faces, startedMs, endedMs, widestPx, chosen }: ClipTrack,
  { isVideo, space }: ReadClip,
): ClipTrackView {
  const { id, crops } = shelf.putFaces(
    chosen.map((face) => ({
      about: {
        ...{ path: face.path, sha256: face.sha256, face: face.face, facesInPicture: face.facesInFrame },
        ...{ frame: isVideo ? face.frame : null, sizePx: face.sizePx },
        ...{ weight: face.weight, reasons: face.reasons },
      },
      cropFile: face.cropFile,
      embeddings: [{ space, vector: face.embedding }],
    })),
  );
  const weights = chosen.map(({ weight }) => weight);
  return {
    ...{ number, faces, startedMs, endedMs, widestPx, picture: id },
    chosen: chosen.map(({ box, landmarks, sizePx, weight, reasons }, at) => ({
      ...{ face: at + 1, box, sizePx, weight, reasons },
      landmarks,
      marks: marksOf(landmarks),
      crop: probeImage(crops[at]),
    })),
    best: weights.indexOf(Math.max(...weights)) + 1,
  };
}
