// A search from start to end: probe, space, answers, what their scores mean, and the record of it all.

import type { ProgressToken } from '../../common/progress.ts';
import { meaningOf, type ResultMeaning } from '../../evaluation/meaning/result-meaning.ts';
import type { MeasuredOn } from '../../gallery/cases/case-items.ts';
import { findCamera } from '../../gallery/db/queries/cameras.ts';
import { countFaces, glanceAtFace } from '../../gallery/db/queries/faces.ts';
import { activeSpace, isSameSpace, type Space, type SpaceKey } from '../../gallery/db/queries/spaces.ts';
import { subjectById } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { spaceFor } from '../../gallery/search/answering-space.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import { fillThreadsFor } from '../../gallery/search/fill-threads.ts';
import { type Answer, type AnswerKind, GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { bandSizes, comparisonsOf, readMeaning } from './measured-meaning.ts';
import type { Probe, ProbeFace } from './probe.ts';

export interface SearchRequest {
  readonly probe: Probe;
  readonly by: AnswerKind;
  readonly count: number;
  readonly threshold: number | null;
  readonly filter: FaceFilter;
}

export interface SearchResult {
  readonly rank: number;
  /** Cosine similarity. */
  readonly score: number;
  /** Share of impostor comparisons that reach the score; null where it was not measured, or is only bounded. */
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  /** The comparisons that FMR and interval come from; null where there are none. */
  readonly measuredOn: MeasuredOn | null;
  /** Of other people's entries in a gallery of this size. */
  readonly expectedFalseMatches: number | null;
  readonly log10LikelihoodRatio: number | null;
  /** Score less that of the next answer of another person; null where none of the answers after it is. */
  readonly margin: number | null;
  readonly subject: string | null;
  readonly subjectId: number | null;
  readonly trackId: number | null;
  readonly faceId: number;
  /** Faces behind the answer. */
  readonly faces: number;
  readonly camera: string | null;
  readonly capturedAt: number | null;
  readonly sourcePath: string;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
}

export interface SearchReport {
  readonly gallery: string;
  /** What answered, and what embedded the probe: model, FaceBN profile, preprocessing. */
  readonly space: Omit<Space, 'embeddings' | 'isActive' | 'state'>;
  readonly probeSpace: SpaceKey;
  readonly asked: Omit<SearchRequest, 'probe'> & { readonly fusion: 'template' | 'max' };
  readonly probe: readonly ProbeFace[];
  /** Faces and people that the probe was compared with. */
  readonly searched: { readonly faces: number; readonly people: number };
  readonly results: readonly SearchResult[];
  /** What a reader must know of the numbers, one sentence each. */
  readonly notes: readonly string[];
}

/** Where the index of a space is to be had: loaded for one search, or kept by a process that answers many. */
export type IndexOf = (gallery: Gallery, space: Space, progress: ProgressToken) => Promise<GalleryIndex>;

/** For one search: threads for scanning would take longer to start than they save. */
const loadIndex: IndexOf = ({ database }, space, progress) =>
  GalleryIndex.load(database, space, progress, { loadingThreads: fillThreadsFor });

export async function searchGallery(
  gallery: Gallery,
  request: SearchRequest,
  progress: ProgressToken,
  indexOf: IndexOf = loadIndex,
): Promise<SearchReport> {
  const { database } = gallery;
  const { probe, by, count, filter, threshold } = request;
  const space = spaceFor(gallery, probe.space);
  const index = await indexOf(gallery, space, progress);
  const allowed = index.facesWhere(filter);
  // One more than asked: the last answer's margin is to the one after it.
  const options = { by, count: count + 1, allowed, ...(threshold === null ? {} : { threshold }) };
  const sizes = bandSizes(index.entriesByFaces({ by, allowed }));
  const answers = bestPerAnswer(await index.searchAll(probe.vectors, options));
  const probeSpace = activeSpace(database, probe.space.side);
  const isProbeEnrolled = probeSpace !== null && isSameSpace(probeSpace, probe.space);
  const measured = isProbeEnrolled
    ? readMeaning(gallery, { probeSpace: probeSpace.id, answerSpace: space.id })
    : null;
  const isBestOfSeveral = probe.vectors.length > 1;
  let extrapolated = 0;
  const results = answers.slice(0, count).map((answer, at) => {
    const scored = {
      score: answer.score,
      probeFaces: probe.faces.length,
      galleryFaces: answer.faces,
    };
    // The measured meaning is of one template against another.
    const isMeasured = measured !== null && !isBestOfSeveral;
    const meaning = isMeasured ? meaningOf(measured.meaning, scored, sizes) : null;
    if (meaning?.fmr?.basis === 'fitted') extrapolated++;
    const measuredOn = isMeasured ? comparisonsOf(measured.meaning, scored) : null;
    return { ...toResult(gallery, answer, at, answers, meaning), measuredOn };
  });
  const unsearched = countFaces(database) - index.faces;
  const notes = [
    ...(measured === null && isProbeEnrolled ? [`what scores mean was not measured in ${gallery.name}`] : []),
    ...(measured?.isOld
      ? ['the gallery has changed since the meaning of its scores was measured: measure it again']
      : []),
    ...(isBestOfSeveral
      ? [
          'the best of several probe faces reaches a score more often than one does: no FMR was measured for that',
        ]
      : []),
    ...(extrapolated > 0
      ? [
          `${extrapolated} of the FMRs ${extrapolated === 1 ? 'is' : 'are'} extrapolated: no stranger of the pairs measured scored so high`,
        ]
      : []),
    ...(unsearched > 0
      ? [
          `${unsearched} of ${gallery.name}'s faces have no embedding in the space that answered, and were not searched`,
        ]
      : []),
    ...(isProbeEnrolled
      ? []
      : [
          `what a score across the sides (LR and HR) means can be measured once ${gallery.name} holds both: ` +
            'embed its faces by the model of the probe too, then measure',
        ]),
  ];
  gallery.change(() =>
    gallery.record('searched', {
      space: space.id,
      by,
      count,
      threshold,
      filter: withoutNames(gallery, filter),
      // By content, not by path: a file's name may be a person's, and the log is never purged.
      probe: probe.faces.map(({ sha256, face }) => ({ sha256, face })),
      results: results.map(({ faceId, subjectId, trackId, score }) => ({
        faceId,
        subjectId,
        trackId,
        score,
      })),
    }),
  );
  const { isActive: _isActive, state: _state, ...answering } = space;
  return {
    gallery: gallery.name,
    space: answering,
    probeSpace: probe.space,
    asked: { by, count, threshold, filter, fusion: isBestOfSeveral ? 'max' : 'template' },
    probe: probe.faces,
    searched: { faces: allowed?.size ?? index.faces, people: index.people },
    results,
    notes,
  };
}

/** A filter as the log may have it: a camera by its number (null where there is none of the name), tags counted. */
function withoutNames({ database }: Gallery, { camera, tags, ...rest }: FaceFilter): object {
  return {
    ...rest,
    ...(camera === undefined ? {} : { camera: findCamera(database, camera) }),
    ...(tags === undefined ? {} : { tags: tags.length }),
  };
}

/** Max fusion: of the answers to several probe vectors, each answer's best. */
function bestPerAnswer(lists: readonly (readonly Answer[])[]): Answer[] {
  const best = new Map<string, Answer>();
  for (const answer of lists.flat()) {
    const key = `${answer.subjectId}/${answer.trackId}/${answer.trackId === null ? '' : answer.faces === 1 ? answer.faceId : ''}`;
    const known = best.get(key);
    if (known === undefined || answer.score > known.score) best.set(key, answer);
  }
  return [...best.values()].sort((left, right) => right.score - left.score || left.faceId - right.faceId);
}

function toResult(
  { database }: Gallery,
  answer: Answer,
  at: number,
  answers: readonly Answer[],
  meaning: ResultMeaning | null,
): Omit<SearchResult, 'measuredOn'> {
  const face = glanceAtFace(database, answer.faceId);
  const subject = answer.subjectId === null ? null : subjectById(database, answer.subjectId);
  const next = answers.slice(at + 1).find((other) => !isSamePerson(answer, other));
  return {
    rank: at + 1,
    score: answer.score,
    fmr: meaning?.fmr?.fmr ?? null,
    fmrInterval: meaning?.fmr?.interval ?? null,
    expectedFalseMatches: meaning?.falseMatches?.expected ?? null,
    log10LikelihoodRatio: meaning?.log10LikelihoodRatio ?? null,
    margin: next === undefined ? null : answer.score - next.score,
    subject: subject?.name ?? null,
    subjectId: answer.subjectId,
    trackId: answer.trackId,
    faceId: answer.faceId,
    faces: answer.faces,
    camera: face?.camera ?? null,
    capturedAt: face?.capturedAt ?? null,
    sourcePath: face?.sourcePath ?? '',
    sizePx: face?.sizePx ?? 0,
    weight: face?.weight ?? 0,
    reasons: face?.reasons ?? [],
  };
}

/** Unknown tracks are each a person of their own, as far as anybody knows. */
function isSamePerson(left: Answer, right: Answer): boolean {
  if (left.subjectId !== null || right.subjectId !== null) return left.subjectId === right.subjectId;
  return left.trackId === right.trackId;
}
