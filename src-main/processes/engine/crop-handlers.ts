// Stored crops of a gallery in the engine: embedded, and calibrated on. The engine reads them itself, each checked against its
// digest, so that no picture crosses the host.

import { join } from 'node:path';
import { sha256OfFile } from '../../common/files.ts';
import { readWhole } from '../../common/tensor-file.ts';
import type { LineFigure } from '../../contract/figures.ts';
import type { FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import { layerShifts, type ProfileFile, parseProfile } from '../../engine/adaptation/profile-file.ts';
import { loadNetwork } from '../../engine/models/student-file.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { CropStore } from '../../gallery/db/crops.ts';
import type { WantedSpace } from '../../gallery/enrol/import-spaces.ts';
import { faceBnFigures } from '../../reports/benchmark/figures.ts';
import { calibrateProfile } from '../enrolment/calibrate-job.ts';
import { embedStored } from '../enrolment/stored-crops.ts';
import { findStudentFile, openStudent } from '../jobs/student.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { EngineService } from './engine-service.ts';
import type { OpenModels, ProbeModel } from './open-models.ts';

interface Method<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}

/** Crops by their digest (SHA-256, hex), and the folder that they lie in. */
interface StoredCrops {
  readonly cropsFolder: string;
  readonly crops: readonly string[];
}

/** Part of the engine's service. */
export type CropMethods = {
  /** The space that a model's embeddings belong to, and its profile as a gallery keeps it. */
  readonly spaceOf: Method<ProbeModel, WantedSpace>;
  readonly embedCrops: Method<
    StoredCrops & { readonly model: ProbeModel },
    { readonly vectors: readonly Float32Array[] }
  >;
  /** A FaceBN profile from crops; the same student, crops and settings give the one that is there already. */
  readonly calibrate: Method<
    StoredCrops & {
      readonly gallery: string;
      readonly camera: string | null;
      readonly student: string;
      readonly settings: FaceBnSettings;
    },
    { readonly profile: ProfileFile; readonly faces: number }
  >;
  /** What a profile did to each layer of its student, as charts. */
  readonly profileLayers: Method<
    { readonly student: string; readonly profile: ProfileFile },
    readonly LineFigure[]
  >;
};

export function cropHandlers(
  dataFolder: string,
  models: OpenModels,
): Pick<Handlers<EngineService>, keyof CropMethods> {
  const folders = { dataFolder, callerFolder: dataFolder, profile: null };
  return {
    spaceOf: (model) => models.use(model, async ({ space, profile }) => ({ space, profile })),
    embedCrops: ({ cropsFolder, crops, model }) =>
      models.use(model, async (embedder) => ({
        vectors: await embedStored(new CropStore(cropsFolder), embedder)(crops),
      })),
    calibrate: async ({ gallery, camera, cropsFolder, crops: digests, student, settings }, progress) => {
      const runtime = loadRuntime();
      const opened = await openStudent(runtime, student, folders);
      try {
        const source = { gallery, camera, crops: new CropStore(cropsFolder), digests };
        const plan = { settings, profilesFolder: join(dataFolder, 'profiles'), createdAt: new Date() };
        const { path, faces } = await calibrateProfile(runtime, opened, source, plan, progress);
        return { profile: { name: path, content: await readWhole(path) }, faces };
      } finally {
        opened.dispose();
      }
    },
    profileLayers: async ({ student, profile }) => {
      const path = await findStudentFile(student, dataFolder, dataFolder);
      const [trained, digest] = [await loadNetwork(path), await sha256OfFile(path)];
      const parsed = parseProfile(profile, trained, digest);
      const { mode, lambda, gamma } = parsed.header.settings;
      const name = `${student}, ${mode === 'pooled' ? `pooled, λ = ${lambda}` : `calibrated, γ = ${gamma}`}`;
      return faceBnFigures(name, layerShifts(trained.statistics, parsed));
    },
  };
}
