// One cell: the embeddings of its sides become scores, ranks or searches, and those become numbers.

import { gatherRows, type Matrix, matrix, rowOf } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { fuseTemplate } from '../../common/template.ts';
import {
  type ClosedSet,
  type PairSet,
  type ProtocolSet,
  type SearchSet,
  UNKNOWN_SUBJECT,
} from '../../datasets/protocols/protocol-set.ts';
import { DEFAULT_CLASSIFIER, fitClassifier, ranksOf } from '../../engine/classifier/cosine-classifier.ts';
import { entryOutcomes, type LabelledRows, searchOutcomes } from '../../evaluation/search-outcomes.ts';
import { pairSimilarities } from '../../evaluation/similarity.ts';
import { measureClosedSet, measureSearch, measureVerification } from '../../reports/benchmark/measure.ts';
import type {
  Cell,
  ClosedSetCell,
  PairTable,
  ReportSettings,
  SearchCell,
  VerificationCell,
} from '../../reports/benchmark/report-model.ts';
import type { CellPlan } from './cells.ts';
import type { SideMaker } from './sides.ts';

/** A cosine is never below −1: the score of a mate that was never searched for. */
const SCORE_OF_MISSED = -2;

/** Everything that a cell's numbers come from. */
export interface CellContext {
  readonly set: ProtocolSet;
  readonly sides: SideMaker;
  /** Null unless pairs are compared. */
  readonly pairs: PairTable | null;
  readonly settings: ReportSettings;
}

export async function computeCell(
  { set, sides, pairs, settings }: CellContext,
  plan: CellPlan,
  progress: ProgressToken,
): Promise<Cell> {
  const { model, resolutionPx, adaptation } = plan;
  const lr = await sides.embed({
    kind: model.kind,
    model: model.kind === 'student' ? model : null,
    resolutionPx,
    adaptation,
  });
  const usesTeacher =
    plan.scenario === 'lr-hr' && (model.kind === 'teacher' || settings.hrBackbone === 'teacher');
  const hr = usesTeacher
    ? await sides.embed({ kind: 'hr', model: null, resolutionPx: 0, adaptation: 'none' })
    : lr;
  if (set.kind === 'pairs') return pairCell(set, plan, { lr, hr }, pairs as PairTable, settings);
  if (set.kind === 'closed-set') return closedSetCell(set, plan, lr, sides, progress);
  return searchCell(set, plan, { lr, hr }, settings);
}

/** LR-LR: both faces degraded. LR-HR: the left one. */
function pairCell(
  set: PairSet,
  plan: CellPlan,
  { lr, hr }: { lr: Matrix; hr: Matrix },
  table: PairTable,
  settings: ReportSettings,
): VerificationCell {
  const right = plan.scenario === 'lr-lr' ? lr : hr;
  const scores = [...pairSimilarities(lr, right, set.pairs)];
  return {
    ...baseOf(plan, null),
    kind: 'pairs',
    scores,
    measured: measureVerification(scores, table, settings),
  };
}

function closedSetCell(
  set: ClosedSet,
  plan: CellPlan,
  rows: Matrix,
  sides: SideMaker,
  progress: ProgressToken,
): ClosedSetCell {
  const labelsOf = (faces: readonly number[]): Int32Array =>
    Int32Array.from(faces, (face) => set.subjects[face]);
  const weights = fitClassifier(
    sides.runtime,
    gatherRows(rows, set.training),
    labelsOf(set.training),
    set.subjectNames.length,
    DEFAULT_CLASSIFIER,
    progress,
  );
  const subjects = [...labelsOf(set.test)];
  const ranks = [...ranksOf(weights, gatherRows(rows, set.test), labelsOf(set.test))];
  return {
    ...baseOf(plan, null),
    kind: 'closed-set',
    subjects,
    ranks,
    measured: { cmc: measureClosedSet(subjects, ranks) },
  };
}

function searchCell(
  set: SearchSet,
  plan: CellPlan,
  { lr, hr }: { lr: Matrix; hr: Matrix },
  settings: ReportSettings,
): SearchCell {
  const gallery = galleryOf(set, plan.scenario === 'lr-lr' ? lr : hr);
  const group = set.groups[plan.group];
  const probes: LabelledRows = {
    vectors: gatherRows(lr, group.probes),
    subjects: group.probes.map((face, index) => personOf(set, face, -2 - set.gallery.length - index)),
  };
  const { ranksPictures } = set;
  const outcomes = ranksPictures ? entryOutcomes(probes, gallery) : searchOutcomes(probes, gallery);
  const lastRank = 1 + (ranksPictures ? gallery.vectors.rows : new Set(Array.from(gallery.subjects)).size);
  const missed = set.missedSearches.filter((search) => search.group === plan.group);
  const outcome = {
    subjects: [...outcomes.map(({ probeSubject }) => probeSubject), ...missed.map(({ subject }) => subject)],
    mateScores: [...outcomes.map(({ mate }) => mate?.score ?? null), ...missed.map(() => SCORE_OF_MISSED)],
    mateRanks: [...outcomes.map(({ mate }) => mate?.rank ?? null), ...missed.map(() => lastRank)],
    ...(ranksPictures
      ? {
          averagePrecisions: [
            ...outcomes.map(({ mate }) => mate?.averagePrecision ?? null),
            ...missed.map(() => 0),
          ],
        }
      : {}),
    bestOther: [...outcomes.map(({ bestOther }) => bestOther), ...missed.map(() => null)],
    ranks: set.ranks,
    targetFpirs: set.targetFpirs,
    withinRank: set.withinRank,
  };
  return {
    ...baseOf(plan, set.groups.length > 1 ? group.name : null),
    kind: 'search',
    ...outcome,
    measured: measureSearch(outcome, settings),
  };
}

function galleryOf(set: SearchSet, rows: Matrix): LabelledRows {
  const subjects = set.gallery.map((face, index) => personOf(set, face, -2 - index));
  if (!set.fusesGallery) return { vectors: gatherRows(rows, set.gallery), subjects };
  const facesOf = new Map<number, number[]>();
  for (const [index, subject] of subjects.entries()) {
    const known = facesOf.get(subject);
    if (known === undefined) facesOf.set(subject, [set.gallery[index]]);
    else known.push(set.gallery[index]);
  }
  const vectors = matrix(new Float32Array(facesOf.size * rows.columns), rows.columns);
  for (const [index, faces] of [...facesOf.values()].entries()) {
    rowOf(vectors, index).set(fuseTemplate(rows, faces));
  }
  return { vectors, subjects: [...facesOf.keys()] };
}

/** Unknown people are each a person of their own. */
function personOf(set: SearchSet, face: number, ownNumber: number): number {
  return set.subjects[face] === UNKNOWN_SUBJECT ? ownNumber : set.subjects[face];
}

function baseOf({ id, model, resolutionPx, scenario, adaptation }: CellPlan, group: string | null) {
  const { name, role } = model.entry;
  return { id, model: name, role, resolutionPx, scenario, adaptation, group };
}
