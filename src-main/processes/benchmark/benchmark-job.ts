// A benchmark from data and models to a result; the same request goes on where a kill left it, from the cache.

import { availableParallelism, cpus, totalmem } from 'node:os';
import type { ProgressToken } from '../../common/progress.ts';
import { countsOf } from '../../datasets/protocols/inspect-protocol.ts';
import type { PairSet } from '../../datasets/protocols/protocol-set.ts';
import { ALIGNED_SIZE_PX } from '../../engine/teacher/view-cache.ts';
import { REPORTED_FMRS } from '../../evaluation/operating-points.ts';
import { degradationKernel } from '../../imaging/resample.ts';
import { measurePaired } from '../../reports/benchmark/measure.ts';
import {
  type BenchmarkReport,
  type Cell,
  type LayerRow,
  type NegativesRow,
  type PairedRow,
  type PairTable,
  REPORT_FORMAT,
  REPORT_VERSION,
  type ReportSettings,
} from '../../reports/benchmark/report-model.ts';
import { type CellPlan, planCells } from './cells.ts';
import { commandOfCell } from './command-text.ts';
import { computeCell } from './compute-cell.ts';
import { cropsOf } from './crops.ts';
import { limitsOf } from './limits.ts';
import { type BenchmarkModels, findModels, type StudentModel } from './models.ts';
import { openBenchmarkSet } from './open-set.ts';
import { PaceBook } from './pace.ts';
import { projectionsOf } from './projections.ts';
import type { BenchmarkRequest } from './request.ts';
import { SideMaker } from './sides.ts';

export interface BenchmarkRun {
  readonly report: BenchmarkReport;
  /** False where everything came from the cache. */
  readonly usedRuntime: boolean;
}

/** Throws what opening the data, the models and evaluating them throw; `cancelled` keeps what is done. */
export async function runBenchmark(
  request: BenchmarkRequest,
  onPlan: (cells: readonly CellPlan[]) => void,
  progress: ProgressToken,
): Promise<BenchmarkRun> {
  const models = await findModels(request);
  const set = await openBenchmarkSet(request, progress);
  const { cells: plans, notComputed } = planCells(request, models.models, set, models.teacher.card.digest);
  onPlan(plans);
  const pace = await PaceBook.open(request.cacheFolder);
  const sides = new SideMaker(request, set, models, pace, progress);
  const settings: ReportSettings = {
    seed: request.seed,
    flipFusion: request.flipFusion,
    hrBackbone: request.hrBackbone,
    replicates: request.replicates,
    targetFmrs: REPORTED_FMRS,
  };
  const pairs = set.kind === 'pairs' ? pairTable(set) : null;
  try {
    const cells: Cell[] = [];
    for (const plan of plans) {
      progress.throwIfCancelled();
      const cell = await computeCell({ set, sides, pairs, settings }, plan, progress);
      cells.push({ ...cell, command: commandOfCell(request, models.models, plan) });
    }
    const layers = await layerRows(plans, sides);
    const projections = await projectionsOf(request, set, plans, sides, progress);
    await pace.save();
    const report: BenchmarkReport = {
      format: REPORT_FORMAT,
      version: REPORT_VERSION,
      title: `${set.title}: ${models.models.map(({ entry }) => entry.name).join(', ')}`,
      protocol: request.protocol,
      kind: set.kind,
      createdAt: new Date().toISOString(),
      command: request.command,
      environment: environmentOf(request, models),
      data: {
        title: set.title,
        path: request.dataPath,
        fingerprint: set.fingerprint,
        counts: countsOf(set),
        notes: set.notes,
        leftOut: set.leftOut,
      },
      degradation: {
        kernel: 'bicubic (R. Keys 1981)',
        a: -0.5,
        antialias: true,
        fromPx: ALIGNED_SIZE_PX,
        weights: [...new Set(plans.map(({ resolutionPx }) => resolutionPx))].map((resolutionPx) => ({
          resolutionPx,
          ...degradationKernel(ALIGNED_SIZE_PX, resolutionPx),
        })),
      },
      settings,
      models: models.models.map(({ entry }) => entry),
      pairs,
      cells,
      paired: pairs === null ? [] : comparePairwise(cells, pairs, settings),
      notComputed,
      limits: await limitsOf(set, models.models, settings.targetFmrs),
      layers,
      projections,
      negatives: negativesOf(plans),
      crops: set.kind === 'pairs' && request.keepsCrops ? await cropsOf(set, cells) : null,
    };
    // As a file would give it back: a −0 of some sum is 0 there.
    const asWritten = JSON.parse(JSON.stringify(report)) as BenchmarkReport;
    return { report: asWritten, usedRuntime: sides.usedRuntime };
  } finally {
    await sides.dispose();
  }
}

