// Folds batch norms, with training or FaceBN statistics, into the weights around them: one network for inference.

import { assert } from '../../common/assert.ts';
import { BATCH_NORM_EPSILON } from '../layers/batch-norm.ts';
import type { FoldedAffine, FoldedBlock, FoldedConvolution, FoldedNetwork } from './folded-network.ts';
import type { PlainStatistics, PlainTensors } from './parameters.ts';
import { type BlockPlan, planNetwork } from './plan.ts';
import type { TrainedNetwork } from './student-file.ts';

/** What folding reads of a network. */
export type FoldableNetwork = Pick<TrainedNetwork, 'parameters' | 'statistics'> & {
  readonly card: Pick<TrainedNetwork['card'], 'spec'>;
};

/** Folds with the given statistics, the network's own by default. Plain arrays in, plain arrays out. */
export function foldNetwork(
  { card, parameters, statistics }: FoldableNetwork,
  chosen: ReadonlyMap<string, PlainStatistics> = statistics,
): FoldedNetwork {
  const plan = planNetwork(card.spec);
  const folder = new Folder(parameters, chosen);
  return {
    resolutionPx: plan.spec.resolutionPx,
    inputSize: plan.inputSize,
    stem: folder.convolution('stem.weights', 'stem.norm', 1),
    stemSlopes: folder.values('stem.slopes'),
    blocks: plan.blocks.map((block) => folder.block(block)),
    headAffine: folder.affine('head.norm'),
    ...folder.head(card.spec.embeddingSize),
  };
}

class Folder {
  readonly #parameters: PlainTensors;
  readonly #statistics: ReadonlyMap<string, PlainStatistics>;

  constructor(parameters: PlainTensors, statistics: ReadonlyMap<string, PlainStatistics>) {
    this.#parameters = parameters;
    this.#statistics = statistics;
  }

  values(name: string): Float32Array {
    const tensor = this.#parameters.get(name);
    assert(tensor !== undefined, `no parameter ${name}`);
    return tensor.values;
  }

  /** γ · (x − μ) / √(σ² + ε) + β as x · scale + offset; γ is 1 for the embedding's norm, which has none. */
  affine(name: string): FoldedAffine {
    const statistics = this.#statistics.get(name);
    assert(statistics !== undefined, `no statistics for ${name}`);
    const { mean, variance } = statistics;
    const gamma = this.#parameters.get(`${name}.scale`)?.values;
    const beta = this.values(`${name}.offset`);
    const scale = variance.map(
      (value, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(value + BATCH_NORM_EPSILON),
    );
    const offset = beta.map((value, channel) => value - mean[channel] * scale[channel]);
    return { scale, offset };
  }

  /** A convolution followed by a norm: weights scaled per output channel, the offset as bias. */
  convolution(weightName: string, normName: string, stride: number): FoldedConvolution {
    const tensor = this.#parameters.get(weightName);
    assert(tensor !== undefined, `no parameter ${weightName}`);
    const [kernelSize, , inputChannels, outputChannels] = tensor.shape;
    const { scale, offset } = this.affine(normName);
    const weights = tensor.values.map((value, index) => value * scale[index % outputChannels]);
    return { kernelSize, stride, inputChannels, outputChannels, weights, bias: offset };
  }

  block({ name, stride, hasProjection }: BlockPlan): FoldedBlock {
    return {
      affine: this.affine(`${name}.norm1`),
      first: this.convolution(`${name}.conv1`, `${name}.norm2`, 1),
      slopes: this.values(`${name}.slopes`),
      second: this.convolution(`${name}.conv2`, `${name}.norm3`, stride),
      projection: hasProjection
        ? this.convolution(`${name}.projection`, `${name}.projectionNorm`, stride)
        : null,
    };
  }

  /** The linear layer with the embedding's norm folded in. */
  head(embeddingSize: number): Pick<FoldedNetwork, 'headWeights' | 'headBias'> {
    const { scale, offset } = this.affine('embedding');
    const headWeights = this.values('head.weights').map(
      (value, index) => value * scale[index % embeddingSize],
    );
    const headBias = this.values('head.bias').map(
      (value, channel) => value * scale[channel] + offset[channel],
    );
    return { headWeights, headBias };
  }
}
