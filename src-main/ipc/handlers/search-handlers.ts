// Probes and searches, and the faces, tracks and subjects behind an answer.

import { cropImage } from '../../contract/images.ts';
import type { GalleryFaceView, ResultView, SearchView } from '../../contract/search.ts';
import type { FaceRow, FoundResults } from '../../processes/gallery/gallery-service.ts';
import { storedMarks } from '../../processes/search/face-marks.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type SearchChannels =
  | 'probe.add'
  | 'clip.read'
  | 'search.run'
  | 'search.face-gains'
  | 'search.faces'
  | 'gallery.cameras';

/** What a compare view shows of a person who was seen often. */
const MOST_FACES = 300;

export function searchHandlers({ desk, galleries, queue }: HostServices): Pick<HandlerTable, SearchChannels> {
  return {
    'probe.add': ({ gallery, name, data, isCrop }) =>
      desk.takePicture(gallery, name, new Uint8Array(Buffer.from(data, 'base64')), isCrop),
    'clip.read': (asked) => queue.add('clip', asked),
    'search.run': async (asked) => {
      const found = await desk.search(asked);
      const isFiltered = Object.values(asked.filter).some((value) => value !== undefined);
      const best =
        found.report.results.length === 0 && isFiltered
          ? resultsOf(asked.gallery, await desk.search({ ...asked, filter: {}, count: 1 }))[0]
          : null;
      return searchView(asked.gallery, found, best ?? null);
    },
    'search.face-gains': ({ gallery, search, rank }) =>
      galleries.call(gallery, 'faceGains', { search, rank }),
    'search.faces': async ({ gallery, of, id }) => {
      if (of === 'face') return facesOf(gallery, await galleries.call(gallery, 'facesById', { ids: [id] }));
      if (of === 'track') return facesOf(gallery, (await galleries.call(gallery, 'track', { id })).faces);
      const { tracks } = await galleries.call(gallery, 'subject', { id });
      const faces: FaceRow[] = [];
      for (const track of tracks) {
        if (faces.length >= MOST_FACES) break;
        faces.push(...(await galleries.call(gallery, 'track', { id: track.id })).faces);
      }
      return facesOf(gallery, faces.slice(0, MOST_FACES));
    },
    'gallery.cameras': ({ gallery }) => galleries.call(gallery, 'cameras', {}),
  };
}

function searchView(gallery: string, found: FoundResults, bestUnfiltered: ResultView | null): SearchView {
  const { search, report, curves, searchMs } = found;
  return {
    search,
    side: report.probeSpace.side,
    probeFaces: report.probe.length,
    searched: report.searched,
    results: resultsOf(gallery, found),
    bestUnfiltered,
    notes: report.notes,
    curves,
    searchMs,
  };
}

function resultsOf(gallery: string, { report, crops }: FoundResults): ResultView[] {
  return report.results.map((result, at) => ({ ...result, crop: cropImage(gallery, crops[at]) }));
}

export function facesOf(gallery: string, faces: readonly FaceRow[]): GalleryFaceView[] {
  return faces.map(
    ({
      id,
      trackId,
      subjectId,
      subjectName,
      camera,
      capturedAt,
      sourcePath,
      sizePx,
      weight,
      reasons,
      landmarks,
      crop,
    }) => ({
      ...{ id, trackId, subjectId, subject: subjectName, camera, capturedAt, sourcePath },
      ...{ sizePx, weight, reasons, marks: storedMarks(landmarks), crop: cropImage(gallery, crop) },
    }),
  );
}
