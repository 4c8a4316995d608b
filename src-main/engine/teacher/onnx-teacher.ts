// A face model in an ONNX file, run by onnxruntime: the teacher.

import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import { normalise } from '../../common/matrix.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { resizeBicubic } from '../../imaging/resample.ts';
import type { TeacherCard } from './teacher-card.ts';

/** Whatever gives full-resolution faces unit embeddings. */
export interface Teacher {
  readonly card: TeacherCard;
  /** Aligned faces of any one size → a unit embedding each, `card.embeddingSize` long. */
  embed(faces: readonly RgbImage[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** Opens the model in as many single-threaded sessions as there are cores: that ran faster than one wide session. */
export async function openOnnxTeacher(modelPath: string, card: TeacherCard): Promise<Teacher> {
  const sessions = await openSessions(modelPath, availableParallelism());
  return new OnnxTeacher(sessions, card);
}

async function openSessions(modelPath: string, count: number): Promise<InferenceSession[]> {
  try {
    const open = () =>
      InferenceSession.create(modelPath, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        // 'all' adds a blocked layout that measured three times slower than 'extended' (EXPERIMENTS.md).
        graphOptimizationLevel: 'extended',
      });
    return await Promise.all(Array.from({ length: count }, open));
  } catch (error) {
    throw new GlimpseError(
      'bad-model',
      `${modelPath} is not a model onnxruntime can run: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

class OnnxTeacher implements Teacher {
  readonly card: TeacherCard;
  readonly #sessions: InferenceSession[];

  constructor(sessions: InferenceSession[], card: TeacherCard) {
    this.#sessions = sessions;
    this.card = card;
  }

  async embed(faces: readonly RgbImage[]): Promise<Float32Array[]> {
    const embeddings = new Array<Float32Array>(faces.length);
    let next = 0;
    const work = async (session: InferenceSession): Promise<void> => {
      while (next < faces.length) {
        const first = next;
        next += this.card.batchSize;
        const batch = faces.slice(first, next);
        const rows = await this.#embedBatch(session, batch);
        rows.forEach((row, offset) => {
          embeddings[first + offset] = row;
        });
      }
    };
    await Promise.all(this.#sessions.map(work));
    return embeddings;
  }

  async #embedBatch(session: InferenceSession, faces: readonly RgbImage[]): Promise<Float32Array[]> {
    const { inputName, outputName, inputSizePx, embeddingSize } = this.card;
    const planeSize = inputSizePx * inputSizePx;
    const input = new Float32Array(faces.length * 3 * planeSize);
    faces.forEach((face, index) => {
      writePixels(face, this.card, input.subarray(index * 3 * planeSize, (index + 1) * 3 * planeSize));
    });
    const shape = [faces.length, 3, inputSizePx, inputSizePx];
    const outputs = await session.run({ [inputName]: new Tensor('float32', input, shape) });
    const values = outputs[outputName].data as Float32Array;
    return faces.map((_, row) => normalise(values.slice(row * embeddingSize, (row + 1) * embeddingSize)));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.release()));
  }
}

/** Interleaved RGB bytes → planes of (value − mean) / scale, in the channel order the model wants. */
function writePixels(face: RgbImage, card: TeacherCard, target: Float32Array): void {
  const { data } = resizeBicubic(face, card.inputSizePx, card.inputSizePx);
  const planeSize = card.inputSizePx * card.inputSizePx;
  const { pixelMean, pixelScale } = card;
  for (let plane = 0; plane < 3; plane++) {
    const channel = card.channelOrder === 'rgb' ? plane : 2 - plane;
    for (let pixel = 0; pixel < planeSize; pixel++) {
      target[plane * planeSize + pixel] = (data[pixel * 3 + channel] - pixelMean) / pixelScale;
    }
  }
}
