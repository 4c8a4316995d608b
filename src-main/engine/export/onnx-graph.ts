// Builds an ONNX model (opset 17) node by node: each call adds a node and returns the name of its output,
// which is the node's own name.

import { endianness } from 'node:os';
import onnxProto, { type onnx } from 'onnx-proto';
import { assert } from '../../common/assert.ts';

const OPSET = 17;
const IR_VERSION = 8;
const FLOAT = 1; // TensorProto.DataType
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const; // AttributeProto.AttributeType

/** A dimension: a size, or the name of a free one. */
export type OnnxDimension = number | string;

/** Sizes of padding in ONNX's order: top, left, bottom, right. */
export type OnnxPads = readonly [number, number, number, number];

export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #constants: onnx.ITensorProto[] = [];
  readonly #inputs: onnx.IValueInfoProto[] = [];
  readonly #outputs: onnx.IValueInfoProto[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, shape: readonly OnnxDimension[]): string {
    this.#inputs.push(valueInfo(name, shape));
    return name;
  }

  /** Declares an existing value as an output of the model. */
  output(name: string, shape: readonly OnnxDimension[]): void {
    this.#outputs.push(valueInfo(name, shape));
  }

  constant(name: string, values: Float32Array, shape: readonly number[]): string {
    const size = shape.reduce((product, extent) => product * extent, 1);
    assert(size === values.length, `${name} has ${values.length} values for shape [${shape.join(', ')}]`);
    assert(endianness() === 'LE', 'ONNX raw data is little-endian');
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#constants.push({ name, dims: [...shape], dataType: FLOAT, rawData });
    return name;
  }

  /** NCHW convolution; weights [C_out, C_in, k, k], bias [C_out]. */
  convolution(
    name: string,
    inputs: { input: string; weights: string; bias: string },
    settings: { kernelSize: number; stride: number; pads: OnnxPads },
  ): string {
    const { kernelSize, stride, pads } = settings;
    return this.#add(
      'Conv',
      name,
      [inputs.input, inputs.weights, inputs.bias],
      [ints('kernel_shape', [kernelSize, kernelSize]), ints('strides', [stride, stride]), ints('pads', pads)],
    );
  }

  /** Slopes must broadcast to the input: [C, 1, 1] for NCHW. */
  prelu(name: string, input: string, slopes: string): string {
    return this.#add('PRelu', name, [input, slopes]);
  }

  add(name: string, left: string, right: string): string {
    return this.#add('Add', name, [left, right]);
  }

  multiply(name: string, left: string, right: string): string {
    return this.#add('Mul', name, [left, right]);
  }

  /** Bicubic (a = −0.5) over pixel centres; at the border the weights that fall on pixels are renormalised. */
  upsampleBicubic(name: string, input: string, scale: number): string {
    const scales = this.constant(`${name}.scales`, Float32Array.of(1, 1, scale, scale), [4]);
    return this.#add(
      'Resize',
      name,
      [input, '', scales],
      [
        text('mode', 'cubic'),
        text('coordinate_transformation_mode', 'half_pixel'),
        real('cubic_coeff_a', -0.5),
        integer('exclude_outside', 1),
      ],
    );
  }

  /** Keeps the first axis and joins the others. */
  flatten(name: string, input: string): string {
    return this.#add('Flatten', name, [input], [integer('axis', 1)]);
  }

  /** input [N, K] · weights [K, M] + bias [M]. */
  gemm(name: string, inputs: { input: string; weights: string; bias: string }): string {
    return this.#add('Gemm', name, [inputs.input, inputs.weights, inputs.bias]);
  }

  /** Rows of [N, D] divided by their L2 length, which counts as at least `floor`. */
  normaliseRows(name: string, input: string, floor: number): string {
    const length = this.#add(
      'ReduceL2',
      `${name}.length`,
      [input],
      [ints('axes', [1]), integer('keepdims', 1)],
    );
    const least = this.constant(`${name}.floor`, Float32Array.of(floor), []);
    const divisor = this.#add('Clip', `${name}.divisor`, [length, least]);
    return this.#add('Div', name, [input, divisor]);
  }

  /** The file's bytes; `metadata` becomes the model's metadata_props. */
  encode(producerVersion: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    const { ModelProto } = onnxProto.onnx;
    const model = ModelProto.create({
      irVersion: IR_VERSION,
      opsetImport: [{ domain: '', version: OPSET }],
      producerName: 'Glimpse',
      producerVersion,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: this.#constants,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return ModelProto.encode(model).finish();
  }

  #add(opType: string, name: string, input: string[], attribute: onnx.IAttributeProto[] = []): string {
    this.#nodes.push({ opType, name, input, output: [name], attribute });
    return name;
  }
}

function valueInfo(name: string, shape: readonly OnnxDimension[]): onnx.IValueInfoProto {
  const dim = shape.map((extent) =>
    typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent },
  );
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

function integer(name: string, value: number): onnx.IAttributeProto {
  return { name, type: ATTRIBUTE.int, i: value };
}

function real(name: string, value: number): onnx.IAttributeProto {
  return { name, type: ATTRIBUTE.float, f: value };
}

function text(name: string, value: string): onnx.IAttributeProto {
  return { name, type: ATTRIBUTE.string, s: Buffer.from(value) };
}

function ints(name: string, values: readonly number[]): onnx.IAttributeProto {
  return { name, type: ATTRIBUTE.ints, ints: [...values] };
}
