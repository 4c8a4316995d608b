// Our own Node-API module for students (engine/native/student), compiled by set-up beside TensorFlow's binding.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A student's packed weights, on the other side. */
export type StudentHandle = object & { readonly brand: unique symbol };

export interface StudentModule {
  /** The instruction set it uses here: AVX-512, AVX2, or baseline. */
  readonly kernel: string;
  /** Packs weights; throws where they are not those of the program. */
  open(program: Int32Array, weights: Float32Array): StudentHandle;
  /** Frees them, at once or when the batches on their way have arrived. */
  close(student: StudentHandle): void;
  /** [B · size · size · 3] → [B · D] unit rows, on all threads while the caller waits. */
  embedNow(student: StudentHandle, pixels: Float32Array): Float32Array<ArrayBuffer>;
  /** The same while the caller goes on. */
  embed(student: StudentHandle, pixels: Float32Array): Promise<Float32Array<ArrayBuffer>>;
}

/** Null where set-up has not compiled it. */
export function loadStudentModule(): StudentModule | null {
  const require = createRequire(import.meta.url);
  try {
    const packageFolder = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
    return require(join(packageFolder, 'lib', 'napi-v8', 'glimpse_student.node')) as StudentModule;
  } catch {
    return null;
  }
}
