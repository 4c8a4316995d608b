// Everything that a training step changes: the network, its heads, velocities and running statistics.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../common/rng.ts';
import type { StoredTensor } from '../../common/tensor-file.ts';
import { IResNet } from '../models/iresnet.ts';
import { ParameterGroup } from '../models/parameter-group.ts';
import { Parameters, type PlainTensors, RunningStatistics, readValues } from '../models/parameters.ts';
import { type ParameterPlan, planNetwork, planNorms, planParameters } from '../models/plan.ts';
import { statisticsOf, statisticsTensors } from '../models/student-file.ts';
import type { Runtime } from '../runtime/load.ts';
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
  readonly #velocities: readonly ParameterGroup[];
  readonly #teacherClasses: Tensor2D | null;

  private constructor(
    runtime: Runtime,
    settings: TrainingSettings,
    plans: { network: readonly ParameterPlan[]; heads: readonly ParameterPlan[] },
    values: PlainTensors,
    velocities: PlainTensors | null,
    statistics: RunningStatistics,
  ) {
    const { tf } = runtime;
    const networkParameters = new Parameters(runtime, plans.network, values);
    this.network = new IResNet(runtime, planNetwork(settings.network), networkParameters);
    this.heads = new Parameters(runtime, plans.heads, values);
    const classes = values.get(TEACHER_CLASSES);
    this.#teacherClasses =
      classes === undefined ? null : tf.keep(tf.tensor2d(classes.values, classes.shape as [number, number]));
    this.objective = new Objective(runtime, settings, this.#teacherClasses);
    this.statistics = statistics;
    const groups = [...this.network.parameters.groups, ...this.heads.groups];
    const stored = velocities && velocityValues(velocities);
    this.#velocities = groups.map((group) => new ParameterGroup(runtime, group.plans, stored));
    this.optimiser = new Sgd(
      runtime,
      groups.map((values, at) => ({ values, velocities: this.#velocities[at] })),
    );
  }

  /** Fresh weights; `teacherClasses` is C_t [K, D], null without a teacher. */
  static initialise(
    runtime: Runtime,
    settings: TrainingSettings,
    classes: number,
    teacherClasses: Float32Array | null,
  ): TrainingState {
    const rng = Rng.seeded(settings.seed, INITIAL_STREAM);
    const plan = planNetwork(settings.network);
    const networkPlans = planParameters(plan);
    const network = Parameters.draw(networkPlans, rng);
    const heads = initialHeads(settings, classes, teacherClasses, rng);
    const shape = [classes, settings.network.embeddingSize];
    const values = new Map([...network, ...heads]);
    if (teacherClasses !== null) values.set(TEACHER_CLASSES, { shape, values: teacherClasses });
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

  /** Every trainable parameter's value, of the network and of the heads. */
  parameters(): Map<string, Tensor> {
    const { heads, network } = this;
    return new Map(
      [network.parameters, heads].flatMap((owner) =>
        owner.plans.map(({ name }) => [name, owner.get(name)] as const),
      ),
    );
  }

  toTensors(): Map<string, StoredTensor> {
    const velocities = this.#velocities.flatMap((group) =>
      group.plans.map(({ name, shape }) => {
        return [velocityName(name), { shape, values: readValues(group.get(name)) }] as const;
      }),
    );
    const tensors = new Map<string, StoredTensor>([
      ...this.network.parameters.toPlain(),
      ...this.heads.toPlain(),
      ...velocities,
      ...statisticsTensors(this.statistics.toPlain()),
    ]);
    const classes = this.#teacherClasses;
    if (classes !== null) tensors.set(TEACHER_CLASSES, { shape: classes.shape, values: readValues(classes) });
    return tensors;
  }

  dispose(): void {
    this.network.dispose();
    this.network.parameters.dispose();
    this.heads.dispose();
    this.statistics.dispose();
    this.#teacherClasses?.dispose();
    for (const velocity of this.#velocities) velocity.dispose();
  }
}

const VELOCITY = 'velocity:';

function velocityName(name: string): string {
  return `${VELOCITY}${name}`;
}

/** The velocities among a checkpoint's tensors, by parameter name. */
function velocityValues(tensors: PlainTensors): PlainTensors {
  const found = [...tensors].filter(([name]) => name.startsWith(VELOCITY));
  return new Map(found.map(([name, tensor]) => [name.slice(VELOCITY.length), tensor]));
}
