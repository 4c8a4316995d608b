// Stochastic gradient descent with momentum and weight decay, as PyTorch defines it.

import type { Scalar, Tensor } from '@tensorflow/tfjs-node-gpu';
import { assert } from '../../common/assert.ts';
import type { ParameterGroup } from '../models/parameter-group.ts';
import type { Runtime } from '../runtime/load.ts';

/** Parameters with their velocities. velocity ← μ·velocity + gradient + λ·value; value ← value − rate·velocity. */
export interface Slot {
  readonly values: ParameterGroup;
  readonly velocities: ParameterGroup;
}

export interface SgdStep {
  readonly learningRate: number;
  /** μ, over 0. */
  readonly momentum: number;
  /** λ. */
  readonly weightDecay: number;
  readonly largestGradientNorm: number | null;
}

export class Sgd {
  readonly #runtime: Runtime;
  readonly #slots: readonly Slot[];

  constructor(runtime: Runtime, slots: readonly Slot[]) {
    this.#runtime = runtime;
    this.#slots = slots;
  }

  /**
   * Applies one step, in place; returns the L2 norm of all gradients together, before any clipping. A parameter without a
   * gradient (its term is off, or no face of the batch has a partner) stays as it is.
   */
  apply(gradients: ReadonlyMap<string, Tensor>, step: SgdStep): Scalar {
    assert(step.momentum > 0, 'weight decay reaches the velocity through μ');
    const { tf, ops } = this.#runtime;
    return tf.tidy(() => {
      const moved = this.#slots.flatMap((slot) => {
        const gradient = slot.values.gather(gradients);
        return gradient === null ? [] : [{ slot, gradient }];
      });
      // L2Loss is Σx² / 2 in one pass.
      const halfSquares = moved.map(({ gradient }) => ops.run('L2Loss', [ops.floatType], [gradient]));
      const norm = tf.sqrt(tf.addN(halfSquares).mul(2)) as Scalar;
      const clip =
        step.largestGradientNorm === null
          ? null
          : tf.minimum(1, tf.div(step.largestGradientNorm, tf.maximum(norm, 1e-12)));
      const scalars = [step.learningRate, step.momentum, -step.weightDecay / step.momentum];
      const [rate, momentum, decay] = scalars.map((value) => tf.scalar(value));
      for (const { slot, gradient } of moved) {
        tf.tidy(() => {
          const push = clip === null ? gradient : gradient.mul(clip);
          if (slot.values.decays && step.weightDecay !== 0) this.#decay(slot, decay);
          this.#move(slot, push, rate, momentum);
        });
      }
      return norm;
    });
  }

  /** velocity ← velocity − factor·value: with the factor −λ/μ, the momentum's μ makes that the λ·value of weight decay. */
  #decay({ values, velocities }: Slot, factor: Tensor): void {
    const { ops } = this.#runtime;
    const attributes = [ops.floatType, ops.bool('use_locking', false)];
    const inputs = [velocities.handleForUpdate(), factor, values.whole];
    ops.runMany('ResourceApplyGradientDescent', attributes, inputs, 0);
  }

  #move({ values, velocities }: Slot, gradient: Tensor, rate: Tensor, momentum: Tensor): void {
    const { ops } = this.#runtime;
    const attributes = [ops.floatType, ops.bool('use_locking', false), ops.bool('use_nesterov', false)];
    const inputs = [values.handleForUpdate(), velocities.handleForUpdate(), rate, gradient, momentum];
    ops.runMany('ResourceApplyMomentum', attributes, inputs, 0);
  }
}
