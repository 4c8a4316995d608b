// Benchmarks as the window sees them: what can be run, what a run will take, results and the cells of one.

import * as v from 'valibot';
import type { Figure } from './figures.ts';
import { absolutePath, integer, runName, teacherName, within } from './shapes.ts';

/** The protocols of `datasets/protocols`; a test holds both lists to each other. */
export const BENCHMARK_NAMES = [
  'lfw',
  'agedb',
  'cfp-fp',
  'calfw',
  'cplfw',
  'uccs',
  'uccs-open',
  'tinyface',
  'survface',
  'survface-pairs',
  'scface',
] as const;
export type BenchmarkName = (typeof BENCHMARK_NAMES)[number];

const MOST_MODELS = 32;
const MOST_RESOLUTIONS = 8;

function someOf<Schema extends v.GenericSchema>(entry: Schema, most: number) {
  return v.pipe(v.array(entry), v.minLength(1), v.maxLength(most), v.readonly());
}

export const benchmarkRequest = v.strictObject({
  protocol: v.picklist(BENCHMARK_NAMES),
  dataPath: absolutePath,
  /** `teacher` for model_I, else runs. */
  models: someOf(runName, MOST_MODELS),
  teacher: teacherName,
  resolutions: someOf(integer(16, 112), MOST_RESOLUTIONS),
  scenarios: someOf(v.picklist(['lr-lr', 'lr-hr']), 2),
  adaptations: someOf(v.picklist(['none', 'online', 'calibrated', 'pooled']), 4),
  gamma: within(0, 1),
  lambda: within(0, 1),
  batchSize: integer(8, 1_000_000),
  hrBackbone: v.picklist(['teacher', 'student']),
  flipFusion: v.boolean(),
  /** Null keeps the protocol's own. */
  folds: v.nullable(integer(2, 1000)),
  seed: integer(0, 2 ** 32 - 1),
  replicates: integer(100, 100_000),
  skipMissing: v.boolean(),
});
export type BenchmarkAsked = v.InferOutput<typeof benchmarkRequest>;

export const REPORT_FORMATS = ['html', 'pdf', 'csv', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const reportRequest = v.strictObject({
  /** Of the result. */
  result: runName,
  folder: absolutePath,
  /** The files' name, without the ending. */
  name: runName,
  formats: someOf(v.picklist(REPORT_FORMATS), REPORT_FORMATS.length),
  /** Nothing of single pictures; only for HTML and PDF. */
  aggregatesOnly: v.boolean(),
});
export type ReportAsked = v.InferOutput<typeof reportRequest>;

/** Whether the data of a benchmark are where they were said to be. */
export interface BenchmarkData {
  readonly protocol: BenchmarkName;
  /** What must be on disk. */
  readonly form: string;
  /** It may be one packed file. */
  readonly takesFile: boolean;
  readonly takesFolder: boolean;
  readonly path: string | null;
  /** Why nothing can be read there; null where it is there, or no path was given. */
  readonly problem: string | null;
}

export interface BenchmarkRow {
  /** The name of its folder. */
  readonly name: string;
  readonly protocol: string;
  readonly title: string;
  readonly createdAt: string;
  readonly cells: number;
  readonly models: readonly string[];
  /** The first sentence of its summary. */
  readonly summary: string;
}

export interface BenchmarkList {
  readonly data: readonly BenchmarkData[];
  /** Newest first. */
  readonly results: readonly BenchmarkRow[];
  /** Results that could not be read, one sentence each. */
  readonly problems: readonly string[];
}

export interface NotComputed {
  readonly what: string;
  readonly reason: string;
}

export interface BenchmarkPlan {
  readonly title: string;
  readonly fingerprint: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  readonly cells: readonly string[];
  readonly notComputed: readonly NotComputed[];
  readonly steps: readonly PlanStep[];
  readonly seconds: number;
}

export interface PlanStep {
  readonly what: string;
  readonly faces: number;
  /** Faces that no cache holds. */
  readonly missing: number;
  readonly seconds: number;
  readonly pace: 'measured here' | 'guessed';
}

export interface BenchmarkResult {
  /** The name of its folder. */
  readonly result: string;
  readonly title: string;
  readonly cells: number;
  readonly isFromCache: boolean;
}

export interface ReportResult {
  readonly files: readonly string[];
}

/** Rates are shares of 1. */
export interface CellSummary {
  readonly id: string;
  readonly kind: 'pairs' | 'closed-set' | 'search';
  readonly model: string;
  readonly role: string;
  readonly resolutionPx: number;
  readonly scenario: 'lr-lr' | 'lr-hr';
  readonly adaptation: string;
  /** Which probes; null where there is one kind. */
  readonly group: string | null;
  /** What the number is: `accuracy`, `top-1`. */
  readonly measure: string;
  readonly share: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
  readonly standardError: number | null;
}

/** Text as reports print it; the first row names the columns. */
export interface TextTable {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface PublishedTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is odd about the printed table. */
  readonly remarks: readonly string[];
}

/** The paper's AIRD, in percent. */
export interface PublishedCell {
  readonly scenario: 'lr-lr' | 'lr-hr';
  readonly resolutionPx: number;
  readonly percent: number;
}

export interface BenchmarkDetail {
  readonly name: string;
  /** Of result.json. */
  readonly path: string;
  readonly protocol: string;
  readonly title: string;
  readonly createdAt: string;
  readonly command: string;
  readonly summary: readonly string[];
  readonly cells: readonly CellSummary[];
  readonly publishedCells: readonly PublishedCell[];
  readonly published: readonly PublishedTable[];
  readonly tables: readonly TextTable[];
  /** Over all cells. */
  readonly figures: readonly Figure[];
  readonly data: {
    readonly title: string;
    readonly path: string;
    readonly fingerprint: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
    readonly leftOut: number;
  };
  readonly models: readonly {
    readonly name: string;
    readonly role: string;
    readonly digest: string;
    readonly settings: Readonly<Record<string, string>>;
  }[];
  readonly notComputed: readonly NotComputed[];
  readonly limits: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface PairSide {
  readonly name: string;
  readonly sizePx: number;
  /** Below `/images/`; null in a result without pictures. */
  readonly picture: string | null;
}

export interface WorstPair {
  readonly pair: number;
  readonly score: number;
  readonly left: PairSide;
  readonly right: PairSide;
}

export interface CellDetail {
  readonly id: string;
  /** What computes it again: by itself, or the whole result where that was not kept. */
  readonly command: string;
  /** Every number of the cell, as its row in the report has it. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly operatingPoints: TextTable;
  readonly figures: readonly Figure[];
  /** Different people, most alike. */
  readonly worstImpostors: readonly WorstPair[];
  /** One person, least alike. */
  readonly worstGenuines: readonly WorstPair[];
}
