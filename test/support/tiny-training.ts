// A training run small enough for tests: 48 faces of 8 identities, random teacher, three views, mined relations.

import { matrix, normaliseRows } from '../../src-main/common/matrix.ts';
import { ProgressToken } from '../../src-main/common/progress.ts';
import { Rng } from '../../src-main/common/rng.ts';
import { mineRelations } from '../../src-main/engine/mining/mine.ts';
import type { Runtime } from '../../src-main/engine/runtime/load.ts';
import type { View } from '../../src-main/engine/teacher/view-cache.ts';
import type { TrainingData } from '../../src-main/engine/training/batches.ts';
import type { TrainingEvent } from '../../src-main/engine/training/events.ts';
import { presetSettings, type TrainingSettings } from '../../src-main/engine/training/settings.ts';
import type { TrainingJob } from '../../src-main/engine/training/train.ts';

const FACES = 48;
const IDENTITIES = 8;
const EMBEDDING_SIZE = 16;
const RESOLUTION_PX = 16;
const NEGATIVES = 6;

/** Twelve steps an epoch, every term on, checkpoints at each epoch's end only. */
export function tinySettings(changes: Partial<TrainingSettings> = {}): TrainingSettings {
  const ours = presetSettings('ours');
  return {
    ...ours,
    network: { ...ours.network, widthFactor: 1 / 32, embeddingSize: EMBEDDING_SIZE },
    relation: { ...ours.relation, negatives: NEGATIVES, relationSize: 8 },
    schedule: {
      ...ours.schedule,
      epochs: 2,
      batchSize: 4,
      learningRate: 0.01,
      decayAtEpochs: [1],
      largestGradientNorm: 50,
    },
    checkpointEverySteps: 1000,
    ...changes,
  };
}

/** Faces of one identity resemble each other, in pixels and in the teacher's embeddings. */
export async function tinyData(runtime: Runtime): Promise<TrainingData> {
  const labels = Int32Array.from({ length: FACES }, (_, face) => face % IDENTITIES);
  const views = [0, 1, 2].map((view) => drawView(labels, view));
  const mined = await mineRelations(
    runtime.tf,
    matrix(views[0].embeddings, EMBEDDING_SIZE),
    labels,
    { negatives: NEGATIVES, sampling: 'hard', seed: 1, positivesCap: 16 },
    ProgressToken.silent(),
  );
  return {
    labels,
    classes: IDENTITIES,
    views,
    resolutionPx: RESOLUTION_PX,
    embeddingSize: EMBEDDING_SIZE,
    mined,
  };
}

function drawView(labels: Int32Array, view: number): View {
  const pixelCount = RESOLUTION_PX ** 2 * 3;
  const embeddings = new Float32Array(FACES * EMBEDDING_SIZE);
  const pixels = new Uint8Array(FACES * pixelCount);
  labels.forEach((label, face) => {
    const shared = Rng.seeded(1, label);
    const own = Rng.seeded(2, face, view);
    for (let at = 0; at < EMBEDDING_SIZE; at++)
      embeddings[face * EMBEDDING_SIZE + at] = shared.normal() + 0.5 * own.normal();
    for (let at = 0; at < pixelCount; at++)
      pixels[face * pixelCount + at] = (shared.int(256) + own.int(256)) / 2;
  });
  normaliseRows(matrix(embeddings, EMBEDDING_SIZE));
  return { embeddings, pixels };
}

/** A job from the start, without validation and deaf to cancellation, unless changed. */
export function tinyJob(
  data: TrainingData,
  runFolder: string,
  changes: Partial<TrainingJob> = {},
): TrainingJob {
  return {
    settings: tinySettings(),
    data,
    dataFingerprint: 'faces',
    teacherDigest: 'teacher',
    runFolder,
    resumeFrom: null,
    validate: null,
    signal: new AbortController().signal,
    onEvent: () => {},
    ...changes,
  };
}

/** Events without what depends on the machine: speeds, times, memory, paths. */
export function comparable(events: readonly TrainingEvent[]): object[] {
  return events.map((event) => {
    if (event.kind === 'step') return { ...event, imagesPerSecond: null, etaSeconds: null, rssMb: null };
    if (event.kind === 'epoch') return { ...event, imagesPerSecond: null, seconds: null, rssMb: null };
    if (event.kind === 'checkpoint') return { ...event, path: null };
    return event;
  });
}
