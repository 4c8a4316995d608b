// A face model of a few kilobytes in the place of a teacher: a random convolution and a random linear layer.

import { Rng } from '../../src-main/common/rng.ts';
import { type OnnxDimension, OnnxGraph } from '../../src-main/engine/export/onnx-graph.ts';

const KERNEL = 16;
const CHANNELS = 4;

export interface TinyTeacherShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly embeddingSize: number;
  /** Faces per call, or the name of a free batch. */
  readonly batch: number | string;
  /** What the file says of height and width, where that is not the truth itself. */
  readonly sides: readonly [OnnxDimension, OnnxDimension] | null;
  /** The output is the same for every picture. */
  readonly isConstant: boolean;
  /** Every weight of the linear layer; null draws them. */
  readonly weight: number | null;
  /** The output is one row for the whole batch. */
  readonly isBatchJoined: boolean;
}

const USUAL: TinyTeacherShape = {
  width: 112,
  height: 112,
  channels: 3,
  embeddingSize: 32,
  batch: 1,
  sides: null,
  isConstant: false,
  weight: null,
  isBatchJoined: false,
};

/** An ONNX model [batch, channels, height, width] → [batch, embeddingSize]: pixels projected at random. */
export function tinyTeacher(changes: Partial<TinyTeacherShape> = {}): Uint8Array {
  const shape: TinyTeacherShape = { ...USUAL, ...changes };
  const { width, height, channels, embeddingSize, batch, sides } = shape;
  const rng = Rng.seeded(1);
  const draw = (count: number) => Float32Array.from({ length: count }, () => rng.uniform(-0.1, 0.1));
  const graph = new OnnxGraph('tiny-teacher');
  const input = graph.input('input', [batch, channels, ...(sides ?? [height, width])]);
  const map = graph.convolution(
    'convolution',
    {
      input,
      weights: graph.constant('weights', draw(CHANNELS * channels * KERNEL ** 2), [
        CHANNELS,
        channels,
        KERNEL,
        KERNEL,
      ]),
      bias: graph.constant('bias', draw(CHANNELS), [CHANNELS]),
    },
    { kernelSize: KERNEL, stride: KERNEL, pads: [0, 0, 0, 0] },
  );
  const features = CHANNELS * Math.floor(width / KERNEL) * Math.floor(height / KERNEL);
  const drawn = draw(features * embeddingSize);
  if (shape.isConstant) drawn.fill(0);
  if (shape.weight !== null) drawn.fill(shape.weight);
  const rows = graph.gemm(shape.isBatchJoined ? 'rows' : 'embedding', {
    input: graph.flatten('features', map),
    weights: graph.constant('projection', drawn, [features, embeddingSize]),
    bias: graph.constant('offsets', draw(embeddingSize), [embeddingSize]),
  });
  const output = shape.isBatchJoined ? graph.flatten('embedding', rows, 0) : rows;
  graph.output(output, shape.isBatchJoined ? [1, Number(batch) * embeddingSize] : [batch, embeddingSize]);
  return graph.encode('0', {});
}