function pairTable({ pairs, subjects, faces }: PairSet): PairTable {
  const subjectOf = (side: 'left' | 'right') => subjects && pairs.map((pair) => subjects[pair[side]]);
  return {
    isGenuine: pairs.map(({ isGenuine }) => (isGenuine ? 1 : 0)),
    fold: pairs.map(({ fold }) => fold),
    left: pairs.map(({ left }) => left),
    right: pairs.map(({ right }) => right),
    leftSubject: subjectOf('left'),
    rightSubject: subjectOf('right'),
    faceNames: faces.names,
  };
}

/** Models against each other, baselines second, where resolution and scenario are the same; and each adaptation against none. */
function comparePairwise(cells: readonly Cell[], table: PairTable, settings: ReportSettings): PairedRow[] {
  const verified = cells.filter((cell) => cell.kind === 'pairs');
  return verified.flatMap((later, at) =>
    verified.slice(0, at).flatMap((earlier) => {
      const isSame = earlier.resolutionPx === later.resolutionPx && earlier.scenario === later.scenario;
      const isOneChange =
        earlier.model === later.model
          ? earlier.adaptation === 'none' || later.adaptation === 'none'
          : earlier.adaptation === later.adaptation || [earlier, later].some(isTeacher);
      if (!isSame || !isOneChange) return [];
      const [first, second] =
        baselineRank(later) >= baselineRank(earlier) ? [earlier, later] : [later, earlier];
      const isModelChange = first.model !== second.model;
      return [
        isModelChange
          ? measurePaired(first, second, table, settings)
          : measurePaired(later, earlier, table, settings),
      ];
    }),
  );
}

/** The teacher has no adaptation of its own: every student's stands against it. */
function isTeacher({ role }: Cell): boolean {
  return role === 'model_I';
}

function baselineRank({ role }: Cell): number {
  return role === 'model_I' ? 2 : role === 'model_II' ? 1 : 0;
}

async function layerRows(plans: readonly CellPlan[], sides: SideMaker): Promise<LayerRow[]> {
  const rows: LayerRow[] = [];
  const seen = new Set<string>();
  for (const { model, adaptation } of plans) {
    const key = `${model.entry.name} ${adaptation}`;
    if (model.kind === 'teacher' || seen.has(key)) continue;
    seen.add(key);
    const shifts = await sides.layers(model, adaptation);
    for (const shift of shifts ?? []) rows.push({ model: model.entry.name, adaptation, ...shift });
  }
  return rows;
}

function negativesOf(plans: readonly CellPlan[]): NegativesRow[] {
  return plans.flatMap(({ id, model, adaptation }): NegativesRow[] => {
    const relation = (model as Partial<StudentModel>).training?.relation;
    if (relation?.isOn !== true || adaptation !== 'none') return [];
    return [{ run: model.entry.name, negatives: relation.negatives, sampling: relation.sampling, cell: id }];
  });
}

function environmentOf({ faceBn }: BenchmarkRequest, { teacher }: BenchmarkModels): Record<string, string> {
  const { gamma, lambda, batchSize, minBatch } = faceBn;
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} threads`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    teacher: `${teacher.card.name}, SHA-256 ${teacher.card.digest}`,
    FaceBN: `γ = ${gamma}, λ = ${lambda}, batches of ${batchSize}, at least ${minBatch}`,
  };
}
