// A training run on disk: config.json, metrics.jsonl, checkpoints, the trained network.

import { existsSync, mkdirSync } from 'node:fs';
import { appendFile, open, readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { asDiskError, readJsonFile, writeFileAtomically } from '../../common/files.ts';
import { holdFile } from '../../common/holder.ts';
import type { StopReason, TrainingEvent } from './events.ts';
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
  /** Null where none was asked. */
  readonly teacher: { readonly name: string; readonly digest: string } | null;
  readonly validation: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly startedAt: string;
}

export type EpochRow = Extract<TrainingEvent, { kind: 'epoch' }>;
export type StepRow = Extract<TrainingEvent, { kind: 'step' }>;

export interface RunMetrics {
  /** By epoch, from 0. */
  readonly epochs: readonly EpochRow[];
  /** Why training last stopped; null while it runs and after a kill. */
  readonly stopReason: StopReason | null;
}

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
    return join(this.path, 'network.glimpse');
  }

  /** Throws `bad-usage` where a run already stands. */
  refuseExisting(): void {
    ensure(
      !existsSync(this.configPath),
      'bad-usage',
      `${this.path} already holds a run: go on with --resume, or choose another --run`,
    );
  }

  /** Throws `bad-usage` where a run already stands. */
  async create(config: RunConfig): Promise<void> {
    this.refuseExisting();
    await writeFileAtomically(this.configPath, `${JSON.stringify(config, null, 2)}\n`);
  }

  /** Throws `not-found` where there is no run, `bad-data` where its config.json is damaged or of another version. */
  async readConfig(): Promise<RunConfig> {
    const config = (await readJsonFile(this.configPath)) as Partial<RunConfig> | null;
    if (config === null)
      throw new GlimpseError('not-found', `${this.path} holds no training run (no config.json)`);
    ensure(
      config.version === 1 && config.settings?.version === 1,
      'bad-data',
      `${this.configPath} is not a run that this Glimpse can read (version ${config.version}, expected 1)`,
    );
    return config as RunConfig;
  }

  /** Keeps other processes from training in this run; returns what lets go of it. Throws `in-use`. */
  hold(): () => void {
    mkdirSync(this.path, { recursive: true });
    return holdFile(join(this.path, 'run.lock'), `run ${this.name}`);
  }

  /** Ends a line that a kill cut off, so that what follows is not lost with it. Called before a resumed run appends. */
  async mendMetrics(): Promise<void> {
    if (!existsSync(this.metricsPath)) return;
    const file = await open(this.metricsPath, 'a+');
    try {
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      if (size > 0 && last.toString() !== '\n') await file.appendFile('\n');
    } catch (error) {
      throw asDiskError(error, this.metricsPath);
    } finally {
      await file.close();
    }
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
  async readEpochs(): Promise<readonly EpochRow[]> {
    return (await this.readMetrics()).epochs;
  }

  /** The newest row of each step that was reported, in order. */
  async readSteps(): Promise<readonly StepRow[]> {
    const rows = new Map<number, StepRow>();
    for (const event of await this.#readEvents()) {
      if (event.kind === 'step') rows.set(event.epoch * event.stepsPerEpoch + event.step, event);
    }
    return [...rows.entries()].sort(([left], [right]) => left - right).map(([, row]) => row);
  }

  async readMetrics(): Promise<RunMetrics> {
    const rows = new Map<number, EpochRow>();
    let lastEvent: TrainingEvent | null = null;
    for (const event of await this.#readEvents()) {
      lastEvent = event;
      if (event.kind === 'epoch') rows.set(event.epoch, event);
    }
    const epochs = [...rows.values()].sort((left, right) => left.epoch - right.epoch);
    return { epochs, stopReason: lastEvent?.kind === 'stopped' ? lastEvent.reason : null };
  }

  /** Every event in the order it was written; an empty list before the first. */
  async #readEvents(): Promise<TrainingEvent[]> {
    const text = existsSync(this.metricsPath) ? await readFile(this.metricsPath, 'utf8') : '';
    return text
      .split('\n')
      .map(parseLine)
      .filter((event) => event !== null);
  }
}

/** Null for an empty line and for one that a kill cut off. */
function parseLine(line: string): TrainingEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as TrainingEvent) : null;
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

/** A run by its name under the data folder, or by its folder's path; null where there is none. */
export function findRun(reference: string, dataFolder: string, callerFolder: string): RunFolder | null {
  for (const folder of [join(runsFolder(dataFolder), reference), resolve(callerFolder, reference)]) {
    const run = new RunFolder(folder);
    if (existsSync(run.configPath)) return run;
  }
  return null;
}

/** The names of all runs, for a message: `first, second`, or `none`. */
export async function runNames(dataFolder: string): Promise<string> {
  return (await listRuns(dataFolder)).map((run) => run.name).join(', ') || 'none';
}
