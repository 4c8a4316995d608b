// What a benchmark is asked for, by the command line or the window.

import type { ProtocolName } from '../../datasets/protocols/protocol-set.ts';
import type { FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import type { ReportScenario } from '../../reports/benchmark/report-model.ts';

export const ADAPTATIONS = ['none', 'online', 'calibrated', 'pooled'] as const;
export type AdaptationMode = (typeof ADAPTATIONS)[number];

export const BENCHMARK_RESOLUTIONS: readonly number[] = [16, 32, 64];

export interface BenchmarkRequest {
  readonly protocol: ProtocolName;
  readonly dataPath: string;
  /** `teacher` for model_I, else a run's name, its folder or a network file. */
  readonly models: readonly string[];
  readonly teacher: string;
  readonly resolutions: readonly number[];
  readonly scenarios: readonly ReportScenario[];
  readonly adaptations: readonly AdaptationMode[];
  readonly faceBn: FaceBnSettings;
  readonly hrBackbone: 'teacher' | 'student';
  readonly flipFusion: boolean;
  /** Cuts the pairs into so many folds, in their order; null keeps the protocol's own. */
  readonly folds: number | null;
  readonly seed: number;
  readonly replicates: number;
  readonly missingImages: 'refuse' | 'skip';
  /** Pictures of the worst errors are kept in the result. */
  readonly keepsCrops: boolean;
  /** What repeats it, for the report. */
  readonly command: string;
  readonly dataFolder: string;
  readonly callerFolder: string;
  readonly cacheFolder: string;
}
