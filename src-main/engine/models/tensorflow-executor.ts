// A folded network in TensorFlow's operations: for a GPU, and wherever our own module is absent.

import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { planarAlgorithm, type Rows } from '../layers/bilinear.ts';
import { pixelsSeen, samePaddedSize } from '../layers/convolution-shape.ts';
import { LARGEST_PIXEL_MAJOR_SIZE } from '../layers/pixel-major.ts';
import { createUpsampler } from '../layers/upsample.ts';
import type { Runtime } from '../runtime/load.ts';
import { deferBiases } from './defer-biases.ts';
import type { FoldedExecutor } from './folded-executor.ts';
import {
  embeddingSizeOf,
  type FoldedAffine,
  type FoldedBlock,
  type FoldedConvolution,
  type FoldedNetwork,
  mapSizes,
  SMALLEST_LENGTH,
} from './folded-network.ts';

export function createTensorFlowExecutor(runtime: Runtime, network: FoldedNetwork): FoldedExecutor {
  const { tf } = runtime;
  const { resolutionPx } = network;
  const kept: Tensor[] = [];
  const builder = new LayerBuilder(runtime, (tensor) => {
    kept.push(tf.keep(tensor));
    return tensor;
  });
  let layers: Layer[] = [];
  tf.tidy(() => {
    layers = builder.network(deferBiases(network));
  });
  const embedNow = (pixels: Float32Array): Float32Array<ArrayBuffer> => {
    const rows = tf.tidy(() => {
      const faces: Tensor = facesOf(runtime, pixels, resolutionPx);
      return layers.reduce((value, layer) => layer(value), faces);
    });
    const values = rows.dataSync<'float32'>();
    rows.dispose();
    return values as Float32Array<ArrayBuffer>;
  };
  return {
    embedNow,
    embed: async (pixels) => embedNow(pixels),
    dispose: () => tf.dispose(kept),
  };
}

/** [B · r · r · 3] numbers → [B, r, r, 3]. */
export function facesOf({ tf }: Runtime, pixels: Float32Array, resolutionPx: number): Tensor4D {
  const faces = pixels.length / (3 * resolutionPx ** 2);
  return tf.tensor4d(pixels, [faces, resolutionPx, resolutionPx, 3]);
}

/** One step of the forward pass. */
type Layer = (input: Tensor) => Tensor;

/** Turns parts of a folded network into functions over constant tensors. */
class LayerBuilder {
  readonly #runtime: Runtime;
  readonly #keep: <T extends Tensor>(tensor: T) => T;

  constructor(runtime: Runtime, keep: <T extends Tensor>(tensor: T) => T) {
    this.#runtime = runtime;
    this.#keep = keep;
  }

