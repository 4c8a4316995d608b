// Which numbers a request asks for: one cell per model, resolution, scenario, adaptation and kind of probe.

import { GlimpseError } from '../../common/errors.ts';
import type { ProtocolSet } from '../../datasets/protocols/protocol-set.ts';
import type { ReportScenario } from '../../reports/benchmark/report-model.ts';
import type { BenchmarkModel, StudentModel } from './models.ts';
import type { AdaptationMode, BenchmarkRequest } from './request.ts';

export interface CellPlan {
  readonly id: string;
  readonly model: BenchmarkModel;
  readonly resolutionPx: number;
  readonly scenario: ReportScenario;
  readonly adaptation: AdaptationMode;
  /** Index of the set's probe group; 0 where there is one. */
  readonly group: number;
}

export interface CellPlans {
  readonly cells: readonly CellPlan[];
  readonly notComputed: readonly { readonly what: string; readonly reason: string }[];
}

type Part = Pick<CellPlan, 'resolutionPx' | 'scenario' | 'adaptation'>;

/** Every combination that can be computed, and every asked one that cannot, with the reason. Throws `bad-usage` where none can. */
export function planCells(
  request: BenchmarkRequest,
  models: readonly BenchmarkModel[],
  set: ProtocolSet,
  teacherDigest: string,
): CellPlans {
  const cells: CellPlan[] = [];
  const notComputed: { what: string; reason: string }[] = [];
  const groups = set.kind === 'search' ? set.groups : [null];
  for (const model of models) {
    for (const part of partsOf(request, model, notComputed)) {
      const reason = reasonAgainst(request, model, part, set, teacherDigest);
      if (reason !== null) {
        notComputed.push({ what: partText(request, model, part), reason });
        continue;
      }
      for (const [group, content] of groups.entries()) {
        if (content !== null && content.probes.length === 0) continue;
        cells.push({
          id: cellId(request, model, part, content?.name ?? null, groups.length),
          model,
          group,
          ...part,
        });
      }
    }
  }
  for (const resolutionPx of request.resolutions) {
    const students = models.filter((model): model is StudentModel => model.kind === 'student');
    const isServed = students.some(({ entry }) => entry.resolutionPx === resolutionPx);
    if (students.length > 0 && !isServed)
      notComputed.push({
        what: `students at ${resolutionPx} px`,
        reason: 'no student of that resolution was named',
      });
  }
  if (cells.length > 0) return { cells, notComputed };
  const why = notComputed.map(({ what, reason }) => `${what}: ${reason}`).join('; ');
  throw new GlimpseError('bad-usage', `nothing can be computed (${why})`);
}

function partsOf(
  request: BenchmarkRequest,
  model: BenchmarkModel,
  notComputed: { what: string; reason: string }[],
): Part[] {
  const { name, resolutionPx: own } = model.entry;
  const resolutions = own === null ? request.resolutions : request.resolutions.filter((px) => px === own);
  if (own !== null && resolutions.length === 0)
    notComputed.push({ what: name, reason: `it sees ${own} px faces, which were not asked for` });
  // FaceBN adapts students: the teacher has no batch norms that Glimpse could reach.
  const adaptations: readonly AdaptationMode[] = model.kind === 'teacher' ? ['none'] : request.adaptations;
  return resolutions.flatMap((resolutionPx) =>
    request.scenarios.flatMap((scenario) =>
      adaptations.map((adaptation) => ({ resolutionPx, scenario, adaptation })),
    ),
  );
}

function reasonAgainst(
  { hrBackbone }: BenchmarkRequest,
  model: BenchmarkModel,
  { scenario }: Part,
  set: ProtocolSet,
  teacherDigest: string,
): string | null {
  if (scenario === 'lr-lr') return null;
  if (set.isNative)
    return 'the pictures are low-resolution as they were taken: there is no full-resolution side';
  if (set.kind === 'closed-set') return 'a closed set has no second side';
  if (model.kind === 'teacher' || hrBackbone === 'student') return null;
  const { teacherDigest: own, teacherName } = model.trained.card;
  if (own === null)
    return 'this network had no teacher: its embeddings stand beside no other (--hr-backbone student)';
  if (own !== teacherDigest)
    return `it learned from another teacher (${teacherName}): name that one with --teacher`;
  return null;
}

function cellId(
  { protocol }: BenchmarkRequest,
  model: BenchmarkModel,
  { resolutionPx, scenario, adaptation }: Part,
  group: string | null,
  groups: number,
): string {
  const parts = [protocol, resolutionPx, scenario, model.entry.name, adaptation];
  return (groups > 1 ? [...parts, group] : parts).join('.').replaceAll(' ', '');
}

function partText(
  { protocol }: BenchmarkRequest,
  model: BenchmarkModel,
  { resolutionPx, scenario, adaptation }: Part,
): string {
  return `${protocol} ${resolutionPx} px ${scenario.toUpperCase()} ${model.entry.name} ${adaptation}`;
}
