// A benchmark as it is being put together: data, models, resolutions, modes; and what a run of it will take.

import type { Api } from '../api/bridge.ts';
import type { BenchmarkAsked, BenchmarkName, BenchmarkPlan, ModelList } from '../api/types.ts';
import { USUAL_FACE_BN } from '../lib/face-bn.ts';
import { messageOf } from '../lib/folder-listing.ts';

export type { BenchmarkPlan };
export type Scenario = BenchmarkAsked['scenarios'][number];
export type Adaptation = BenchmarkAsked['adaptations'][number];

export const RESOLUTIONS = ['16', '32', '64'] as const;
export const SCENARIOS: readonly Scenario[] = ['lr-lr', 'lr-hr'];
export const ADAPTATIONS: readonly Adaptation[] = ['none', 'online', 'calibrated', 'pooled'];
const DEFAULT_TEACHER = 'faceplugin';
const TEACHER = 'teacher';
const PLAN_AFTER_MS = 400;

export interface ModelChoice {
  readonly value: string;
  readonly resolutionPx: number | null;
}

type Settings = Omit<BenchmarkAsked, 'protocol' | 'dataPath' | 'models' | 'teacher'>;

const USUAL: Settings = {
  resolutions: [16, 32, 64],
  scenarios: ['lr-lr', 'lr-hr'],
  adaptations: ['none'],
  gamma: USUAL_FACE_BN.gamma,
  lambda: USUAL_FACE_BN.lambda,
  batchSize: USUAL_FACE_BN.batchSize,
  hrBackbone: 'teacher',
  flipFusion: false,
  folds: null,
  seed: 1,
  replicates: 1000,
  skipMissing: false,
};

export class BenchmarkForm {
  protocol: BenchmarkName = $state('lfw');
  dataPath = $state('');
  models: readonly string[] = $state.raw([]);
  teacher = $state('');
  settings: Settings = $state.raw(USUAL);
  list: ModelList | null = $state.raw(null);
  plan: BenchmarkPlan | null = $state.raw(null);
  problem: string | null = $state(null);
  isPlanning = $state(false);
  /** What the plan was made for. */
  #plannedFor = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #api: Api;

  readonly choices: readonly ModelChoice[] = $derived([
    { value: TEACHER, resolutionPx: null },
    ...(this.list?.students ?? []).map(({ name, resolutionPx }) => ({ value: name, resolutionPx })),
  ]);
  readonly request: BenchmarkAsked | null = $derived(
    this.dataPath === '' || this.models.length === 0 || this.teacher === ''
      ? null
      : {
          protocol: this.protocol,
          dataPath: this.dataPath,
          models: this.models,
          teacher: this.teacher,
          ...this.settings,
        },
  );
  readonly isStale: boolean = $derived(this.#plannedFor !== JSON.stringify(this.request));
  readonly canStart: boolean = $derived(this.plan !== null && !this.isStale);

  constructor(api: Api) {
    this.#api = api;
  }

  async open(protocol: BenchmarkName, dataPath: string): Promise<void> {
    this.protocol = protocol;
    this.dataPath = dataPath;
    this.plan = null;
    this.problem = null;
    try {
      const list = await this.#api.call('models.list', {});
      const isFirst = this.list === null;
      this.list = list;
      const known = new Set(this.choices.map(({ value }) => value));
      const chosen = this.models.filter((name) => known.has(name));
      this.models = isFirst || chosen.length === 0 ? [...known] : chosen;
      if (!list.teachers.some(({ name }) => name === this.teacher)) this.teacher = usualTeacher(list);
      await this.makePlan();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  change(change: Partial<Pick<BenchmarkForm, 'dataPath' | 'models' | 'teacher'>>): void {
    Object.assign(this, change);
    this.#planSoon();
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    this.#planSoon();
  }

  /** One at a time; what changed meanwhile is planned afterwards. */
  async makePlan(): Promise<void> {
    const { request } = this;
    if (request === null) {
      this.plan = null;
      return;
    }
    if (this.isPlanning) return;
    this.isPlanning = true;
    try {
      this.plan = await this.#api.call('benchmarks.plan', request);
      this.problem = null;
    } catch (error) {
      this.plan = null;
      this.problem = messageOf(error);
    }
    this.#plannedFor = JSON.stringify(request);
    this.isPlanning = false;
    if (this.isStale) await this.makePlan();
  }

  #planSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.makePlan(), PLAN_AFTER_MS);
  }
}

/** The one that most students learned from: their embeddings stand beside its own. */
function usualTeacher({ teachers, students }: ModelList): string {
  const pupils = (name: string): number => students.filter(({ teacherName }) => teacherName === name).length;
  const names = teachers.map(({ name }) => name);
  const [first = ''] = names.sort(
    (left, right) =>
      pupils(right) - pupils(left) || Number(right === DEFAULT_TEACHER) - Number(left === DEFAULT_TEACHER),
  );
  return first;
}