  network(network: FoldedNetwork): Layer[] {
    const { tf } = this.#runtime;
    const sizes = mapSizes(network);
    const stem = this.#directConvolution(network.stem);
    const stemBias = this.#keep(tf.tensor1d(network.stem.bias));
    const stemPrelu = this.#prelu(network.stemSlopes);
    const layers: Layer[] = [(pixels) => stemPrelu(stem(pixels).add(stemBias))];
    if (network.inputSize !== network.resolutionPx)
      layers.unshift(createUpsampler(this.#runtime, network.inputSize) as Layer);
    let isPixelMajor = false;
    network.blocks.forEach((block, index) => {
      if (!isPixelMajor && sizes[index] <= LARGEST_PIXEL_MAJOR_SIZE) {
        layers.push(toPixelMajor);
        isPixelMajor = true;
      }
      layers.push(this.#block(block, sizes[index], isPixelMajor));
    });
    layers.push(isPixelMajor ? fromPixelMajor : (value) => value.reshape([value.shape[0], -1]));
    layers.push(this.#head(network, sizes[network.blocks.length]));
    return layers;
  }

  #block(block: FoldedBlock, inputSize: number, isPixelMajor: boolean): Layer {
    const convolution = (shape: FoldedConvolution, size: number): Layer =>
      isPixelMajor ? this.#pixelMajorConvolution(shape, size) : this.#directConvolution(shape);
    const first = convolution(scaleInputs(block.first, block.affine.scale), inputSize);
    const bias = this.#biasMap(block, inputSize, isPixelMajor);
    const prelu = this.#prelu(block.slopes);
    const second = convolution(block.second, samePaddedSize(inputSize, block.first.stride));
    const shortcut = block.projection ? convolution(block.projection, inputSize) : (input: Tensor) => input;
    return (input) => second(prelu(first(input).add(bias))).add(shortcut(input));
  }

  /** What the first convolution adds to each pixel: its bias and its taps' sight of the affine's offset. */
  #biasMap({ first, affine }: FoldedBlock, inputSize: number, isPixelMajor: boolean): Tensor {
    const { tf } = this.#runtime;
    const offsets = tf.tile(tf.tensor4d(affine.offset, [1, 1, 1, affine.offset.length]), [
      1,
      inputSize,
      inputSize,
      1,
    ]);
    const map = tf.conv2d(offsets as Tensor4D, kernelOf(tf, first), first.stride, 'same').add(first.bias);
    return this.#keep(isPixelMajor ? toPixelMajor(map) : map);
  }

  /** [B, H, W, C_in] → [B, ⌈H / stride⌉, ⌈W / stride⌉, C_out], without the bias. */
  #directConvolution(convolution: FoldedConvolution): Layer {
    const { tf, ops } = this.#runtime;
    const weights = this.#keep(kernelOf(tf, convolution));
    const attributes = [
      ops.floatType,
      ops.int('strides', [1, convolution.stride, convolution.stride, 1]),
      ops.string('padding', 'SAME'),
      ops.string('data_format', 'NHWC'),
      ops.bool('use_cudnn_on_gpu', true),
      ops.int('dilations', [1, 1, 1, 1]),
    ];
    return (input) => ops.run('Conv2D', attributes, [input, weights]);
  }

  /** [pixels, B, C_in] → [output pixels, B, C_out], without the bias. */
  #pixelMajorConvolution(convolution: FoldedConvolution, inputSize: number): Layer {
    if (convolution.kernelSize === 1) return this.#pixelMajorProjection(convolution, inputSize);
    const { tf, ops } = this.#runtime;
    const { inputChannels, outputChannels, kernelSize, stride } = convolution;
    const algorithm = planarAlgorithm(inputSize, stride);
    const toProducts = this.#keep(matrixOf(tf, algorithm.input));
    const toPixels = this.#keep(matrixOf(tf, algorithm.output));
    const taps = tf.tensor2d(convolution.weights, [kernelSize ** 2, inputChannels * outputChannels]);
    const weights = this.#keep(
      tf.matMul(matrixOf(tf, algorithm.weights), taps).reshape([-1, inputChannels, outputChannels]),
    );
    const attributes = [ops.bool('adj_x', false), ops.bool('adj_y', false), ops.floatType];
    return (input) => {
      const batch = input.shape[1] as number;
      const factors = tf.matMul(toProducts, input.reshape([inputSize ** 2, -1])); // [products, B · C_in]
      const products = ops.run('BatchMatMulV2', attributes, [
        factors.reshape([-1, batch, inputChannels]),
        weights,
      ]); // [products, B, C_out]
      return tf
        .matMul(toPixels, products.reshape([toPixels.shape[1], -1]))
        .reshape([-1, batch, outputChannels]);
    };
  }

  #pixelMajorProjection(
    { stride, inputChannels, outputChannels, weights }: FoldedConvolution,
    inputSize: number,
  ): Layer {
    const { tf } = this.#runtime;
    const matrix = this.#keep(tf.tensor2d(weights, [inputChannels, outputChannels]));
    const pixels = this.#keep(tf.tensor1d(pixelsSeen(inputSize, stride), 'int32'));
    return (input) => {
      const seen = stride === 1 ? input : tf.gather(input, pixels); // [output pixels, B, C_in]
      return tf
        .matMul(seen.reshape([-1, inputChannels]), matrix)
        .reshape([-1, input.shape[1] as number, outputChannels]);
    };
  }

  /** max(x, slope · x) where every slope is at most 1; elsewhere the two halves apart. */
  #prelu(slopes: Float32Array): Layer {
    const { tf } = this.#runtime;
    const slope = this.#keep(tf.tensor1d(slopes));
    if (slopes.every((value) => value <= 1)) return (input) => tf.maximum(input, input.mul(slope));
    return (input) => tf.relu(input).add(tf.minimum(input, 0).mul(slope));
  }

  /** [B, pixels · C] → [B, D], unit rows; the affine before the head is part of its weights. */
  #head(network: FoldedNetwork, lastSize: number): Layer {
    const { tf } = this.#runtime;
    const columns = embeddingSizeOf(network);
    const { scale, offset } = repeated(network.headAffine, lastSize ** 2);
    const matrix = tf.tensor2d(network.headWeights, [scale.length, columns]);
    const weights = this.#keep(matrix.mul(tf.tensor2d(scale, [scale.length, 1])));
    const bias = this.#keep(tf.matMul(tf.tensor2d(offset, [1, offset.length]), matrix).add(network.headBias));
    return (input) => {
      const raw = tf.matMul(input as Tensor2D, weights).add(bias);
      return raw.div(tf.maximum(tf.norm(raw, 'euclidean', 1, true), SMALLEST_LENGTH));
    };
  }
}

/** [B, H, W, C] → [H · W, B, C]. */
function toPixelMajor(map: Tensor): Tensor3D {
  const [batch, height, width, channels] = map.shape as [number, number, number, number];
  return map.reshape([batch, height * width, channels]).transpose([1, 0, 2]) as Tensor3D;
}

/** [pixels, B, C] → [B, pixels · C]. */
function fromPixelMajor(map: Tensor): Tensor2D {
  return map.transpose([1, 0, 2]).reshape([map.shape[1] as number, -1]);
}

function kernelOf(tf: Runtime['tf'], convolution: FoldedConvolution): Tensor4D {
  const { kernelSize, inputChannels, outputChannels, weights } = convolution;
  return tf.tensor4d(weights, [kernelSize, kernelSize, inputChannels, outputChannels]);
}

function matrixOf(tf: Runtime['tf'], rows: Rows): Tensor2D {
  return tf.tensor2d(Float32Array.from(rows.flat()), [rows.length, rows[0].length]);
}

/** Weights that read x where the given ones read x · scale. */
function scaleInputs(convolution: FoldedConvolution, scale: Float32Array): FoldedConvolution {
  const { inputChannels, outputChannels, weights } = convolution;
  const scaled = weights.map((value, at) => value * scale[Math.floor(at / outputChannels) % inputChannels]);
  return { ...convolution, weights: scaled };
}

function repeated({ scale, offset }: FoldedAffine, times: number): FoldedAffine {
  const length = scale.length * times;
  return {
    scale: Float32Array.from({ length }, (_, at) => scale[at % scale.length]),
    offset: Float32Array.from({ length }, (_, at) => offset[at % offset.length]),
  };
}
