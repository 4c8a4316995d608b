// A worker thread with one onnxruntime session: onnxruntime-node computes on the thread that calls it.

import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { assert } from '../../common/assert.ts';
import { messageOf } from '../../common/errors.ts';

/** What the thread is started with. */
export interface TeacherWorkerData {
  readonly modelPath: string;
  readonly inputName: string;
  readonly outputName: string;
}

/** One batch: planes of float pixels, [batch, 3, size, size]. */
export interface TeacherWorkerRequest {
  readonly id: number;
  readonly input: Float32Array;
  readonly shape: readonly number[];
}

/** The thread's last message: it releases the session and ends. To end it from outside in the middle of a call into onnxruntime aborts the process. */
export type TeacherWorkerClose = 'close';

/** `id` −1 answers the opening of the model. */
export type TeacherWorkerReply =
  | { readonly id: number; readonly output: Float32Array }
  | { readonly id: number; readonly error: string };

const port = parentPort;
assert(port !== null, 'teacher-worker runs as a worker thread');
const { modelPath, inputName, outputName } = workerData as TeacherWorkerData;

function reply(message: TeacherWorkerReply): void {
  port?.postMessage(message, 'output' in message ? [message.output.buffer as ArrayBuffer] : []);
}

async function openSession(): Promise<InferenceSession | null> {
  try {
    const session = await InferenceSession.create(modelPath, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // 'all' adds a blocked layout that measured three times slower than 'extended' (EXPERIMENTS.md).
      graphOptimizationLevel: 'extended',
    });
    reply({ id: -1, output: new Float32Array(0) });
    return session;
  } catch (error) {
    reply({ id: -1, error: messageOf(error) });
    return null;
  }
}

async function embed(session: InferenceSession, request: TeacherWorkerRequest): Promise<void> {
  try {
    const outputs = await session.run({ [inputName]: new Tensor('float32', request.input, request.shape) });
    reply({ id: request.id, output: Float32Array.from(outputs[outputName].data as Float32Array) });
  } catch (error) {
    reply({ id: request.id, error: messageOf(error) });
  }
}

async function close(session: InferenceSession): Promise<void> {
  await session.release();
  port?.close();
}

const session = await openSession();
if (session === null) port.close();
else
  port.on('message', (message: TeacherWorkerRequest | TeacherWorkerClose) => {
    void (message === 'close' ? close(session) : embed(session, message));
  });
