// A benchmark's result: everything that a report shows and everything that its tables are computed from, as plain JSON.

import type { Interval } from '../../evaluation/confidence.ts';
import type { IdentificationPoint, RankRate } from '../../evaluation/identification.ts';
import type { PairedComparison } from '../../evaluation/paired-comparison.ts';
import type { VerificationResult } from '../../evaluation/verification.ts';

export const REPORT_FORMAT = 'glimpse-benchmark';
export const REPORT_VERSION = 1;

export type ReportScenario = 'lr-lr' | 'lr-hr';

export interface BenchmarkReport {
  readonly format: typeof REPORT_FORMAT;
  readonly version: typeof REPORT_VERSION;
  readonly title: string;
  readonly protocol: string;
  readonly kind: 'pairs' | 'closed-set' | 'search';
  readonly createdAt: string;
  /** What repeats it. */
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly data: ReportData;
  readonly degradation: Degradation;
  readonly settings: ReportSettings;
  readonly models: readonly ReportModel[];
  /** Null unless pairs are compared. */
  readonly pairs: PairTable | null;
  readonly cells: readonly Cell[];
  readonly paired: readonly PairedRow[];
  readonly notComputed: readonly { readonly what: string; readonly reason: string }[];
  readonly limits: readonly string[];
  readonly layers: readonly LayerRow[];
  readonly projections: readonly ProjectedFaces[];
  readonly negatives: readonly NegativesRow[];
  /** PNG as base64 by `face@size`; null in a result without pictures. */
  readonly crops: Readonly<Record<string, string>> | null;
}

export interface ReportData {
  readonly title: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

export interface Degradation {
  readonly kernel: string;
  /** a of Keys' cubic kernel. */
  readonly a: number;
  readonly antialias: boolean;
  readonly fromPx: number;
  /** For each resolution the weights that the middle output pixel gives its window of input pixels. */
  readonly weights: readonly {
    readonly resolutionPx: number;
    readonly firstPx: number;
    readonly weights: readonly number[];
  }[];
}

export interface ReportSettings {
  readonly seed: number;
  readonly flipFusion: boolean;
  readonly hrBackbone: 'teacher' | 'student';
  readonly replicates: number;
  readonly targetFmrs: readonly number[];
}

export interface ReportModel {
  readonly name: string;
  /** `model_I`, `model_II`, or the terms that it was trained with. */
  readonly role: string;
  readonly digest: string;
  readonly resolutionPx: number | null;
  readonly settings: Readonly<Record<string, string>>;
}

/** One entry of each array per pair. */
export interface PairTable {
  readonly isGenuine: readonly (0 | 1)[];
  readonly fold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Null where the data name nobody. */
  readonly leftSubject: readonly number[] | null;
  readonly rightSubject: readonly number[] | null;
  /** What faces are called; null in a report that is to hold nothing of single pictures. */
  readonly faceNames: readonly string[] | null;
}

interface CellBase {
  /** `lfw.16.lr-lr.<model>.<adaptation>`. */
  readonly id: string;
  readonly model: string;
  readonly role: string;
  readonly resolutionPx: number;
  readonly scenario: ReportScenario;
  readonly adaptation: string;
  /** Which probes; null where there is one kind. */
  readonly group: string | null;
  /** What computes this cell without the others; absent in results that were made before Glimpse kept it. */
  readonly command?: string;
}

export interface VerificationCell extends CellBase {
  readonly kind: 'pairs';
  /** One per pair. */
  readonly scores: readonly number[];
  readonly measured: VerificationMeasures;
}

/** What a classifier said of each test face. */
export interface ClosedSetCell extends CellBase {
  readonly kind: 'closed-set';
  readonly subjects: readonly number[];
  /** From 1: where the right subject stood; ties count against it. */
  readonly ranks: readonly number[];
  readonly measured: { readonly cmc: readonly RankRate[] };
}

/** One entry of each array per search. */
export interface SearchCell extends CellBase {
  readonly kind: 'search';
  readonly subjects: readonly number[];
  /** Null for searches for someone who is not enrolled. */
  readonly mateScores: readonly (number | null)[];
  readonly mateRanks: readonly (number | null)[];
  /** Where ranks count pictures. */
  readonly averagePrecisions?: readonly (number | null)[];
  readonly bestOther: readonly (number | null)[];
  readonly ranks: readonly number[];
  readonly targetFpirs: readonly number[];
  readonly withinRank: number | null;
  readonly measured: SearchMeasures;
}

export type Cell = VerificationCell | ClosedSetCell | SearchCell;

/** Points of a ROC or DET curve; one entry of each array per point. */
export interface Curve {
  readonly thresholds: readonly number[];
  readonly fmr: readonly number[];
  readonly fnmr: readonly number[];
}

export interface Histogram {
  readonly edges: readonly number[];
  readonly genuine: readonly number[];
  readonly impostor: readonly number[];
  /** Area that both normalised histograms share, 0 … 1. */
  readonly overlap: number;
}

export interface VerificationMeasures extends Omit<VerificationResult, 'aucInterval'> {
  /** Of the cross-validated accuracy, thresholds taken as given; of the best-threshold one where there is one fold. */
  readonly accuracyInterval: Interval;
  readonly aucInterval: Interval | null;
  /** How both intervals were made. */
  readonly intervalKind: 'people' | 'pairs';
  readonly curve: Curve;
  readonly histogram: Histogram;
  /** Pair indices: impostors with the highest scores, genuine pairs with the lowest. */
  readonly worstImpostors: readonly number[];
  readonly worstGenuines: readonly number[];
}

export interface SearchMeasures {
  readonly mated: number;
  readonly nonMated: number;
  readonly cmc: readonly RankRate[];
  /** Mean over the mated searches, with an interval by bootstrap over people. */
  readonly meanAveragePrecision?: { readonly mean: number; readonly interval: Interval };
  readonly openSet: readonly IdentificationPoint[];
}

export interface PairedRow {
  /** Cell ids. */
  readonly first: string;
  readonly second: string;
  readonly comparison: PairedComparison;
}

/** Batch-norm statistics of one layer: training, seen on the benchmark's faces, after FaceBN. */
export interface LayerRow {
  readonly model: string;
  readonly adaptation: string;
  readonly norm: string;
  readonly mean: readonly [number, number, number];
  readonly variance: readonly [number, number, number];
  readonly standardisedShift: number;
}

/** Embeddings of up to 100 people in the plane. */
export interface ProjectedFaces {
  readonly cell: string;
  readonly method: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly subjects: readonly number[];
}

/** A run's accuracy against its number of negatives. */
export interface NegativesRow {
  readonly run: string;
  readonly negatives: number;
  readonly sampling: string;
  readonly cell: string;
}
