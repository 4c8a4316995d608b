// `glimpse benchmark`: a published protocol on the data at hand, for one's own models, with a report.

import { Option } from 'commander';
import { GlimpseError } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import type { BenchmarkPlan } from '../../contract/benchmarks.ts';
import { PROTOCOL_FORMS } from '../../datasets/protocols/open-protocol.ts';
import { PROTOCOLS, type ProtocolName } from '../../datasets/protocols/protocol-set.ts';
import { DEFAULT_FACE_BN } from '../../engine/adaptation/face-bn.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import { runStoredBenchmark } from '../../processes/benchmark/benchmark-folder.ts';
import { commandOf } from '../../processes/benchmark/command-text.ts';
import { planBenchmark } from '../../processes/benchmark/plan.ts';
import {
  ADAPTATIONS,
  type AdaptationMode,
  BENCHMARK_RESOLUTIONS,
  type BenchmarkRequest,
} from '../../processes/benchmark/request.ts';
import {
  type Assertion,
  type AssertionOutcome,
  checkAssertions,
  ensureKnownNames,
  parseAssertion,
} from '../../reports/benchmark/assertions.ts';
import type { BenchmarkReport, ReportScenario } from '../../reports/benchmark/report-model.ts';
import { pairedTable, resultTable } from '../../reports/benchmark/report-tables.ts';
import type { CommandModule } from '../command.ts';
import { cacheFolder, teacherOption } from '../engine-options.ts';
import { callerFolder, integerParser, numberParser, parsePath } from '../option-parsers.ts';

interface BenchmarkOptions {
  readonly data: string;
  readonly model: readonly string[];
  readonly teacher: string;
  readonly resolution: readonly number[];
  readonly scenario: readonly ReportScenario[];
  readonly adapt: readonly AdaptationMode[];
  readonly hrBackbone: 'teacher' | 'student';
  readonly flip: boolean;
  readonly folds?: number;
  readonly gamma: number;
  readonly lambda: number;
  readonly batch: number;
  readonly seed: number;
  readonly replicates: number;
  readonly skipMissing: boolean;
  readonly crops: boolean;
  readonly plan?: boolean;
  readonly assert: readonly Assertion[];
  readonly out?: string;
}

interface BenchmarkOutput {
  readonly result: string;
  readonly html: string;
  readonly seconds: number;
  readonly fromCache: boolean;
  readonly cells: readonly Omit<BenchmarkReport['cells'][number], 'scores'>[];
  readonly notComputed: BenchmarkReport['notComputed'];
  readonly assertions: readonly AssertionOutcome[];
  readonly tables: readonly string[];
}

type Output = BenchmarkOutput | { readonly plan: BenchmarkPlan };

export const command: CommandModule<BenchmarkOptions, Output> = {
  configure(command) {
    command
      .argument(
        '<protocol>',
        PROTOCOLS.map((name) => `${name}: ${PROTOCOL_FORMS[name]}`).join('; '),
        parseProtocol,
      )
      .requiredOption('--data <path>', "the protocol's data", parsePath)
      .option(
        '--model <name>',
        '"teacher" (model_I), a run, or a network file; may be given several times (default: teacher)',
        collect,
        [],
      )
      .addOption(teacherOption())
      .option(
        '--resolution <px,…>',
        'sides of the degraded faces',
        listParser(integerParser(16, 112)),
        BENCHMARK_RESOLUTIONS,
      )
      .option('--scenario <name,…>', 'lr-lr, lr-hr', listParser(oneOf(['lr-lr', 'lr-hr'])), [
        'lr-lr',
        'lr-hr',
      ])
      .option('--adapt <mode,…>', `FaceBN: ${ADAPTATIONS.join(', ')}`, listParser(oneOf(ADAPTATIONS)), [
        'none',
      ])
      .addOption(
        new Option('--hr-backbone <model>', 'what embeds the full-resolution side')
          .choices(['teacher', 'student'])
          .default('teacher'),
      )
      .option('--flip', 'fuse each embedding with that of the mirrored face', false)
      .option('--folds <count>', "cut pairs into other folds than the protocol's", integerParser(2, 1000))
      .option('--gamma <share>', 'γ of online and calibrated', numberParser(0, 1), DEFAULT_FACE_BN.gamma)
      .option('--lambda <share>', 'λ of pooled', numberParser(0, 1), DEFAULT_FACE_BN.lambda)
      .option('--batch <faces>', 'M of FaceBN', integerParser(8), DEFAULT_FACE_BN.batchSize)
      .option('--seed <number>', 'fixes draws and bootstraps', integerParser(0), 1)
      .option('--replicates <count>', 'of each bootstrap', integerParser(100, 100_000), 1000)
      .option('--skip-missing', 'leave out pairs whose images are absent', false)
      .option('--no-crops', 'keep no pictures of the worst errors in the result')
      .option('--plan', 'say what would be computed and how long it takes, and stop')
      .option(
        '--assert <rule>',
        'such as "lfw.16.lr-lr.accuracy>=85" (percent); exit 1 where it does not hold; several times',
        (text: string, before: Assertion[]) => [...before, parseAssertion(text)],
        [],
      )
      .option(
        '--out <folder>',
        'where result.json and report.html go (default: in the data folder)',
        parsePath,
      );
  },

  async run({ words, options, progress, note }) {
    const protocol = words[0] as ProtocolName;
    const request = requestOf(protocol, options);
    if (options.plan === true) return { plan: await planBenchmark(request, progress) };
    const before = performance.now();
    const { report, usedRuntime, result, html } = await runStoredBenchmark(
      request,
      options.out ?? null,
      (cells) =>
        ensureKnownNames(
          options.assert,
          cells.map(({ id }) => id),
        ),
      progress,
    );
    const assertions = checkAssertions(options.assert, report);
    for (const { path, reason } of report.data.leftOut.slice(0, 3)) note(`left out: ${path} ${reason}`);
    const tables = tablesOf(report);
    const failed = assertions.filter(({ holds }) => !holds);
    if (failed.length > 0) {
      note(tables.join('\n'));
      throw new GlimpseError('bad-data', `${failed.map(describeFailed).join('; ')} (${result})`);
    }
    return {
      result,
      html,
      seconds: (performance.now() - before) / 1000,
      fromCache: !usedRuntime,
      cells: report.cells.map(({ ...cell }) => ('scores' in cell ? { ...cell, scores: undefined } : cell)),
      notComputed: report.notComputed,
      assertions,
      tables,
    };
  },

  describe(output) {
    if ('plan' in output) return describePlan(output.plan).join('\n');
    const { tables, notComputed, assertions, seconds, result, html } = output;
    return [
      ...tables,
      ...notComputed.map(({ what, reason }) => `not computed: ${what} (${reason})`),
      ...assertions.map(({ text }) => `holds: ${text}`),
      `${seconds.toFixed(1)} s`,
      result,
      html,
    ].join('\n');
  },
};

