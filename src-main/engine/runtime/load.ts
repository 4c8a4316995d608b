// Loads TensorFlow through tfjs-node-gpu's binding, which `npm run setup` has bound to a current libtensorflow.

import { createRequire } from 'node:module';
import util from 'node:util';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import { NativeOps } from './native-ops.ts';
import { loadStudentModule, type StudentModule } from './student-module.ts';

export type Tf = typeof TensorFlow;

/** TensorFlow as the engine uses it: the tfjs namespace and the native operations that tfjs does not name. */
export interface Runtime {
  readonly tf: Tf;
  readonly ops: NativeOps;
  /** What embeds by students on a CPU; null on a GPU, where TensorFlow does. */
  readonly students: StudentModule | null;
}

/** Loads the binding once per process (Node caches the module). Throws `missing-runtime` naming the mend. */
export function loadRuntime(): Runtime {
  // tfjs-node calls a helper that Node 23 removed, and one whose use prints a warning.
  const legacyUtil = util as {
    isNullOrUndefined?: (value: unknown) => boolean;
    isArray: (value: unknown) => boolean;
  };
  legacyUtil.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacyUtil.isArray = Array.isArray;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as Tf;
    tf.enableProdMode();
    const ops = new NativeOps(tf);
    return { tf, ops, students: ops.backend.isUsingGpuDevice ? null : loadStudentModule() };
  } catch (error) {
    const reason = messageOf(error).split('\n')[0];
    throw new GlimpseError('missing-runtime', `TensorFlow is not set up (${reason}): run \`npm run setup\``, {
      cause: error,
    });
  }
}
