// A folded network with random parameters of sensible sizes: for benchmarks and tests, which need no trained student.

import type { Rng } from '../../common/rng.ts';
import type { FoldedAffine, FoldedConvolution, FoldedNetwork } from './folded-network.ts';
import type { NetworkPlan } from './plan.ts';

/** Parameters of the plan's network, drawn so that activations keep their scale from block to block. */
export function randomFoldedNetwork(plan: NetworkPlan, rng: Rng): FoldedNetwork {
  const { stemChannels, lastChannels, lastSize, spec } = plan;
  const headRows = lastSize ** 2 * lastChannels;
  return {
    resolutionPx: spec.resolutionPx,
    inputSize: plan.inputSize,
    stem: convolution(3, 1, 3, stemChannels),
    stemSlopes: uniform(stemChannels, 0, 0.5),
    blocks: plan.blocks.map(({ inputChannels, outputChannels, stride, hasProjection }) => ({
      affine: affine(inputChannels),
      first: convolution(3, 1, inputChannels, outputChannels),
      slopes: uniform(outputChannels, 0, 0.5),
      second: convolution(3, stride, outputChannels, outputChannels),
      projection: hasProjection ? convolution(1, stride, inputChannels, outputChannels) : null,
    })),
    headAffine: affine(lastChannels),
    headWeights: normal(headRows * spec.embeddingSize, Math.sqrt(1 / headRows)),
    headBias: normal(spec.embeddingSize, 0.1),
  };

  function convolution(
    kernelSize: number,
    stride: number,
    inputChannels: number,
    outputChannels: number,
  ): FoldedConvolution {
    const fanIn = kernelSize ** 2 * inputChannels;
    const weights = normal(fanIn * outputChannels, Math.sqrt(1 / fanIn));
    const bias = normal(outputChannels, 0.2);
    return { kernelSize, stride, inputChannels, outputChannels, weights, bias };
  }

  function affine(channels: number): FoldedAffine {
    return { scale: uniform(channels, 0.5, 1), offset: normal(channels, 0.3) };
  }

  function normal(count: number, deviation: number): Float32Array {
    return Float32Array.from({ length: count }, () => deviation * rng.normal());
  }

  function uniform(count: number, low: number, high: number): Float32Array {
    return Float32Array.from({ length: count }, () => rng.uniform(low, high));
  }
}
