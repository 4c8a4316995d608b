// A data folder with a tiny teacher and tiny students that share its space, and requests for benchmarks with them.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ProtocolName } from '../../src-main/datasets/protocols/protocol-set.ts';
import { DEFAULT_FACE_BN } from '../../src-main/engine/adaptation/face-bn.ts';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { importTeacher } from '../../src-main/engine/teacher/teacher-store.ts';
import type { BenchmarkRequest } from '../../src-main/processes/benchmark/request.ts';
import { exampleConfig } from './example-run.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { TINY_SPEC, tinyNetwork } from './tiny-network.ts';
import { tinyTeacher } from './tiny-teacher.ts';

export interface BenchmarkBench {
  readonly folder: string;
  /** GLIMPSE_HOME; holds the teacher `tiny` and the runs `first`, `second`. */
  readonly home: string;
  readonly teacherDigest: string;
  request(protocol: ProtocolName, dataPath: string, changes?: Partial<BenchmarkRequest>): BenchmarkRequest;
}

/** The folder goes when the test ends. */
export async function benchmarkBench(test: TestContext): Promise<BenchmarkBench> {
  const folder = await temporaryFolder(test);
  const home = join(folder, 'home');
  const modelPath = join(folder, 'tiny.onnx');
  await writeFile(modelPath, tinyTeacher());
  const { card } = await importTeacher(home, {
    modelPath,
    name: 'tiny',
    licence: 'none',
    channelOrder: 'rgb',
    pixelMean: 127.5,
    pixelScale: 127.5,
  });
  const spec = { ...TINY_SPEC, embeddingSize: card.embeddingSize };
  for (const [index, name] of ['first', 'second'].entries()) {
    const network = tinyNetwork(index + 1, spec);
    const path = join(home, 'runs', name, 'network.glimpse');
    await mkdir(join(home, 'runs', name), { recursive: true });
    await writeFile(join(home, 'runs', name, 'config.json'), JSON.stringify(exampleConfig()));
    const own = { ...network.card, name, teacherDigest: card.digest, teacherName: 'tiny' };
    await saveNetwork(path, { ...network, card: own });
  }
  return {
    folder,
    home,
    teacherDigest: card.digest,
    request: (protocol, dataPath, changes = {}) => ({
      protocol,
      dataPath,
      models: ['first'],
      teacher: 'tiny',
      resolutions: [16],
      scenarios: ['lr-lr', 'lr-hr'],
      adaptations: ['none'],
      faceBn: DEFAULT_FACE_BN,
      hrBackbone: 'teacher',
      flipFusion: false,
      folds: null,
      seed: 1,
      replicates: 100,
      missingImages: 'refuse',
      keepsCrops: true,
      command: 'glimpse benchmark',
      dataFolder: home,
      callerFolder: folder,
      cacheFolder: join(home, 'cache'),
      ...changes,
    }),
  };
}
