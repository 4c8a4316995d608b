// The face detector and landmark networks of npm `faceplugin-face-recognition-js` (MIT), opened for imaging.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlimpseError, systemCode } from '../../common/errors.ts';
import { editOnnx } from './edit.ts';
import { type OnnxModel, type OnnxOptions, openOnnxModel } from './session.ts';

const PACKAGE = 'faceplugin-face-recognition-js';
const DETECTOR_FILE = 'fr_detect.onnx';
const LANDMARKS_FILE = 'fr_landmark.onnx';
/** The inner tensor of the detector that holds its regressions, before they are decoded for 320×240. */
const REGRESSIONS_TENSOR = '462';

export interface FaceModels {
  /** `input` [N, 3, H, W] → `scores` [N, P, 2], `regressions` [N, P, 4], for any H and W. */
  readonly detector: OnnxModel;
  /** `input` [N, 1, 64, 64] → `output` [N, 136]. */
  readonly landmarks: OnnxModel;
  dispose(): Promise<void>;
}

/** The folder of the package's ONNX files. Throws `missing-runtime` when it is not installed. */
export function faceModelsFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'model');
  } catch (error) {
    throw new GlimpseError(
      'missing-runtime',
      `the npm package ${PACKAGE} is not installed: run npm run setup`,
      {
        cause: error,
      },
    );
  }
}

/** Opens both networks from a folder; the caller disposes of them. */
export async function openFaceModels(folder: string, options: OnnxOptions = {}): Promise<FaceModels> {
  const detector = await openDetector(join(folder, DETECTOR_FILE), options);
  const landmarks = await openLandmarks(join(folder, LANDMARKS_FILE), options);
  return {
    detector,
    landmarks,
    dispose: async () => {
      await detector.dispose();
      await landmarks.dispose();
    },
  };
}

async function openDetector(path: string, options: OnnxOptions): Promise<OnnxModel> {
  const edited = editOnnx(await readModel(path), path, {
    freeAxes: { input: { 0: 'batch', 2: 'height', 3: 'width' } },
    outputs: { scores: 'scores', regressions: REGRESSIONS_TENSOR },
  });
  return openOnnxModel(edited, path, { graphOptimizationLevel: 'all', ...options });
}

async function openLandmarks(path: string, options: OnnxOptions): Promise<OnnxModel> {
  const edited = editOnnx(await readModel(path), path, {
    freeAxes: { input: { 0: 'batch' } },
    outputs: { output: 'output' },
  });
  return openOnnxModel(edited, path, { graphOptimizationLevel: 'all', ...options });
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new GlimpseError('not-found', `${path} does not exist: name a folder with the face models`, {
      cause: error,
    });
  }
}
