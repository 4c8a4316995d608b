// Stochastic gradient descent with momentum and weight decay, as PyTorch defines it.

import type { Scalar, Tensor } from '@tensorflow/tfjs-node-gpu';
import type { ParameterGroup } from '../models/parameter-group.ts';
import type { Runtime } from '../runtime/load.ts';

/** Parameters with their velocities. velocity ← μ·velocity + gradient + λ·value; value ← value − rate·velocity. */
export interface Slot {
  readonly values: ParameterGroup;
  readonly velocities: ParameterGroup;
}

export interface SgdStep {
  readonly learningRate: number;
  /** μ. */
  readonly momentum: number;
  /** λ. */
  readonly weightDecay: number;
  readonly largestGradientNorm: number | null;
}

export class Sgd {
  readonly #runtime: Runtime;
  readonly #slots: readonly Slot[];
  readonly #usesOwnKernel: boolean;

  constructor(runtime: Runtime, slots: readonly Slot[], usesOwnKernel = runtime.ops.hasOwnKernels) {
    this.#runtime = runtime;
    this.#slots = slots;
    this.#usesOwnKernel = usesOwnKernel;
  }

  /**
   * Applies one step, in place; returns the L2 norm of all gradients together, before any clipping. A parameter without a
   * gradient (its term is off, or no face of the batch has a partner) stays as it is.
   */
  apply(gradients: ReadonlyMap<string, Tensor>, step: SgdStep): Scalar {
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
          ? tf.scalar(1)
          : tf.minimum(1, tf.div(step.largestGradientNorm, tf.maximum(norm, 1e-12)));
      const [rate, momentum] = [step.learningRate, step.momentum].map((value) => tf.scalar(value));
      for (const { slot, gradient } of moved) {
        tf.tidy(() => {
          const decay = slot.values.decays ? step.weightDecay : 0;
          this.#move(slot, this.#push(gradient, clip, slot.values, decay), rate, momentum);
        });
      }
      return norm;
    });
  }

  /** clip·gradient + decay·value. */
  #push(gradient: Tensor, clip: Tensor, { whole }: ParameterGroup, decay: number): Tensor {
    const { tf, ops } = this.#runtime;
    if (decay === 0) return gradient.mul(clip);
    if (!this.#usesOwnKernel) return gradient.mul(clip).add(whole.mul(decay));
    return ops.run('GlimpseDecayedGradient', [], [gradient, whole, clip, tf.scalar(decay)]);
  }

  #move({ values, velocities }: Slot, gradient: Tensor, rate: Tensor, momentum: Tensor): void {
    const { ops } = this.#runtime;
    const attributes = [ops.floatType, ops.bool('use_locking', false), ops.bool('use_nesterov', false)];
    const inputs = [values.handleForUpdate(), velocities.handleForUpdate(), rate, gradient, momentum];
    ops.runMany('ResourceApplyMomentum', attributes, inputs, 0);
  }
}
