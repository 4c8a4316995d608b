// What a training will take, measured before it starts: ten steps, and the teacher on a few faces.

import { cacheFolderOf } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import type { PaceCheck } from '../../contract/training.ts';
import { readLfwPairs } from '../../datasets/lfw.ts';
import { createFoldedEmbedder } from '../../engine/embed.ts';
import { planNetwork } from '../../engine/models/plan.ts';
import { randomFoldedNetwork } from '../../engine/models/random-folded-network.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { ALIGNED_SIZE_PX } from '../../engine/teacher/view-cache.ts';
import { benchTrainingStep } from '../../engine/training/bench-step.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { countFacesToEmbed } from '../jobs/preparation.ts';
import { openTeacher } from '../jobs/teachers.ts';
import type { PaceQuestion, TrainingPlan } from './engine-service.ts';

const MEASURED_STEPS = 10;
const MOST_MEASURED_FACES = 12_678;
/** The first batch warms the teacher up. */
const TEACHER_BATCHES = [32, 64];
const EMBEDDED_FACES = 256;
const SEED = 5;

/**
 * With these settings, and as many classes as there are identities, on made-up faces; what the teacher has seen already costs
 * nothing. Throws what the check of the data throws, and `cancelled`.
 */
export async function checkPace(
  runtime: Runtime,
  { images, identities, plan }: PaceQuestion,
  dataFolder: string,
  progress: ProgressToken,
): Promise<PaceCheck> {
  const { settings } = plan;
  const faces = Math.max(Math.min(images, MOST_MEASURED_FACES), settings.schedule.batchSize);
  const bench = benchTrainingStep(runtime, {
    settings,
    faces,
    classes: Math.min(identities, faces),
    warmUpSteps: 2,
    steps: MEASURED_STEPS,
  });
  return {
    imagesPerSecond: bench.imagesPerSecond,
    secondsPerEpoch: images / bench.imagesPerSecond + (await validationSeconds(runtime, plan)),
    preparationSeconds: await preparationSeconds(plan, dataFolder, progress),
    rssMb: bench.peakRssMb,
  };
}

/** Each image is embedded once, as a network of these settings embeds. */
async function validationSeconds(runtime: Runtime, { validation, settings }: TrainingPlan): Promise<number> {
  if (validation === null) return 0;
  const { images } = await readLfwPairs(validation, { missingImages: 'refuse' });
  const network = randomFoldedNetwork(planNetwork(settings.network), Rng.seeded(SEED));
  const embedder = createFoldedEmbedder(runtime, network, settings.network.embeddingSize);
  try {
    const pixels = new Uint8Array(EMBEDDED_FACES * 3 * settings.network.resolutionPx ** 2);
    embedder.embedNow(pixels);
    const startedMs = performance.now();
    embedder.embedNow(pixels);
    const secondsPerImage = (performance.now() - startedMs) / 1000 / EMBEDDED_FACES;
    return (images.length * secondsPerImage) / settings.validateEveryEpochs;
  } finally {
    embedder.dispose();
  }
}

async function preparationSeconds(
  { data, validation, teacher: name, settings }: TrainingPlan,
  dataFolder: string,
  progress: ProgressToken,
): Promise<number> {
  if (name === null) return 0;
  const teacher = await openTeacher(dataFolder, name);
  try {
    const question = { dataRoot: data, validationRoot: validation, settings, teacher: teacher.card };
    const faces = await countFacesToEmbed({ ...question, cacheFolder: cacheFolderOf(dataFolder) }, progress);
    return faces === 0 ? 0 : faces * (await secondsPerFace(teacher));
  } finally {
    await teacher.dispose();
  }
}

async function secondsPerFace(teacher: Teacher): Promise<number> {
  let seconds = 0;
  for (const count of TEACHER_BATCHES) {
    const faces = Array.from({ length: count }, (_, face) => noiseFace(face));
    const startedMs = performance.now();
    await teacher.embed(faces);
    seconds = (performance.now() - startedMs) / 1000 / count;
  }
  return seconds;
}

function noiseFace(number: number): RgbImage {
  const rng = Rng.seeded(SEED, number);
  const data = Uint8Array.from({ length: ALIGNED_SIZE_PX ** 2 * 3 }, () => rng.int(256));
  return { width: ALIGNED_SIZE_PX, height: ALIGNED_SIZE_PX, data };
}