function requestOf(protocol: ProtocolName, options: BenchmarkOptions): BenchmarkRequest {
  const { data, model, teacher, resolution, scenario, adapt, gamma, lambda, batch } = options;
  const request = {
    protocol,
    dataPath: data,
    models: model.length === 0 ? ['teacher'] : model,
    teacher,
    resolutions: resolution,
    scenarios: scenario,
    adaptations: adapt,
    faceBn: { ...DEFAULT_FACE_BN, gamma, lambda, batchSize: batch },
    hrBackbone: options.hrBackbone,
    flipFusion: options.flip,
    folds: options.folds ?? null,
    seed: options.seed,
    replicates: options.replicates,
    missingImages: options.skipMissing ? 'skip' : 'refuse',
    keepsCrops: options.crops,
    dataFolder: dataFolder(),
    callerFolder: callerFolder(),
    cacheFolder: cacheFolder(),
  } as const;
  return { ...request, command: commandOf(request) };
}

function tablesOf(report: BenchmarkReport): string[] {
  const tables = [resultTable(report), pairedTable(report)].filter(({ rows }) => rows.length > 0);
  return tables.flatMap(({ columns, rows }) => [...textTable(columns, rows), '']);
}

function describePlan(plan: BenchmarkPlan): string[] {
  const counts = Object.entries(plan.counts).map(([name, count]) => `${name} ${count}`);
  return [
    `${plan.title}: ${counts.join(', ')}`,
    ...plan.notes.map((line) => `note: ${line}`),
    ...(plan.leftOut.length === 0 ? [] : [`left out: ${plan.leftOut.length} (dataset inspect names them)`]),
    `${plan.cells.length} cells: ${plan.cells.join(', ')}`,
    ...plan.notComputed.map(({ what, reason }) => `not computed: ${what} (${reason})`),
    '',
    ...textTable(
      ['step', 'faces', 'to embed', 'seconds', 'speed'],
      plan.steps.map(({ what, faces, missing, seconds, pace }) => [
        what,
        String(faces),
        String(missing),
        seconds.toFixed(1),
        pace,
      ]),
    ),
    `about ${plan.seconds.toFixed(0)} s in all`,
  ];
}

function describeFailed({ text, values }: AssertionOutcome): string {
  const found = values.map(
    ({ cell, percent }) => `${cell} ${percent === null ? 'has no such number' : percent.toFixed(2)}`,
  );
  return `${text} does not hold: ${found.join(', ')}`;
}

function parseProtocol(text: string): ProtocolName {
  return oneOf(PROTOCOLS)(text);
}

function oneOf<Choice extends string>(choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new GlimpseError('bad-usage', `expected one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
  };
}

function listParser<Item>(parse: (text: string) => Item): (text: string) => Item[] {
  return (text) => [...new Set(text.split(',').map((part) => parse(part.trim())))];
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
