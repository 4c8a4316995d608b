// `glimpse verify`: how well a model tells LFW pairs apart, degraded against degraded and against full resolution.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { describePairsLeftOut } from '../../datasets/lfw.ts';
import { DEFAULT_FACE_BN, type FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import { operatingPointLines, verificationTable } from '../../evaluation/report-lines.ts';
import type { VerificationResult } from '../../evaluation/verification.ts';
import { CAMERA_SHIFTS, type CameraShift } from '../../imaging/camera-shift.ts';
import type { Scenario } from '../../processes/jobs/evaluation-set.ts';
import { type StatisticsChoice, verifySides } from '../../processes/jobs/verify-job.ts';
import { embedModelSides } from '../../processes/jobs/verify-model.ts';
import type { CommandModule } from '../command.ts';
import { callerFolder, integerParser, numberParser, parsePath } from '../option-parsers.ts';

interface VerifyOptions {
  readonly dataset?: string;
  readonly model: string;
  readonly resolution?: number;
  readonly teacher?: string;
  readonly scenario: 'both' | Scenario;
  readonly hrBackbone: 'teacher' | 'student';
  readonly flip: boolean;
  readonly skipMissing: boolean;
  readonly adapt: 'none' | 'online' | 'calibrated' | 'pooled';
  readonly profile?: string;
  readonly gamma: number;
  readonly lambda: number;
  readonly batch: number;
  readonly camera?: CameraShift;
}

interface VerifyResult {
  readonly model: string;
  readonly resolution: number;
  readonly adaptation: string;
  readonly camera: string;
  readonly flipFusion: boolean;
  readonly hrBackbone: string;
  readonly leftOut: string | null;
  readonly results: readonly ScenarioResult[];
}

interface ScenarioResult extends VerificationResult {
  readonly scenario: Scenario;
  readonly resolution: number;
}

/** One scenario's numbers stand at the top level too. */
type VerifyOutput = VerifyResult | (VerifyResult & ScenarioResult);

export const command: CommandModule<VerifyOptions, VerifyOutput> = {
  configure(command) {
    command
      .option('--dataset <folder>', 'LFW folder: pairs.txt beside the images', parsePath)
      .requiredOption(
        '--model <run>',
        'a run by name, a student file, or "teacher" for the baseline on upsampled faces',
      )
      .option('--resolution <px>', 'r, with --model teacher (default: 16)', integerParser(8, 112))
      .option('--teacher <name>', "teacher of the full-resolution side (default: the student's own)")
      .addOption(
        new Option('--scenario <kind>', 'which sides are degraded')
          .choices(['both', 'lr-lr', 'lr-hr'])
          .default('both'),
      )
      .addOption(
        new Option('--hr-backbone <model>', 'what embeds the full-resolution side')
          .choices(['teacher', 'student'])
          .default('teacher'),
      )
      .option('--flip', 'fuse each embedding with that of the mirrored face', false)
      .option('--skip-missing', 'leave out pairs whose images are absent', false)
      .addOption(
        new Option('--adapt <mode>', 'FaceBN on the evaluated faces')
          .choices(['none', 'online', 'calibrated', 'pooled'])
          .default('none'),
      )
      .option('--profile <file>', 'a saved FaceBN profile, instead of --adapt', parsePath)
      .option('--gamma <share>', 'γ of online and calibrated', numberParser(0, 1), DEFAULT_FACE_BN.gamma)
      .option('--lambda <share>', 'λ of pooled', numberParser(0, 1), DEFAULT_FACE_BN.lambda)
      .option('--batch <faces>', 'M of FaceBN', integerParser(2), DEFAULT_FACE_BN.batchSize)
      .addOption(
        new Option('--camera <shift>', 'shift the degraded side as a worse camera would').choices(
          CAMERA_SHIFTS,
        ),
      );
  },

  async run({ options, progress }) {
    const { dataset, hrBackbone, flip } = options;
    ensure(dataset !== undefined, 'bad-usage', 'verify needs --dataset: a folder with pairs.txt');
    ensure(
      options.profile === undefined || options.adapt === 'none',
      'bad-usage',
      '--profile and --adapt exclude each other',
    );
    ensure(
      options.model !== 'teacher' || (options.profile === undefined && options.adapt === 'none'),
      'bad-usage',
      'FaceBN adapts students: --profile and --adapt do not go with --model teacher',
    );
    const { sides, set, model } = await embedModelSides(
      {
        root: dataset,
        model: options.model,
        resolutionPx: options.resolution ?? null,
        teacher: options.teacher ?? null,
        scenario: options.scenario,
        missingImages: options.skipMissing ? 'skip' : 'refuse',
        profilePath: options.profile ?? null,
        camera: options.camera ?? null,
        options: { hrBackbone, flipFusion: flip, statistics: statisticsOf(options) },
        dataFolder: dataFolder(),
        callerFolder: callerFolder(),
      },
      progress,
    );
    const resolution = set.resolutionPx;
    const scenarios: Scenario[] = options.scenario === 'both' ? ['lr-lr', 'lr-hr'] : [options.scenario];
    const results = [...verifySides(set, sides, scenarios)].map(([scenario, result]) => ({
      scenario,
      resolution,
      ...result,
    }));
    return {
      ...(results.length === 1 ? results[0] : {}),
      model,
      resolution,
      adaptation: describeAdaptation(options),
      camera: options.camera ?? 'unshifted',
      flipFusion: flip,
      hrBackbone,
      leftOut: describePairsLeftOut(set.pairs, set.unreadable),
      results,
    };
  },

  describe({ model, resolution, adaptation, camera, flipFusion, leftOut, results }) {
    const heading = `${model}, ${resolution} px, ${adaptation}, camera ${camera}${flipFusion ? ', flip fusion' : ''}`;
    const rows = results.map((result) => ({ name: result.scenario.toUpperCase(), result }));
    const points = rows.flatMap(({ name, result }) =>
      operatingPointLines(result.operatingPoints).map((line) => `${name} ${line}`),
    );
    const note = leftOut === null ? [] : [leftOut];
    return [heading, ...note, '', ...verificationTable(rows), '', ...points].join('\n');
  },
};

function faceBnSettings({ adapt, gamma, lambda, batch }: VerifyOptions): FaceBnSettings {
  const mode = adapt === 'pooled' ? 'pooled' : 'calibrated';
  return { ...DEFAULT_FACE_BN, mode, gamma, lambda, batchSize: batch };
}

function statisticsOf(options: VerifyOptions): StatisticsChoice {
  if (options.profile !== undefined) return { kind: 'profile' };
  if (options.adapt === 'none') return { kind: 'training' };
  return { kind: options.adapt === 'online' ? 'online' : 'adapted', settings: faceBnSettings(options) };
}

function describeAdaptation({ adapt, profile, gamma, lambda, batch }: VerifyOptions): string {
  if (profile !== undefined) return `profile ${profile}`;
  if (adapt === 'none') return 'no adaptation';
  const strength = adapt === 'pooled' ? `λ = ${lambda}` : `γ = ${gamma}`;
  return `FaceBN ${adapt} ${strength}, batches of ${batch}`;
}
