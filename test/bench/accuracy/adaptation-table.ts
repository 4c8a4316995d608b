// The table of FaceBN: accuracy of one student under every camera and every way of adapting, as markdown rows.
//
//   node test/bench/accuracy/adaptation-table.ts <run or student file> [LFW folder] [cameras, or all] [faces to adapt to, or all]
//
// Cells are LR-LR / LR-HR in percent: cross-validated accuracy, without flip fusion, teacher on the full-resolution side.

import { enterEngineEnvironment } from '../../../src-main/cli/engine-environment.ts';
import { cacheFolder, openTeacherByName } from '../../../src-main/cli/engine-options.ts';
import { dataFolder } from '../../../src-main/common/files.ts';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import {
  adapt,
  DEFAULT_FACE_BN,
  type FaceBnSettings,
  type StatisticsByNorm,
} from '../../../src-main/engine/adaptation/face-bn.ts';
import { createEmbedder } from '../../../src-main/engine/embed.ts';
import { loadRuntime } from '../../../src-main/engine/runtime/load.ts';
import { textTable } from '../../../src-main/evaluation/report-lines.ts';
import { CAMERA_SHIFTS, type CameraShift } from '../../../src-main/imaging/camera-shift.ts';
import {
  embedDegraded,
  openEvaluationSet,
  teacherSide,
} from '../../../src-main/processes/jobs/evaluation-set.ts';
import { openStudent } from '../../../src-main/processes/jobs/student.ts';
import { type StatisticsChoice, shiftSet, verifySides } from '../../../src-main/processes/jobs/verify-job.ts';

enterEngineEnvironment();

const [model, root = '../shared/faces/lfw-dev', only = 'all', count = 'all'] = process.argv.slice(2);
const CAMERAS: readonly (CameraShift | 'unshifted')[] = ['unshifted', ...CAMERA_SHIFTS];
const CHOICES: readonly (readonly [string, StatisticsChoice])[] = [
  ['none', { kind: 'training' }],
  ...[0.1, 0.9].map((gamma) => {
    const settings = { ...DEFAULT_FACE_BN, mode: 'calibrated', gamma } as const;
    return [`γ = ${gamma}`, { kind: 'adapted', settings }] as const;
  }),
  ...[0.25, 0.5, 0.75, 1].map((lambda) => {
    const settings = { ...DEFAULT_FACE_BN, mode: 'pooled', lambda } as const;
    return [`λ = ${lambda}`, { kind: 'adapted', settings }] as const;
  }),
];

const runtime = loadRuntime();
const progress = ProgressToken.silent();
const student = await openStudent(runtime, model, {
  dataFolder: dataFolder(),
  callerFolder: process.cwd(),
  profile: null,
});
const { spec, teacherName } = student.trained.card;
const teacher = await openTeacherByName(teacherName ?? '');
const plain = await openEvaluationSet(
  {
    root,
    teacher,
    resolutionPx: spec.resolutionPx,
    cacheFolder: cacheFolder(),
    missingImages: 'refuse',
  },
  progress,
);
/** Statistics adapted to faces drawn at random, always the same ones. */
function adapted(pixels: Uint8Array, settings: FaceBnSettings): StatisticsByNorm {
  const bytes = spec.resolutionPx ** 2 * 3;
  const all = pixels.length / bytes;
  const wanted = count === 'all' ? all : Number(count);
  const order = Rng.seeded(1).shuffle(Int32Array.from({ length: all }, (_, face) => face));
  const chosen = order.slice(0, wanted).sort();
  const part = Buffer.concat(Array.from(chosen, (face) => pixels.subarray(face * bytes, (face + 1) * bytes)));
  return adapt(runtime, student.network, student.trained.statistics, part, settings, progress).statistics;
}

const rows: string[][] = [];
for (const camera of CAMERAS.filter((name) => only === 'all' || only.split(',').includes(name))) {
  const set = camera === 'unshifted' ? plain : await shiftSet(plain, camera);
  const cells = CHOICES.map(([, choice]) => {
    const profile =
      choice.kind === 'adapted' ? adapted(set.pixels.plain, choice.settings) : student.trained.statistics;
    const embedder = createEmbedder(runtime, student.trained, profile);
    const sides = { lr: embedDegraded(set, embedder, false), hr: teacherSide(set, false) };
    embedder.dispose();
    const results = verifySides(set, sides, ['lr-lr', 'lr-hr']).values();
    return [...results]
      .map(({ accuracy, bestThresholdAccuracy }) => ((accuracy ?? bestThresholdAccuracy) * 100).toFixed(2))
      .join(' / ');
  });
  rows.push([camera, ...cells]);
}
process.stdout.write(`${textTable(['camera', ...CHOICES.map(([name]) => name)], rows).join('\n')}\n`);
student.dispose();
await teacher.dispose();
