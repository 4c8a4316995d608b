// The dry run of an import: reads a model's shapes, embeds two pictures and checks what comes out.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ensure, GlimpseError, messageOf } from '../../common/errors.ts';
import { Rng } from '../../common/rng.ts';
import type { TeacherCard } from './teacher-card.ts';

/** What a file does not say of itself. */
export interface TeacherChoices {
  readonly channelOrder: 'rgb' | 'bgr';
  readonly pixelMean: number;
  readonly pixelScale: number;
}

export type TeacherProbe = TeacherChoices &
  Pick<TeacherCard, 'inputName' | 'outputName' | 'inputSizePx' | 'embeddingSize' | 'batchSize'>;

/** Faces per call where the file leaves the batch free: four ran at full speed, more only held more memory. */
const FREE_BATCH = 4;
const FREE_SIZE_PX = 112;

/** Throws `bad-model`, naming the rule, what was found and the file as `name`. */
export async function probeTeacher(
  modelPath: string,
  choices: TeacherChoices,
  name = modelPath,
): Promise<TeacherProbe> {
  const refuse = (reason: string) =>
    new GlimpseError('bad-model', `${name} cannot be a teacher: ${reason.replace(/\s+/g, ' ')}`);
  const session = await InferenceSession.create(modelPath, { graphOptimizationLevel: 'extended' }).catch(
    (error) => {
      throw refuse(`onnxruntime cannot read it (${messageOf(error)})`);
    },
  );
  try {
    if (session.inputNames.length !== 1)
      throw refuse(`it has ${session.inputNames.length} inputs, one image is expected`);
    const input = session.inputMetadata[0];
    const shape = input.isTensor ? input.shape : [];
    const shown = `[${shape.join(', ')}]`;
    const isImage = input.isTensor && input.type === 'float32' && shape.length === 4 && shape[1] === 3;
    if (!isImage) throw refuse(`its input is ${shown}, expected float32 [batch, 3, size, size]`);
    if (shape[2] !== shape[3]) throw refuse(`its input ${shown} is not square`);
    const inputSizePx = typeof shape[2] === 'number' ? shape[2] : FREE_SIZE_PX;
    const batchSize = typeof shape[0] === 'number' ? shape[0] : FREE_BATCH;
    const first = await embedNoise(session, batchSize, inputSizePx, 1).catch((error) => {
      throw refuse(`it fails on an image of ${inputSizePx} px (${messageOf(error)})`);
    });
    const second = await embedNoise(session, batchSize, inputSizePx, 2);
    const embeddingSize = first.length / batchSize;
    if (!Number.isInteger(embeddingSize) || embeddingSize < 32 || embeddingSize > 4096) {
      throw refuse(
        `its output has ${first.length} numbers for ${batchSize} faces, expected an embedding of 32 to 4096 each`,
      );
    }
    if (!first.every(Number.isFinite)) throw refuse('its output holds numbers that are not finite');
    if (first.every((value, index) => value === second[index]))
      throw refuse('its output does not depend on the image');
    const [inputName, outputName] = [session.inputNames[0], session.outputNames[0]];
    return { ...choices, inputName, outputName, inputSizePx, embeddingSize, batchSize };
  } finally {
    await session.release();
  }
}

async function embedNoise(
  session: InferenceSession,
  batch: number,
  sizePx: number,
  seed: number,
): Promise<Float32Array> {
  const rng = Rng.seeded(seed);
  const values = Float32Array.from({ length: batch * 3 * sizePx ** 2 }, () => rng.uniform(-1, 1));
  const outputs = await session.run({
    [session.inputNames[0]]: new Tensor('float32', values, [batch, 3, sizePx, sizePx]),
  });
  const output = outputs[session.outputNames[0]];
  ensure(output.type === 'float32', 'bad-model', `the model's output is ${output.type}, expected float32`);
  return output.data as Float32Array;
}
