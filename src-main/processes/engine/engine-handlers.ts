// The engine's methods, each handed to the job that does it.

import { join } from 'node:path';
import { cacheFolderOf } from '../../common/files.ts';
import { readVersion } from '../../common/version.ts';
import type { TrainingEvent } from '../../contract/training.ts';
import { expectedDevice } from '../../engine/runtime/device.ts';
import { examineEngine } from '../../engine/runtime/doctor.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { importTeacher } from '../../engine/teacher/teacher-store.ts';
import { presetSettings } from '../../engine/training/settings.ts';
import { runAdaptation } from '../jobs/adapt-job.ts';
import { branchRun } from '../jobs/branch-run.ts';
import { runExport } from '../jobs/export-job.ts';
import { findStudentFile, openStudent } from '../jobs/student.ts';
import type { Handlers } from '../rpc/methods.ts';
import { drawSample, drawSampleProbe } from '../sample/draw-sample.ts';
import { readClip } from '../search/read-clip.ts';
import { benchmarkHandlers } from './benchmark-handlers.ts';
import { checkPace } from './check-pace.ts';
import { checkData } from './checks.ts';
import { cropHandlers } from './crop-handlers.ts';
import type { EngineService } from './engine-service.ts';
import { FrameReader } from './frame-reader.ts';
import { drawMinedSamples } from './mined-samples.ts';
import { listModels } from './model-list.ts';
import { OpenModels } from './open-models.ts';
import { embedPictures, spacesOf } from './picture-embedder.ts';
import { ProbeEmbedder } from './probe-embedder.ts';
import { readReference } from './reference-reader.ts';
import { listRunRows, readRunDetail } from './run-views.ts';
import { drawSamples } from './samples.ts';
import { planSource } from './source-plan.ts';
import { trainRun } from './train-run.ts';
import { verifyStudent } from './verify-student.ts';

export interface EngineContext {
  readonly dataFolder: string;
  readonly onTrainingEvent: (run: string, event: TrainingEvent) => void;
}

export function createEngineHandlers(context: EngineContext): Handlers<EngineService> {
  const { dataFolder } = context;
  const profilesFolder = join(dataFolder, 'profiles');
  const open = new OpenModels(dataFolder);
  const probes = new ProbeEmbedder(open);
  const frames = new FrameReader(open);
  return {
    hello: () => expectedDevice(process.env),
    doctor: async (_, progress) => ({
      nodeVersion: process.versions.node,
      ...(await examineEngine(loadRuntime(), progress)),
    }),
    presets: () => ({
      paper: presetSettings('paper'),
      quick: presetSettings('quick'),
      ours: presetSettings('ours'),
      teacher: presetSettings('teacher'),
    }),
    checkData: (plan, progress) => checkData(plan, dataFolder, progress),
    checkPace: (question, progress) => checkPace(loadRuntime(), question, dataFolder, progress),
    samples: ({ data, settings, draw }) => drawSamples(data, settings, draw, cacheFolderOf(dataFolder)),
    minedSamples: ({ run, draw }) => drawMinedSamples(dataFolder, run, draw),
    train: (request, progress) => trainRun(loadRuntime(), request, context, progress),
    branch: async (request) => {
      await branchRun(dataFolder, request);
      return null;
    },
    runs: () => listRunRows(dataFolder),
    run: ({ run }) => readRunDetail(dataFolder, run),
    models: () => listModels(dataFolder),
    importTeacher: async (request) => {
      const { card } = await importTeacher(dataFolder, request);
      return { name: card.name };
    },
    export: async ({ student, file, profile }) => {
      const studentPath = await findStudentFile(student, dataFolder, dataFolder);
      const profilePath = profile === null ? null : join(profilesFolder, `${profile}.glimpse`);
      return runExport({ studentPath, outPath: file, profilePath, glimpseVersion: readVersion() });
    },
    verify: (request, progress) => verifyStudent(request, dataFolder, progress),
    adapt: async ({ student, data, settings }, progress) => {
      const runtime = loadRuntime();
      const folders = { dataFolder, callerFolder: dataFolder, profile: null };
      const opened = await openStudent(runtime, student, folders);
      try {
        return await runAdaptation(
          runtime,
          { student: opened, root: data, settings, outPath: null, profilesFolder },
          progress,
        );
      } finally {
        opened.dispose();
      }
    },
    ...benchmarkHandlers(dataFolder),
    ...cropHandlers(dataFolder, open),
    drawSample: (_, progress) => drawSample(dataFolder, progress),
    drawSampleProbe: ({ at }) => drawSampleProbe(at),
    readClip: (request, progress) => readClip(open, request, progress),
    embed: (request) => probes.embed(request),
    spacesOf: ({ models }) => spacesOf(open, models),
    planSource: (request, progress) => planSource(open, request, progress),
    embedPictures: (batch, progress) => embedPictures(open, batch, progress),
    readReference: (request, progress) => readReference(open, request, progress),
    readFrames: (request, progress) => frames.read(request, progress),
    endFrames: async () => {
      await frames.close();
      return null;
    },
  };
}
