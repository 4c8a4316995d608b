// A benchmark's plan: which cells, which faces still have to be embedded by what, and how long that takes.

import type { ProgressToken } from '../../common/progress.ts';
import type { BenchmarkPlan, PlanStep } from '../../contract/benchmarks.ts';
import { countsOf } from '../../datasets/protocols/inspect-protocol.ts';
import { type CellPlan, planCells } from './cells.ts';
import { findModels } from './models.ts';
import { openBenchmarkSet } from './open-set.ts';
import { PaceBook } from './pace.ts';
import type { BenchmarkRequest } from './request.ts';
import { paceKeyOf, SideMaker, type SideSpec, stageOf } from './sides.ts';

/** Intervals and curves of one cell. */
const SECONDS_PER_CELL = 1;

/** Opens and validates the data, embeds nothing. Throws as `runBenchmark` does before it embeds. */
export async function planBenchmark(
  request: BenchmarkRequest,
  progress: ProgressToken,
): Promise<BenchmarkPlan> {
  const models = await findModels(request);
  const set = await openBenchmarkSet(request, progress);
  const { cells, notComputed } = planCells(request, models.models, set, models.teacher.card.digest);
  const pace = await PaceBook.open(request.cacheFolder);
  const sides = new SideMaker(request, set, models, pace, progress);
  const steps: PlanStep[] = [];
  const seen = new Set<string>();
  for (const spec of cells.flatMap((cell) => sidesOf(cell, request))) {
    const what = stageOf(spec);
    if (seen.has(what)) continue;
    seen.add(what);
    const missing = await sides.missing(spec);
    const { facesPerSecond, source } = pace.paceOf(paceKeyOf(spec, models));
    steps.push({
      what,
      faces: set.faces.names.length,
      missing,
      seconds: missing / facesPerSecond,
      pace: source,
    });
  }
  const seconds = steps.reduce((sum, step) => sum + step.seconds, cells.length * SECONDS_PER_CELL);
  return {
    title: set.title,
    fingerprint: set.fingerprint,
    counts: countsOf(set),
    notes: set.notes,
    leftOut: set.leftOut,
    cells: cells.map(({ id }) => id),
    notComputed,
    steps,
    seconds,
  };
}

function sidesOf(cell: CellPlan, request: BenchmarkRequest): SideSpec[] {
  const { model, resolutionPx, adaptation, scenario } = cell;
  const views = request.flipFusion ? [false, true] : [false];
  const needsTeacher = scenario === 'lr-hr' && (model.kind === 'teacher' || request.hrBackbone === 'teacher');
  const student = model.kind === 'student' ? model : null;
  return views.flatMap((mirrored): SideSpec[] => [
    { kind: model.kind, model: student, resolutionPx, adaptation, mirrored },
    ...(needsTeacher
      ? [{ kind: 'hr', model: null, resolutionPx: 0, adaptation: 'none', mirrored } as const]
      : []),
  ]);
}
