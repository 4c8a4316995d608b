// A face model of a few kilobytes in the place of a teacher: a random convolution and a random linear layer.

import { Rng } from '../../src-main/common/rng.ts';
import { OnnxGraph } from '../../src-main/engine/export/onnx-graph.ts';

const KERNEL = 16;
const CHANNELS = 4;

export interface TinyTeacherShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly embeddingSize: number;
}

const USUAL: TinyTeacherShape = { width: 112, height: 112, channels: 3, embeddingSize: 32 };

/** An ONNX model [1, channels, height, width] → [1, embeddingSize]: pixels projected at random. */
export function tinyTeacher(changes: Partial<TinyTeacherShape> = {}): Uint8Array {
  const { width, height, channels, embeddingSize } = { ...USUAL, ...changes };
  const rng = Rng.seeded(1);
  const draw = (count: number) => Float32Array.from({ length: count }, () => rng.uniform(-0.1, 0.1));
  const graph = new OnnxGraph('tiny-teacher');
  const input = graph.input('input', [1, channels, height, width]);
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
  const output = graph.gemm('embedding', {
    input: graph.flatten('features', map),
    weights: graph.constant('rows', draw(features * embeddingSize), [features, embeddingSize]),
    bias: graph.constant('offsets', draw(embeddingSize), [embeddingSize]),
  });
  graph.output(output, [1, embeddingSize]);
  return graph.encode('0', {});
}
