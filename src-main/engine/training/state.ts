// Everything that a training step changes: the network, its heads, velocities and running statistics.

import type { Tensor2D, Variable } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../common/rng.ts';
import type { StoredTensor } from '../../common/tensor-file.ts';
import { IResNet } from '../models/iresnet.ts';
import { Parameters, type PlainTensors, RunningStatistics, readValues } from '../models/parameters.ts';
import { type ParameterPlan, planNetwork, planNorms, planParameters } from '../models/plan.ts';
import { statisticsOf, statisticsTensors } from '../models/student-file.ts';
import type { Runtime, Tf } from '../runtime/load.ts';
import { initialHeads, Objective, planHeads } from './objective.ts';
import type { TrainingSettings } from './settings.ts';
import { Sgd } from './sgd.ts';

const INITIAL_STREAM = 3;
const TEACHER_CLASSES = 'teacherClasses';

export class TrainingState {
  readonly network: IResNet;
  readonly heads: Parameters;
  readonly objective: Objective;
  readonly statistics: RunningStatistics;
  readonly optimiser: Sgd;
  readonly #velocities: ReadonlyMap<string, Variable>;
  readonly #teacherClasses: Tensor2D;

  private constructor(
    runtime: Runtime,
    settings: TrainingSettings,
    plans: { network: readonly ParameterPlan[]; heads: readonly ParameterPlan[] },
    values: PlainTensors,
    velocities: PlainTensors | null,
    statistics: RunningStatistics,
  ) {
    const { tf } = runtime;
    const networkParameters = new Parameters(tf, plans.network, values);
    this.network = new IResNet(runtime, planNetwork(settings.network), networkParameters);
    this.heads = new Parameters(tf, plans.heads, values);
    const classes = values.get(TEACHER_CLASSES) as StoredTensor;
    this.#teacherClasses = tf.keep(tf.tensor2d(classes.values, classes.shape as [number, number]));
    this.objective = new Objective(runtime, settings, this.#teacherClasses);
    this.statistics = statistics;
    const all = [...plans.network, ...plans.heads];
    this.#velocities = new Map(all.map((plan) => [plan.name, createVelocity(tf, plan, velocities)]));
    this.optimiser = new Sgd(
      runtime,
      all.map((plan) => ({
        variable: this.variable(plan.name),
        velocity: this.#velocities.get(plan.name) as Variable,
        decays: plan.role === 'weight',
      })),
    );
  }

  /** Fresh weights; `teacherClasses` is C_t [K, D]. */
  static initialise(
    runtime: Runtime,
    settings: TrainingSettings,
    classes: number,
    teacherClasses: Float32Array,
  ): TrainingState {
    const rng = Rng.seeded(settings.seed, INITIAL_STREAM);
    const plan = planNetwork(settings.network);
    const networkPlans = planParameters(plan);
    const network = Parameters.draw(networkPlans, rng);
    const heads = initialHeads(settings, classes, teacherClasses, rng);
    const shape = [classes, settings.network.embeddingSize];
    const values = new Map([
      ...network,
      ...heads,
      [TEACHER_CLASSES, { shape, values: teacherClasses }] as const,
    ]);
    const plans = { network: networkPlans, heads: planHeads(settings, classes) };
    return new TrainingState(
      runtime,
      settings,
      plans,
      values,
      null,
      new RunningStatistics(runtime.tf, planNorms(plan)),
    );
  }

  /** The state that `toTensors` wrote. */
  static restore(
    runtime: Runtime,
    settings: TrainingSettings,
    classes: number,
    tensors: ReadonlyMap<string, StoredTensor>,
  ): TrainingState {
    const plan = planNetwork(settings.network);
    const norms = planNorms(plan);
    const plans = { network: planParameters(plan), heads: planHeads(settings, classes) };
    const statistics = new RunningStatistics(
      runtime.tf,
      norms,
      statisticsOf('the checkpoint', tensors, norms),
    );
    return new TrainingState(runtime, settings, plans, tensors, tensors, statistics);
  }

  /** Every trainable variable, by parameter name. */
  variable(name: string): Variable {
    const isHead = this.heads.plans.some((plan) => plan.name === name);
    return (isHead ? this.heads : this.network.parameters).get(name);
  }

  get variables(): Variable[] {
    return [...this.#velocities.keys()].map((name) => this.variable(name));
  }

  toTensors(): Map<string, StoredTensor> {
    const velocities = [...this.#velocities].map(
      ([name, velocity]) =>
        [velocityName(name), { shape: velocity.shape, values: readValues(velocity) }] as const,
    );
    const classes = { shape: this.#teacherClasses.shape, values: readValues(this.#teacherClasses) };
    return new Map<string, StoredTensor>([
      ...this.network.parameters.toPlain(),
      ...this.heads.toPlain(),
      ...velocities,
      ...statisticsTensors(this.statistics.toPlain()),
      [TEACHER_CLASSES, classes],
    ]);
  }

  dispose(): void {
    this.network.dispose();
    this.network.parameters.dispose();
    this.heads.dispose();
    this.statistics.dispose();
    this.#teacherClasses.dispose();
    for (const velocity of this.#velocities.values()) velocity.dispose();
  }
}

function velocityName(name: string): string {
  return `velocity:${name}`;
}

function createVelocity(tf: Tf, plan: ParameterPlan, stored: PlainTensors | null): Variable {
  return tf.tidy(() => {
    const values = stored?.get(velocityName(plan.name))?.values;
    const shape = [...plan.shape];
    return tf.variable(values === undefined ? tf.zeros(shape) : tf.tensor(values, shape), false);
  });
}
