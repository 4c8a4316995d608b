// `glimpse doctor`: is everything here, and how fast is this machine?

import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { dataFolder } from '../../common/files.ts';
import { type EngineReport, examineEngine } from '../../engine/runtime/doctor.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { DEFAULT_TEACHER, defaultModelFolder } from '../../engine/teacher/default-teacher.ts';
import type { CommandModule } from '../command.ts';

interface DoctorResult extends EngineReport {
  readonly nodeVersion: string;
  readonly platform: string;
  /** The instruction sets that decide how fast TensorFlow's kernels are; empty where the system does not tell. */
  readonly cpuFeatures: readonly string[];
  readonly totalMemoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly dataFolder: string;
  readonly freeDiskBytes: number;
  /** The default teacher; null when its package is missing. */
  readonly teacher: { readonly name: string; readonly source: string; readonly licence: string } | null;
}

const TELLING_FEATURES = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_bf16'];

export const command: CommandModule<object, DoctorResult> = {
  configure() {},

  async run({ progress }) {
    const folder = dataFolder();
    return {
      nodeVersion: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      ...(await examineEngine(loadRuntime(), progress)),
      cpuFeatures: readCpuFeatures(),
      totalMemoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      dataFolder: folder,
      freeDiskBytes: await freeDiskBytes(folder),
      teacher: findTeacher(),
    };
  },

  describe(result) {
    const { teacher } = result;
    const rows: [string, string][] = [
      ['Node', `${result.nodeVersion} (${result.platform})`],
      ['TensorFlow', `${result.tensorflowVersion} (tfjs ${result.tfjsVersion})`],
      ['ONNX Runtime', result.onnxruntimeVersion],
      ['device', `${result.deviceKind.toUpperCase()}: ${result.device}, ${result.threads} threads`],
      ['students', result.students],
      ['CPU features', result.cpuFeatures.join(' ') || 'unknown'],
      ['memory', `${gigabytes(result.freeMemoryBytes)} free of ${gigabytes(result.totalMemoryBytes)}`],
      ['matrix product', `${result.matmulGflops} GFLOP/s`],
      ['convolution step', `${result.convolutionGflops} GFLOP/s, forward and backward`],
      [
        'teacher',
        teacher ? `${teacher.name}, ${teacher.licence} (${teacher.source})` : 'absent: run `npm run setup`',
      ],
      ['data folder', `${result.dataFolder}, ${gigabytes(result.freeDiskBytes)} free`],
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
  },
};

function findTeacher(): DoctorResult['teacher'] {
  if (defaultModelFolder() === null) return null;
  const { name, source, licence } = DEFAULT_TEACHER;
  return { name, source, licence };
}

function readCpuFeatures(): string[] {
  if (!existsSync('/proc/cpuinfo')) return [];
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' ') ?? [];
  return TELLING_FEATURES.filter((feature) => flags.includes(feature));
}

/** Free bytes where the folder is, or where it will be made. */
async function freeDiskBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(nearestExisting(folder));
  return bavail * bsize;
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
