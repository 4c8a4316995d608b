// ONNX files edited in memory: axes set free, graphs cut at an inner tensor.

import onnxProto, { type onnx } from 'onnx-proto';
import { ensure, GlimpseError, messageOf } from '../../common/errors.ts';

/** Axes of one input to set free: position → symbolic name. */
export type FreeAxes = Readonly<Record<number, string>>;

export interface OnnxEdit {
  /** Input name → its axes that may take any size from now on. */
  readonly freeAxes: Readonly<Record<string, FreeAxes>>;
  /** New output name → the tensor that becomes it, inner ones included; nodes that only others need go. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Returns the edited file. Throws `bad-model` when the bytes are no ONNX file or lack a named tensor. */
export function editOnnx(bytes: Uint8Array, name: string, edit: OnnxEdit): Uint8Array {
  const model = decode(bytes, name);
  const graph = model.graph;
  ensure(graph, 'bad-model', `${name} holds no graph`);
  for (const [inputName, axes] of Object.entries(edit.freeAxes)) freeInput(graph, name, inputName, axes);
  graph.node = nodesBehind(graph.node ?? [], Object.values(edit.outputs), name);
  for (const [to, from] of Object.entries(edit.outputs)) renameTensor(graph.node, from, to);
  graph.output = Object.keys(edit.outputs).map((output) => ({
    name: output,
    type: { tensorType: { elemType: onnxProto.onnx.TensorProto.DataType.FLOAT } },
  }));
  graph.valueInfo = [];
  const used = new Set(graph.node.flatMap((node) => node.input ?? []));
  graph.initializer = graph.initializer?.filter((initializer) => used.has(initializer.name ?? ''));
  graph.input = graph.input?.filter((input) => used.has(input.name ?? ''));
  return onnxProto.onnx.ModelProto.encode(model).finish();
}

function decode(bytes: Uint8Array, name: string): onnx.ModelProto {
  try {
    return onnxProto.onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw new GlimpseError('bad-model', `${name} is not an ONNX file: ${messageOf(error)}`, { cause: error });
  }
}

function freeInput(graph: onnx.IGraphProto, name: string, inputName: string, axes: FreeAxes): void {
  const input = graph.input?.find((candidate) => candidate.name === inputName);
  const dims = input?.type?.tensorType?.shape?.dim;
  ensure(dims, 'bad-model', `${name} has no input named ${inputName}`);
  for (const [axis, symbol] of Object.entries(axes)) {
    ensure(Number(axis) < dims.length, 'bad-model', `input ${inputName} of ${name} has no axis ${axis}`);
    dims[Number(axis)] = { dimParam: symbol };
  }
}

/** The nodes that the outputs need, in their order. */
function nodesBehind(nodes: onnx.INodeProto[], outputs: readonly string[], name: string): onnx.INodeProto[] {
  const needed = new Set<string>(outputs);
  const kept: onnx.INodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output?.some((output) => needed.has(output))) continue;
    for (const output of node.output) needed.delete(output);
    for (const input of node.input ?? []) needed.add(input);
    kept.push(node);
  }
  const missing = outputs.filter((output) => needed.has(output));
  ensure(missing.length === 0, 'bad-model', `${name} computes no tensor named ${missing.join(', ')}`);
  return kept.reverse();
}

function renameTensor(nodes: readonly onnx.INodeProto[], from: string, to: string): void {
  const renamed = (name: string): string => (name === from ? to : name);
  for (const node of nodes) {
    node.input = node.input?.map(renamed);
    node.output = node.output?.map(renamed);
  }
}
