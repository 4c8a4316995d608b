// What imaging asks of a neural network: named float tensors in, named float tensors out. Whoever owns a runtime supplies it.

/** Row-major float32 values; the product of `dims` is `data.length`. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A network ready to run. Calls may overlap; each returns fresh tensors. */
export interface TensorModel {
  run(inputs: NamedTensors): Promise<NamedTensors>;
}
