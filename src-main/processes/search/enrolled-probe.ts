// Enrolled faces as a probe: a face, a track or a subject of the gallery that is asked, and what of its own must not answer.

import { ensure } from '../../common/errors.ts';
import {
  type EnrolledProbeFace,
  type EnrolledReference,
  enrolledFaces,
} from '../../gallery/db/queries/enrolled-faces.ts';
import { activeSpace, type Side, type Space } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import type { AnswerKind } from '../../gallery/search/gallery-index.ts';
import { fuseProbe, type Probe, type ProbeEntry } from './probe.ts';
import { spreadFaces } from './spread-faces.ts';

export interface EnrolledProbe {
  readonly probe: Probe;
  readonly reference: EnrolledReference;
  /** Of the probe; a subject's probe has no one track. */
  readonly trackId: number | null;
  readonly subjectId: number | null;
}

/** Under max fusion each face is a search of its own: the best so many must do. */
const MOST_SEPARATE = 32;

/**
 * By the embeddings that answer on a side; by default the low-resolution side where there is one. Faces of a track with times are
 * spread over them. Throws `not-found` for what is not enrolled there.
 */
export function enrolledProbe(
  gallery: Gallery,
  reference: EnrolledReference,
  { side, fusion }: { readonly side: Side | null; readonly fusion: 'template' | 'max' },
): EnrolledProbe {
  const space = probeSpace(gallery, side);
  const { kind, id } = reference;
  const faces = enrolledFaces(gallery.database, space, reference);
  ensure(faces.length > 0, 'not-found', `${gallery.name} has no ${kind} ${id} on its ${space.side} side`);
  const chosen = [...Map.groupBy(faces, ({ trackId }) => trackId).values()].flatMap(spreadTrack);
  const entries = chosen.map((face) => toEntry(gallery, face));
  const best = entries.toSorted((left, right) => right.about.weight - left.about.weight);
  const used = fusion === 'max' ? best.slice(0, MOST_SEPARATE) : entries;
  return {
    probe: fuseProbe(used, space, fusion),
    reference,
    trackId: kind === 'subject' ? null : faces[0].trackId,
    subjectId: faces[0].subjectId,
  };
}

/**
 * Leaves the probe's own out of the answers, for it would always be the first: the subject it shows where subjects answer (its
 * template holds the probe), else its track. Says what is left out. Throws `bad-usage` where another subject is left out already.
 */
export function withoutOwn(
  filter: FaceFilter,
  { trackId, subjectId }: EnrolledProbe,
  by: AnswerKind,
): { readonly filter: FaceFilter; readonly note: string } {
  const isSubject = subjectId !== null && (by === 'subject' || trackId === null);
  if (!isSubject)
    return {
      filter: { ...filter, excludedTrack: trackId ?? undefined },
      note: `the probe's own track ${trackId} was left out of the answers (--include-own shows it)`,
    };
  const { excludedSubject = subjectId } = filter;
  ensure(
    excludedSubject === subjectId,
    'bad-usage',
    `the probe's own subject ${subjectId} is left out of the answers already: exclude another with --include-own`,
  );
  return {
    filter: { ...filter, excludedSubject },
    note: `the probe's own subject ${subjectId} was left out of the answers (--include-own shows it)`,
  };
}

function probeSpace({ database, name }: Gallery, side: Side | null): Space {
  const sides: readonly Side[] = side === null ? ['lr', 'hr'] : [side];
  for (const each of sides) {
    const space = activeSpace(database, each);
    if (space !== null) return space;
  }
  ensure(false, 'bad-data', `${name} has no faces on its ${sides.join(' or ')} side yet: enrol some`);
}

/** Without times nobody knows which faces are neighbours: all of them count. */
function spreadTrack(faces: readonly EnrolledProbeFace[]): EnrolledProbeFace[] {
  const timed = faces.flatMap((face) =>
    face.capturedAt === null ? [] : [{ face, timeMs: face.capturedAt, weight: face.weight }],
  );
  return timed.length < faces.length ? [...faces] : spreadFaces(timed).map(({ face }) => face);
}

function toEntry({ crops }: Gallery, face: EnrolledProbeFace): ProbeEntry {
  const { sourcePath: path, sha256, frameIndex: frame, faceIndex, facesInPicture, vector } = face;
  const { sizePx, weight, reasons } = face;
  return {
    about: {
      ...{ path, sha256: sha256.toString('hex'), face: faceIndex + 1, facesInPicture, frame },
      ...{ sizePx, weight, reasons },
    },
    cropFile: crops.read(face.crop),
    vector,
  };
}
