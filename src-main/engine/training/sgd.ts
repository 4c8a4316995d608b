// Stochastic gradient descent with momentum and weight decay, as PyTorch defines it.

import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** A variable with its velocity. velocity ← μ·velocity + gradient + λ·value. */
interface Slot {
  readonly variable: Variable;
  readonly velocity: Variable;
  readonly decays: boolean;
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
  readonly #slots: Slot[];

  constructor(
    runtime: Runtime,
    parameters: readonly { variable: Variable; velocity: Variable; decays: boolean }[],
  ) {
    this.#runtime = runtime;
    this.#slots = [...parameters];
  }

  /**
   * Applies one step; returns the L2 norm of all gradients together, before any clipping. A variable without a gradient
   * (its term is off, or no face of the batch has a partner) stays as it is.
   */
  apply(gradients: NamedTensorMap, step: SgdStep): Tensor {
    const { tf, ops } = this.#runtime;
    return tf.tidy(() => {
      const of = (slot: Slot): Tensor => gradients[slot.variable.name];
      const moved = this.#slots.filter((slot) => of(slot) !== undefined);
      // L2Loss is Σx² / 2 in one pass.
      const halfSquares = moved.map((slot) => ops.run('L2Loss', [ops.floatType], [of(slot)]));
      const norm = tf.sqrt(tf.addN(halfSquares).mul(2));
      const clip =
        step.largestGradientNorm === null
          ? null
          : tf.minimum(1, tf.div(step.largestGradientNorm, tf.maximum(norm, 1e-12)));
      for (const slot of moved) this.#applyOne(slot, clip === null ? of(slot) : of(slot).mul(clip), step);
      return norm;
    });
  }

  #applyOne({ variable, velocity, decays }: Slot, gradient: Tensor, step: SgdStep): void {
    const { tf } = this.#runtime;
    tf.tidy(() => {
      const push = decays ? gradient.add(variable.mul(step.weightDecay)) : gradient;
      const next = velocity.mul(step.momentum).add(push);
      velocity.assign(next);
      variable.assign(variable.sub(next.mul(step.learningRate)));
    });
  }
}
