// Gradients of a scalar with respect to named tensors.

import type { Scalar, Tensor } from '@tensorflow/tfjs-node-gpu';
import type { Tf } from './load.ts';

/** Evaluates `objective` and differentiates it; a tensor that it does not depend on has no gradient. */
export function valueAndGradients(
  tf: Tf,
  objective: () => Scalar,
  parameters: ReadonlyMap<string, Tensor>,
): { value: Scalar; gradients: Map<string, Tensor> } {
  const names = [...parameters.keys()];
  const allowsNoGradient = true;
  const { value, grads } = tf
    .engine()
    .gradients(objective, [...parameters.values()], undefined, allowsNoGradient);
  // tfjs types it as Tensor[], but with `allowsNoGradient` an entry may be missing.
  const found = grads as (Tensor | undefined)[];
  const gradients = new Map<string, Tensor>();
  names.forEach((name, at) => {
    const gradient = found[at];
    if (gradient !== undefined && gradient !== null) gradients.set(name, gradient);
  });
  return { value: value as Scalar, gradients };
}
