// A face model in an ONNX file, run by onnxruntime on one worker thread per core: the teacher.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { GlimpseError } from '../../common/errors.ts';
import { normalise } from '../../common/matrix.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { resizeBicubic } from '../../imaging/resample.ts';
import type { TeacherCard } from './teacher-card.ts';
import type {
  TeacherWorkerClose,
  TeacherWorkerData,
  TeacherWorkerReply,
  TeacherWorkerRequest,
} from './teacher-worker.ts';

/** Whatever gives full-resolution faces unit embeddings. */
export interface Teacher {
  readonly card: TeacherCard;
  /** Aligned faces of any one size → a unit embedding each, `card.embeddingSize` long. */
  embed(faces: readonly RgbImage[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** Opens the model in single-threaded sessions, one per core. Throws `bad-model` with the file's name. */
export async function openOnnxTeacher(modelPath: string, card: TeacherCard): Promise<Teacher> {
  const threads = Array.from({ length: availableParallelism() }, () => new TeacherThread(modelPath, card));
  try {
    await Promise.all(threads.map((thread) => thread.opened));
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.dispose()));
    throw error;
  }
  return new OnnxTeacher(threads, card);
}

class OnnxTeacher implements Teacher {
  readonly card: TeacherCard;
  readonly #threads: TeacherThread[];

  constructor(threads: TeacherThread[], card: TeacherCard) {
    this.#threads = threads;
    this.card = card;
  }

  async embed(faces: readonly RgbImage[]): Promise<Float32Array[]> {
    const { batchSize, isBatchFixed, embeddingSize } = this.card;
    const embeddings = new Array<Float32Array>(faces.length);
    let next = 0;
    const work = async (thread: TeacherThread): Promise<void> => {
      while (next < faces.length) {
        const first = next;
        next += batchSize;
        const batch = faces.slice(first, first + batchSize);
        const rows = isBatchFixed ? batchSize : batch.length;
        const values = await thread.run(pixelsOf(batch, rows, this.card), rows);
        for (let row = 0; row < batch.length; row++) {
          embeddings[first + row] = normalise(values.slice(row * embeddingSize, (row + 1) * embeddingSize));
        }
      }
    };
    await Promise.all(this.#threads.map(work));
    return embeddings;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.dispose()));
  }
}

/** One worker and the calls that wait for its answers. */
class TeacherThread {
  /** Settles once the model is open, or could not be opened. */
  readonly opened: Promise<unknown>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<
    number,
    { resolve: (output: Float32Array) => void; reject: (error: Error) => void }
  >();
  readonly #sizePx: number;
  #nextId = 0;
  #ended: Error | null = null;

  constructor(modelPath: string, card: TeacherCard) {
    this.#sizePx = card.inputSizePx;
    const workerData = {
      modelPath,
      inputName: card.inputName,
      outputName: card.outputName,
    } satisfies TeacherWorkerData;
    this.#worker = new Worker(new URL('./teacher-worker.ts', import.meta.url), { workerData });
    this.opened = new Promise((resolve, reject) => this.#waiting.set(-1, { resolve, reject }));
    this.#worker.on('message', (reply: TeacherWorkerReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('output' in reply) waiting?.resolve(reply.output);
      else
        waiting?.reject(new GlimpseError('bad-model', `onnxruntime cannot run ${modelPath}: ${reply.error}`));
    });
    this.#worker.on('error', (error) => this.#rejectAll(error as Error));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#ended = new Error(`the thread that runs ${modelPath} has ended`);
        this.#rejectAll(this.#ended);
        resolve();
      });
    });
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** [faces, 3, size, size] → the model's output, flat. Rejects when the thread has ended or ends before it answers. */
  run(input: Float32Array<ArrayBuffer>, faces: number): Promise<Float32Array> {
    const id = this.#nextId++;
    const request: TeacherWorkerRequest = { id, input, shape: [faces, 3, this.#sizePx, this.#sizePx] };
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) throw this.#ended;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request, [input.buffer]);
    });
  }

  async dispose(): Promise<void> {
    this.#worker.postMessage('close' satisfies TeacherWorkerClose);
    await this.#exited;
  }
}

/**
 * Interleaved RGB bytes → planes of (value − mean) / scale, in the channel order the model wants: [rows, 3, size, size].
 * Rows beyond the faces stay 0.
 */
function pixelsOf(faces: readonly RgbImage[], rows: number, card: TeacherCard): Float32Array<ArrayBuffer> {
  const { inputSizePx, pixelMean, pixelScale, channelOrder } = card;
  const planeSize = inputSizePx * inputSizePx;
  const target = new Float32Array(rows * 3 * planeSize);
  faces.forEach((face, index) => {
    const { data } = resizeBicubic(face, inputSizePx, inputSizePx);
    for (let plane = 0; plane < 3; plane++) {
      const channel = channelOrder === 'rgb' ? plane : 2 - plane;
      const offset = (index * 3 + plane) * planeSize;
      for (let pixel = 0; pixel < planeSize; pixel++) {
        target[offset + pixel] = (data[pixel * 3 + channel] - pixelMean) / pixelScale;
      }
    }
  });
  return target;
}
