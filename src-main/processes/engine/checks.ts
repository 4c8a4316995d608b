// What a training will meet, found out before it starts: data and disk.

import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProgressToken } from '../../common/progress.ts';
import { medianOf } from '../../common/statistics.ts';
import type { DataCheck } from '../../contract/training.ts';
import type { TrainingSettings } from '../../contract/training-settings.ts';
import { scanIdentityFolders } from '../../datasets/identity-folders.ts';
import { describePairsLeftOut, readLfwPairs } from '../../datasets/lfw.ts';
import { planNetwork, planParameters } from '../../engine/models/plan.ts';
import { PLAIN_VIEWS } from '../../imaging/views.ts';
import type { TrainingPlan } from './engine-service.ts';

const FLOAT_BYTES = 4;
/** Weights and their momentum, in `last` and in `best`. */
const COPIES_OF_WEIGHTS = 4;
const FEW_IDENTITIES = 100;

/** Throws `not-found` and `bad-dataset`, each naming folder and rule. */
export async function checkData(
  { data, validation, teacher, settings }: TrainingPlan,
  dataFolder: string,
  progress: ProgressToken,
): Promise<DataCheck> {
  const { dataset, leftOut } = await scanIdentityFolders(data);
  progress.throwIfCancelled();
  const counts = new Map<number, number>();
  for (const label of dataset.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const images = dataset.paths.length;
  const identities = dataset.identities.length;
  const positives = Float64Array.from(dataset.labels, (label) => (counts.get(label) ?? 1) - 1);
  const lfw = validation === null ? null : await readLfwPairs(validation, { missingImages: 'refuse' });
  const neededBytes = viewBytes(images, settings, teacher !== null) + checkpointBytes(settings, identities);
  const freeBytes = await freeDiskBytes(dataFolder);
  const identitiesWithOneImage = [...counts.values()].filter((count) => count === 1).length;
  return {
    identities,
    images,
    identitiesWithOneImage,
    positivesPerFace: medianOf([...positives]),
    leftOut: leftOut.length,
    validationPairs: lfw?.pairs.length ?? null,
    neededBytes,
    freeBytes,
    teacherFaces: teacher === null ? 0 : images * viewCount(settings),
    warnings: [
      ...(neededBytes > freeBytes ? ['There is not enough space on the disk.'] : []),
      ...(identities < FEW_IDENTITIES
        ? [`${identities} identities are few: a student learns to tell people apart from many.`]
        : []),
      ...(settings.relation.isOn && identitiesWithOneImage === identities
        ? ['Every identity has one image, so the relation term has no positives.']
        : []),
      ...(images < settings.schedule.batchSize
        ? [`The batch of ${settings.schedule.batchSize} is larger than the ${images} images there are.`]
        : []),
      ...[lfw === null ? null : describePairsLeftOut(lfw)].filter((line) => line !== null),
    ],
  };
}

function viewCount({ teacherViews }: TrainingSettings): number {
  return PLAIN_VIEWS + teacherViews - 1;
}

function viewBytes(images: number, settings: TrainingSettings, isTaught: boolean): number {
  const { resolutionPx, embeddingSize } = settings.network;
  const embedding = isTaught ? embeddingSize * FLOAT_BYTES : 0;
  return images * viewCount(settings) * (resolutionPx ** 2 * 3 + embedding);
}

function checkpointBytes(settings: TrainingSettings, identities: number): number {
  const sizes = planParameters(planNetwork(settings.network)).map(({ shape }) =>
    shape.reduce((product, extent) => product * extent, 1),
  );
  const head = settings.classification.isOn ? identities * settings.network.embeddingSize : 0;
  const weights = sizes.reduce((sum, size) => sum + size, head);
  return weights * FLOAT_BYTES * COPIES_OF_WEIGHTS;
}

async function freeDiskBytes(folder: string): Promise<number> {
  const existing = existsSync(folder) ? folder : dirname(folder);
  if (!existsSync(existing)) return freeDiskBytes(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}
