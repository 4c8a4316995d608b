// The application itself: facts, settings, the state of its processes, folders of this machine.

import * as v from 'valibot';
import { galleryName, integer } from './shapes.ts';

export const THEMES = ['dark', 'light', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export const MOST_THREADS = 256;

export const appSettings = v.strictObject({
  theme: v.picklist(THEMES),
  /** `system` follows the desktop. */
  motion: v.picklist(['system', 'reduced']),
  device: v.picklist(['auto', 'cpu']),
  /** Of the engine; null takes all there are. */
  threads: v.nullable(integer(1, MOST_THREADS)),
  /** The gallery that was last chosen. */
  gallery: v.nullable(galleryName),
});
export type AppSettings = v.InferOutput<typeof appSettings>;

export const DEFAULT_SETTINGS: AppSettings = {
  theme: 'dark',
  motion: 'system',
  device: 'auto',
  threads: null,
  gallery: null,
};

export interface AppFacts {
  readonly version: string;
  readonly shell: 'electron' | 'web';
  readonly dataFolder: string;
  readonly homeFolder: string;
  readonly platform: string;
  readonly processors: number;
  readonly memoryBytes: number;
  /** Of the host: `Electron 22.3.25, Chromium 108…`. */
  readonly runtime: string;
}

export type ProcessState = 'starting' | 'ready' | 'ended';

/** One of the processes behind the window. */
export interface ProcessView {
  readonly name: ProcessName;
  readonly state: ProcessState;
  /** How the last one ended, where it ended by itself. */
  readonly lastEnd: string | null;
  readonly rssMb: number | null;
}

/** `engine` answers questions, `worker` does the jobs, `gallery` owns the galleries. */
export const PROCESS_NAMES = ['engine', 'worker', 'gallery'] as const;
export type ProcessName = (typeof PROCESS_NAMES)[number];

export interface EngineFacts {
  readonly deviceKind: 'cpu' | 'gpu';
  readonly device: string;
  readonly threads: number;
}

export interface Health {
  readonly processes: readonly ProcessView[];
  /** Null until the engine has said. */
  readonly engine: EngineFacts | null;
}

export interface DoctorReport {
  readonly nodeVersion: string;
  readonly tensorflowVersion: string;
  readonly tfjsVersion: string;
  readonly onnxruntimeVersion: string;
  readonly deviceKind: 'cpu' | 'gpu';
  readonly device: string;
  readonly threads: number;
  readonly matmulGflops: number;
  readonly convolutionGflops: number;
}

/** Which files a folder dialog lists beside the folders, by their endings; `faces` are what an enrolment takes. */
export const FILE_CHOICES = ['none', 'onnx', 'bin', 'zip', 'faces'] as const;
export type FileChoice = (typeof FILE_CHOICES)[number];

/** A folder's names, never a file's content. */
export interface FolderListing {
  readonly path: string;
  readonly parent: string | null;
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** There were more names than are shown. */
  readonly isCut: boolean;
}
