// Options of `glimpse train` that choose its settings, and the settings they make.

import { type Command, Option } from 'commander';
import { ensure } from '../common/errors.ts';
import {
  type PresetName,
  presetSettings,
  type TrainingSettings,
  withEpochs,
} from '../engine/training/settings.ts';
import { integerParser, numberParser } from './option-parsers.ts';

export interface TrainOptions {
  readonly data?: string;
  readonly validate?: string;
  readonly teacher?: string;
  readonly run?: string;
  readonly resume?: boolean;
  readonly preset: PresetName;
  readonly resolution?: number;
  readonly input?: 'native' | '112';
  readonly width?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly terms?: string;
  readonly views?: number;
  readonly negatives?: number;
  readonly sampling?: 'hard' | 'random';
  readonly headInit?: 'teacher' | 'random';
  readonly instanceWeight?: number;
  readonly relationWeight?: number;
  readonly relationTemperature?: number;
  readonly embeddingWeight?: number;
  readonly clip?: number;
  readonly validateEvery?: number;
  readonly patience?: number;
  readonly seed?: number;
}

const TERM_LETTERS = ['cls', 'iid', 'rid', 'emb'] as const;

/** A resumed run has these from its config.json. */
export const FIXED_AT_START = [
  'teacher',
  'preset',
  'resolution',
  'input',
  'width',
  'epochs',
  'batch',
  'learningRate',
  'terms',
  'views',
  'negatives',
  'sampling',
  'headInit',
  'instanceWeight',
  'relationWeight',
  'relationTemperature',
  'embeddingWeight',
  'clip',
  'validateEvery',
  'patience',
  'seed',
] as const satisfies readonly (keyof TrainOptions)[];

export function declareSettings(command: Command): void {
  command
    .addOption(
      new Option('--preset <name>', 'where the settings start')
        .choices(['paper', 'ours', 'quick', 'teacher'])
        .default('ours'),
    )
    .option('--resolution <px>', 'r: side of the degraded faces', integerParser(16, 112))
    .addOption(new Option('--input <kind>', 'what the network sees').choices(['native', '112']))
    .option('--width <factor>', 'multiplies every channel count', numberParser(1 / 64, 4))
    .option(
      '--epochs <count>',
      'epochs; the learning rate drops at 58, 78 and 89 % of them',
      integerParser(1),
    )
    .option('--batch <faces>', 'faces per step', integerParser(2))
    .option('--learning-rate <rate>', 'first learning rate', numberParser(0))
    .option('--terms <list>', `loss terms that are on, of ${TERM_LETTERS.join(',')}`)
    .option('--views <count>', 'V: teacher views per face', integerParser(1, 64))
    .option('--negatives <count>', 'n: negatives per face of L_RID', integerParser(1))
    .addOption(new Option('--sampling <kind>', 'how negatives are pre-selected').choices(['hard', 'random']))
    .addOption(new Option('--head-init <kind>', 'where class weights start').choices(['teacher', 'random']))
    .option('--instance-weight <alpha>', 'α of L_IID', numberParser(0))
    .option('--relation-weight <beta>', 'β of L_RID', numberParser(0))
    .option('--relation-temperature <tau>', 'τ of L_RID', numberParser(0.001))
    .option('--embedding-weight <delta>', 'δ of L_Emb', numberParser(0))
    .option('--clip <norm>', 'largest gradient norm', numberParser(0))
    .option('--validate-every <epochs>', 'validate every so many epochs', integerParser(1))
    .option('--patience <count>', 'stop after so many validations without gain', integerParser(1))
    .option('--seed <number>', 'fixes every random draw', integerParser(0));
}

export function settingsOf(options: TrainOptions): TrainingSettings {
  const preset = presetSettings(options.preset);
  const base = options.epochs === undefined ? preset : withEpochs(preset, options.epochs);
  const terms = options.terms?.split(',');
  for (const term of terms ?? []) {
    ensure(
      TERM_LETTERS.some((known) => known === term),
      'bad-usage',
      `--terms knows ${TERM_LETTERS.join(', ')}, not ${JSON.stringify(term)}`,
    );
  }
  const isOn = (term: (typeof TERM_LETTERS)[number], otherwise: boolean): boolean =>
    terms?.includes(term) ?? otherwise;
  const { network, classification, instance, relation, embedding, schedule } = base;
  const settings: TrainingSettings = {
    ...base,
    network: {
      ...network,
      resolutionPx: options.resolution ?? network.resolutionPx,
      studentInput: options.input ?? network.studentInput,
      widthFactor: options.width ?? network.widthFactor,
    },
    classification: {
      ...classification,
      isOn: isOn('cls', classification.isOn),
      headInit: options.headInit ?? classification.headInit,
    },
    instance: {
      ...instance,
      isOn: isOn('iid', instance.isOn),
      weight: options.instanceWeight ?? instance.weight,
    },
    relation: {
      ...relation,
      isOn: isOn('rid', relation.isOn),
      weight: options.relationWeight ?? relation.weight,
      temperature: options.relationTemperature ?? relation.temperature,
      negatives: options.negatives ?? relation.negatives,
      sampling: options.sampling ?? relation.sampling,
    },
    embedding: { isOn: isOn('emb', embedding.isOn), weight: options.embeddingWeight ?? embedding.weight },
    teacherViews: options.views ?? base.teacherViews,
    schedule: {
      ...schedule,
      batchSize: options.batch ?? schedule.batchSize,
      learningRate: options.learningRate ?? schedule.learningRate,
      largestGradientNorm: options.clip ?? schedule.largestGradientNorm,
    },
    validateEveryEpochs: options.validateEvery ?? base.validateEveryEpochs,
    patience: options.patience ?? base.patience,
    seed: options.seed ?? base.seed,
  };
  const anyTerm =
    settings.classification.isOn ||
    settings.instance.isOn ||
    settings.relation.isOn ||
    settings.embedding.isOn;
  ensure(anyTerm, 'bad-usage', '--terms leaves no loss term on');
  return settings;
}
