// The part of WebAssembly's JavaScript interface that the kernels use: Node's types leave it out, the DOM library has it.

declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
  }

  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  /** Shared memory: its buffer is a SharedArrayBuffer, and a clone of it on another thread is the same memory. */
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
  }

  type BufferSource = Uint8Array<ArrayBuffer>;
}
