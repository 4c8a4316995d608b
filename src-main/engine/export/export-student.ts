// Writes a folded student as an ONNX file: NCHW pixels in, unit embeddings out, batch free.

import { writeFileAtomically } from '../../common/files.ts';
import { samePaddedSize, samePadding } from '../layers/convolution-shape.ts';
import {
  assertConsistent,
  embeddingSizeOf,
  type FoldedAffine,
  type FoldedConvolution,
  type FoldedNetwork,
  mapSizes,
  SMALLEST_LENGTH,
} from '../models/folded-network.ts';
import { OnnxGraph } from './onnx-graph.ts';

export const ONNX_INPUT_NAME = 'input';
export const ONNX_OUTPUT_NAME = 'embedding';

/** What the file says about itself in its metadata_props. */
export interface StudentExportMetadata {
  readonly glimpseVersion: string;
  readonly modelDigest: string;
  /** Name of the FaceBN profile whose statistics were folded in, or null for those of training. */
  readonly faceBnProfile: string | null;
}

export async function exportStudent(
  path: string,
  network: FoldedNetwork,
  metadata: StudentExportMetadata,
): Promise<void> {
  await writeFileAtomically(path, encodeStudent(network, metadata));
}

/**
 * `input` [N, 3, r, r] float32, RGB, (v − 127.5) / 127.5 → `embedding` [N, D], unit rows.
 * Weights turn from HWIO to OIHW, the head's rows from (h, w, c) to (c, h, w).
 */
export function encodeStudent(network: FoldedNetwork, metadata: StudentExportMetadata): Uint8Array {
  assertConsistent(network);
  const graph = new OnnxGraph('glimpse-student');
  const { inputSize, resolutionPx } = network;
  const sizes = mapSizes(network);
  let value = graph.input(ONNX_INPUT_NAME, ['N', 3, resolutionPx, resolutionPx]);
  if (inputSize !== resolutionPx) {
    value = graph.upsampleBicubic('upsample', value, upsamplingScale(resolutionPx, inputSize));
  }
  value = addConvolution(graph, 'stem', value, network.stem, inputSize);
  value = addPrelu(graph, 'stem.prelu', value, network.stemSlopes);
  network.blocks.forEach((block, index) => {
    const name = `block${index + 1}`;
    const size = sizes[index];
    const firstSize = samePaddedSize(size, block.first.stride);
    let main = addAffine(graph, `${name}.affine`, value, block.affine);
    main = addConvolution(graph, `${name}.first`, main, block.first, size);
    main = addPrelu(graph, `${name}.prelu`, main, block.slopes);
    main = addConvolution(graph, `${name}.second`, main, block.second, firstSize);
    const shortcut = block.projection
      ? addConvolution(graph, `${name}.projection`, value, block.projection, size)
      : value;
    value = graph.add(`${name}.sum`, main, shortcut);
  });
  value = addAffine(graph, 'head.affine', value, network.headAffine);
  value = graph.flatten('head.flatten', value);
  value = addHead(graph, value, network, sizes[network.blocks.length]);
  const embedding = graph.normaliseRows(ONNX_OUTPUT_NAME, value, SMALLEST_LENGTH);
  graph.output(embedding, ['N', embeddingSizeOf(network)]);
  return graph.encode(metadata.glimpseVersion, {
    model_digest: metadata.modelDigest,
    resolution_px: String(resolutionPx),
    pixel_scaling: '(value - 127.5) / 127.5',
    channel_order: 'RGB',
    facebn_profile: metadata.faceBnProfile ?? 'none',
  });
}

/** ONNX makes ⌊r · scale⌋ pixels in float32: a quotient that was rounded down would lose one. */
function upsamplingScale(resolutionPx: number, inputSize: number): number {
  const scale = Math.fround(inputSize / resolutionPx);
  return Math.fround(scale * resolutionPx) < inputSize ? Math.fround(scale * (1 + 2 ** -22)) : scale;
}

function addConvolution(
  graph: OnnxGraph,
  name: string,
  input: string,
  convolution: FoldedConvolution,
  inputSize: number,
): string {
  const { kernelSize, stride, inputChannels, outputChannels } = convolution;
  const { before, after } = samePadding(inputSize, kernelSize, stride);
  const shape = [outputChannels, inputChannels, kernelSize, kernelSize];
  return graph.convolution(
    name,
    {
      input,
      weights: graph.constant(`${name}.weights`, hwioToOihw(convolution), shape),
      bias: graph.constant(`${name}.bias`, convolution.bias, [outputChannels]),
    },
    { kernelSize, stride, pads: [before, before, after, after] },
  );
}

function addPrelu(graph: OnnxGraph, name: string, input: string, slopes: Float32Array): string {
  return graph.prelu(name, input, graph.constant(`${name}.slopes`, slopes, [slopes.length, 1, 1]));
}

function addAffine(graph: OnnxGraph, name: string, input: string, affine: FoldedAffine): string {
  const shape = [affine.scale.length, 1, 1];
  const scaled = graph.multiply(
    `${name}.scaled`,
    input,
    graph.constant(`${name}.scale`, affine.scale, shape),
  );
  return graph.add(name, scaled, graph.constant(`${name}.offset`, affine.offset, shape));
}

function addHead(graph: OnnxGraph, input: string, network: FoldedNetwork, lastSize: number): string {
  const size = embeddingSizeOf(network);
  const weights = channelsFirstRows(network.headWeights, lastSize, size);
  return graph.gemm('head', {
    input,
    weights: graph.constant('head.weights', weights, [weights.length / size, size]),
    bias: graph.constant('head.bias', network.headBias, [size]),
  });
}

function hwioToOihw({ kernelSize, inputChannels, outputChannels, weights }: FoldedConvolution): Float32Array {
  const result = new Float32Array(weights.length);
  const taps = kernelSize ** 2;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < inputChannels; input++) {
      for (let output = 0; output < outputChannels; output++) {
        const source = (tap * inputChannels + input) * outputChannels + output;
        result[(output * inputChannels + input) * taps + tap] = weights[source];
      }
    }
  }
  return result;
}

/** Rows in (h, w, c) order → rows in (c, h, w) order; `columns` values a row. */
function channelsFirstRows(rows: Float32Array, mapSize: number, columns: number): Float32Array {
  const result = new Float32Array(rows.length);
  const pixels = mapSize ** 2;
  const channels = rows.length / columns / pixels;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const source = (pixel * channels + channel) * columns;
      result.set(rows.subarray(source, source + columns), (channel * pixels + pixel) * columns);
    }
  }
  return result;
}
