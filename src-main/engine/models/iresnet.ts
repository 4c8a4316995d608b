// IResNet: the improved residual network of the ArcFace family, forward pass only; gradients come from the layers.

import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { type Convolution, createConvolution } from '../layers/convolution.ts';
import {
  createPixelMajorConvolution,
  flattenPixelMajor,
  LARGEST_PIXEL_MAJOR_SIZE,
  toPixelMajor,
} from '../layers/pixel-major.ts';
import { createPrelu, type Prelu } from '../layers/prelu.ts';
import { createUpsampler, type Upsampler } from '../layers/upsample.ts';
import type { Runtime } from '../runtime/load.ts';
import type { Parameters } from './parameters.ts';
import type { BlockPlan, NetworkPlan } from './plan.ts';

/** How a named batch norm treats its input, [B, H, W, C] or pixel-major [H·W, B, 1, C]: by batch, running or adapted statistics. */
export type Normalise = (name: string, input: Tensor4D, scale: Tensor1D, offset: Tensor1D) => Tensor4D;

/** The network of one plan over given parameters. */
export class IResNet {
  readonly plan: NetworkPlan;
  readonly parameters: Parameters;
  readonly #runtime: Runtime;
  readonly #prelu: Prelu;
  readonly #upsample: Upsampler;
  readonly #convolutions = new Map<string, Convolution>();
  readonly #embeddingScale: Tensor1D;

  constructor(runtime: Runtime, plan: NetworkPlan, parameters: Parameters) {
    this.#runtime = runtime;
    this.plan = plan;
    this.parameters = parameters;
    this.#prelu = createPrelu(runtime);
    this.#upsample = createUpsampler(runtime, plan.inputSize);
    this.#embeddingScale = runtime.tf.keep(runtime.tf.ones([plan.spec.embeddingSize])) as Tensor1D;
    const stem = {
      inputSize: plan.inputSize,
      inputChannels: 3,
      outputChannels: plan.stemChannels,
      kernelSize: 3,
      stride: 1,
    };
    const readsPixels = true;
    this.#convolutions.set('stem.weights', createConvolution(runtime, stem, readsPixels));
    for (const { name, inputSize, inputChannels, outputChannels, stride, hasProjection } of plan.blocks) {
      this.#addConvolution(`${name}.conv1`, inputSize, inputChannels, outputChannels, 3, 1);
      this.#addConvolution(`${name}.conv2`, inputSize, outputChannels, outputChannels, 3, stride);
      if (hasProjection)
        this.#addConvolution(`${name}.projection`, inputSize, inputChannels, outputChannels, 1, stride);
    }
  }

  /** Pixels [B, r, r, 3], scaled (v − 127.5) / 127.5 → embeddings [B, D], not yet of unit length. */
  forward(pixels: Tensor4D, normalise: Normalise): Tensor2D {
    let map = this.#convolve('stem.weights', this.#upsample(pixels));
    map = this.#activate('stem.slopes', this.#norm('stem.norm', map, normalise));
    let isPixelMajor = false;
    for (const block of this.plan.blocks) {
      if (!isPixelMajor && runsPixelMajor(block.inputSize)) {
        map = toPixelMajor(map);
        isPixelMajor = true;
      }
      map = this.#block(block, map, normalise);
    }
    map = this.#norm('head.norm', map, normalise);
    const { tf } = this.#runtime;
    const { parameters } = this;
    const flat = isPixelMajor ? flattenPixelMajor(map) : (map.reshape([map.shape[0], -1]) as Tensor2D); // [B, h·w·C]
    const linear = tf
      .matMul(flat, parameters.get('head.weights') as Tensor2D)
      .add(parameters.get('head.bias'));
    const embedding = linear.reshape([linear.shape[0], 1, 1, -1]) as Tensor4D; // [B, 1, 1, D]
    const offset = parameters.get('embedding.offset') as Tensor1D;
    return normalise('embedding', embedding, this.#embeddingScale, offset).reshape([linear.shape[0], -1]);
  }

  /** Frees the constants of the layers; the parameters belong to whoever made them. */
  dispose(): void {
    this.#embeddingScale.dispose();
    for (const convolution of this.#convolutions.values()) convolution.dispose();
  }

  /** y = conv2(prelu(norm2(conv1(norm1(x))))) normed, plus x (projected where the shape changes). */
  #block(block: BlockPlan, input: Tensor4D, normalise: Normalise): Tensor4D {
    const { name, hasProjection } = block;
    let map = this.#norm(`${name}.norm1`, input, normalise);
    map = this.#norm(`${name}.norm2`, this.#convolve(`${name}.conv1`, map), normalise);
    map = this.#convolve(`${name}.conv2`, this.#activate(`${name}.slopes`, map));
    map = this.#norm(`${name}.norm3`, map, normalise);
    if (!hasProjection) return map.add(input);
    const shortcut = this.#convolve(`${name}.projection`, input);
    return map.add(this.#norm(`${name}.projectionNorm`, shortcut, normalise));
  }

  #norm(name: string, input: Tensor4D, normalise: Normalise): Tensor4D {
    const scale = this.parameters.get(`${name}.scale`) as Tensor1D;
    const offset = this.parameters.get(`${name}.offset`) as Tensor1D;
    return normalise(name, input, scale, offset);
  }

  #convolve(name: string, input: Tensor4D): Tensor4D {
    const convolution = this.#convolutions.get(name) as Convolution;
    return convolution.apply(input, this.parameters.get(name) as Tensor4D);
  }

  #activate(name: string, input: Tensor4D): Tensor4D {
    return this.#prelu(input, this.parameters.get(name) as Tensor1D) as Tensor4D;
  }

  #addConvolution(
    name: string,
    inputSize: number,
    inputChannels: number,
    outputChannels: number,
    kernelSize: number,
    stride: number,
  ): void {
    const shape = { inputSize, inputChannels, outputChannels, kernelSize, stride };
    const create = runsPixelMajor(inputSize) ? createPixelMajorConvolution : createConvolution;
    this.#convolutions.set(name, create(this.#runtime, shape));
  }
}

/** From the first block with so small an input on, maps are laid out pixel by pixel. */
function runsPixelMajor(inputSize: number): boolean {
  return inputSize <= LARGEST_PIXEL_MAJOR_SIZE;
}
