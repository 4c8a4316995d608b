// The open-set form of UCCS (Günther et al. 2017): enrolled people, probes that may be strangers, and detection lists whose
// misses and false boxes count.

import { ensure } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { intersectionOverUnion } from '../../imaging/box.ts';
import { printable } from '../entries.ts';
import { type BoxFace, boxSource } from './box-faces.ts';
import { checkProtocol, type SearchSet } from './protocol-set.ts';
import { numberSubjects } from './subject-numbers.ts';
import { type FoundRow, readUccsFiles, type UccsTable } from './uccs-files.ts';

/** A detection covers a face when their boxes overlap by this much (intersection over union). */
export const LEAST_OVERLAP = 0.5;
const GALLERY_NAME = /train|gallery|enrol/i;

/** What a picture's detections came to. */
export interface MatchedDetections {
  /** Each detection with the face that it covers, or null for a false one. */
  readonly searches: readonly { readonly detection: FoundRow; readonly face: FoundRow | null }[];
  /** Faces that no detection covers. */
  readonly missed: readonly FoundRow[];
}

/**
 * Tables named training, gallery or enrolment are the gallery; other tables with ids are the truth about the probes; tables
 * without ids are detection lists. Without a list every true box is searched. Throws as `readUccsFiles` does, and
 * `bad-dataset` where a gallery or the truth is missing.
 */
export async function openUccsOpenSet(root: string, progress: ProgressToken): Promise<SearchSet> {
  const { tables, leftOut, fingerprint } = await readUccsFiles(root, progress);
  const what = printable(root);
  const truths = tables.filter(({ hasSubjects }) => hasSubjects);
  const gallery = truths.filter(({ name }) => GALLERY_NAME.test(name));
  const probes = truths.filter(({ name }) => !GALLERY_NAME.test(name));
  const detections = tables.filter(({ hasSubjects }) => !hasSubjects);
  ensure(
    gallery.length > 0,
    'bad-dataset',
    `${what} has no table with ids whose name says training, gallery or enrolment`,
  );
  ensure(
    probes.length > 0,
    'bad-dataset',
    `${what} has no table with ids besides the gallery's, which would say whom the probes show`,
  );
  const enrolled = rowsOf(gallery).filter(({ subject }) => subject !== null);
  const truth = rowsOf(probes);
  const matched =
    detections.length === 0
      ? { searches: truth.map((face) => ({ detection: face, face })), missed: [] }
      : matchDetections(rowsOf(detections), truth);
  const faces: BoxFace[] = [];
  const people: (string | null)[] = [];
  const add = (face: BoxFace, subject: string | null): number => {
    faces.push(face);
    people.push(subject);
    return faces.length - 1;
  };
  const galleryFaces = enrolled.map(({ face, subject }) => add(face, subject));
  const probeFaces = matched.searches.map(({ detection, face }) =>
    add(detection.face, face?.subject ?? null),
  );
  const { subjects, subjectNames } = numberSubjects(people);
  const enrolledNames = new Set(enrolled.map(({ subject }) => subject));
  const missed = matched.missed.filter(({ subject }) => subject !== null && enrolledNames.has(subject));
  const set: SearchSet = {
    kind: 'search',
    protocol: 'uccs-open',
    title: 'UCCS, open set',
    faces: boxSource(faces),
    fingerprint: sha256(`${fingerprint}\nopen set`),
    subjects,
    subjectNames,
    leftOut,
    notes: [
      `gallery: ${galleryFaces.length} faces of ${enrolledNames.size} people (${gallery.map(({ name }) => name).join(', ')}), one template each`,
      detections.length === 0
        ? 'there is no detection list: every true box is searched, as a perfect detector would'
        : `${matched.searches.length} detections, ${matched.searches.filter(({ face }) => face === null).length} of them on no face ` +
          `(overlap under ${LEAST_OVERLAP}); ${missed.length} faces of enrolled people were not detected and count as missed`,
      'FAR is the share of searches for strangers, false boxes among them, that return anyone; the challenge counts them absolutely',
      'faces are cut out by their boxes; landmarks are guessed from the box',
    ],
    isNative: true,
    gallery: galleryFaces,
    fusesGallery: true,
    ranksPictures: false,
    groups: [{ name: 'all', probes: probeFaces }],
    missedSearches: missed.map(({ subject }) => ({
      group: 0,
      subject: subject === null ? -1 : subjectNames.indexOf(subject),
    })),
    ranks: [1, 5, 10],
    targetFpirs: [1e-1, 1e-2, 1e-3],
    withinRank: 1,
  };
  checkProtocol(set);
  return set;
}

/** Best-scored detections first, each takes the uncovered face that it overlaps most, from `LEAST_OVERLAP` on. */
export function matchDetections(
  detections: readonly FoundRow[],
  truth: readonly FoundRow[],
): MatchedDetections {
  const open = new Map<string, FoundRow[]>();
  for (const face of truth) {
    const known = open.get(face.face.path);
    if (known === undefined) open.set(face.face.path, [face]);
    else known.push(face);
  }
  const searches = detections
    .toSorted((left, right) => (right.score ?? 0) - (left.score ?? 0))
    .map((detection) => {
      const candidates = open.get(detection.face.path) ?? [];
      const overlaps = candidates.map(({ box }) => intersectionOverUnion(box, detection.box));
      const best = overlaps.indexOf(Math.max(...overlaps));
      if (best < 0 || overlaps[best] < LEAST_OVERLAP) return { detection, face: null };
      return { detection, face: candidates.splice(best, 1)[0] };
    });
  return { searches, missed: [...open.values()].flat() };
}

function rowsOf(tables: readonly UccsTable[]): FoundRow[] {
  return tables.flatMap(({ rows }) => rows).sort((left, right) => compare(left, right));
}

function compare(left: FoundRow, right: FoundRow): number {
  if (left.face.path !== right.face.path) return left.face.path < right.face.path ? -1 : 1;
  return left.line - right.line;
}
