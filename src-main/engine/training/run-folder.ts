// A training run on disk: config.json, metrics.jsonl, checkpoints, the trained network.

import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { asDiskError, readJsonFile, writeFileAtomically } from '../../common/files.ts';
import type { TrainingEvent } from './events.ts';
import type { TrainingSettings } from './settings.ts';

/** What a run was started with. */
export interface RunConfig {
  readonly version: 1;
  readonly settings: TrainingSettings;
  readonly data: {
    readonly root: string;
    readonly fingerprint: string;
    readonly images: number;
    readonly identities: number;
  };
  readonly teacher: { readonly name: string; readonly digest: string };
  readonly validation: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly startedAt: string;
}

export type EpochRow = Extract<TrainingEvent, { kind: 'epoch' }>;

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get name(): string {
    return basename(this.path);
  }

  get configPath(): string {
    return join(this.path, 'config.json');
  }

  get metricsPath(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** The trained network, there once training has ended. */
  get networkPath(): string {
    return join(this.path, 'student.glimpse');
  }

  /** Throws `bad-usage` where a run already stands. */
  async create(config: RunConfig): Promise<void> {
    ensure(
      !existsSync(this.configPath),
      'bad-usage',
      `${this.path} already holds a run: go on with --resume, or choose another --run`,
    );
    await mkdir(this.path, { recursive: true });
    await writeFileAtomically(this.configPath, `${JSON.stringify(config, null, 2)}\n`);
  }

  /** Throws `not-found` where there is no run. */
  async readConfig(): Promise<RunConfig> {
    const config = await readJsonFile(this.configPath);
    if (config === null)
      throw new GlimpseError('not-found', `${this.path} holds no training run (no config.json)`);
    return config as RunConfig;
  }

  /** One JSON line per event, steps and epochs alike. */
  async append(event: TrainingEvent): Promise<void> {
    try {
      await appendFile(this.metricsPath, `${JSON.stringify(event)}\n`);
    } catch (error) {
      throw asDiskError(error, this.metricsPath);
    }
  }

  /** The newest row of each epoch: a resumed run may have written an epoch's steps twice. */
  async readEpochs(): Promise<EpochRow[]> {
    if (!existsSync(this.metricsPath)) return [];
    const rows = new Map<number, EpochRow>();
    for (const line of (await readFile(this.metricsPath, 'utf8')).split('\n')) {
      const event = parseLine(line);
      if (event?.kind === 'epoch') rows.set(event.epoch, event);
    }
    return [...rows.values()].sort((left, right) => left.epoch - right.epoch);
  }
}

/** Null for an empty line and for one that a kill cut off. */
function parseLine(line: string): TrainingEvent | null {
  try {
    return JSON.parse(line) as TrainingEvent;
  } catch {
    return null;
  }
}

export function runsFolder(dataFolder: string): string {
  return join(dataFolder, 'runs');
}

/** Every run under the data folder, by name. */
export async function listRuns(dataFolder: string): Promise<RunFolder[]> {
  const root = runsFolder(dataFolder);
  const names = existsSync(root) ? (await readdir(root)).sort() : [];
  return names.map((name) => new RunFolder(join(root, name))).filter((run) => existsSync(run.configPath));
}
