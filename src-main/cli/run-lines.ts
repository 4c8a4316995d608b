// A training run as lines for people.

import type { EpochRow, RunConfig } from '../engine/training/run-folder.ts';
import type { RunOverview, RunReport } from '../engine/training/run-summary.ts';
import { percent, textTable } from '../evaluation/report-lines.ts';

const LABEL_WIDTH = 14;

/** In a few words: finished, why it stopped, or that nobody knows whether it still runs. */
export function describeState({ finished, stopReason, epochs }: RunOverview): string {
  if (stopReason === 'not-finite') return 'stopped: loss not finite';
  if (finished) return stopReason === 'no-gain' ? 'finished early, no gain' : 'finished';
  if (stopReason === 'cancelled') return 'interrupted';
  return epochs === 0 ? 'started' : 'running or killed';
}

/** Config, epochs, checkpoint and model card. `resumeCommand` is what goes on with an unfinished run. */
export function describeRun(report: RunReport, resumeCommand: string): string {
  const { config, epochRows, best, lastValidation } = report;
  const validation = lastValidation
    ? `LR-LR ${percent(lastValidation.lrLr)}` +
      (lastValidation.lrHr === null ? '' : `, LR-HR ${percent(lastValidation.lrHr)}`) +
      (best ? `; best mean ${percent(best.score)} after epoch ${best.epoch + 1}` : '')
    : 'none yet';
  const rows: [string, string][] = [
    ...configRows(config),
    ['state', `${describeState(report)}, ${report.epochs} of ${report.epochsPlanned} epochs`],
    ['validation', validation],
    ['checkpoint', describeCheckpoint(report)],
    ...(report.resumable ? [['go on with', resumeCommand] satisfies [string, string]] : []),
    ...cardRows(report),
    ...report.problems.map((problem) => ['problem', problem] satisfies [string, string]),
  ];
  const lines = rows.map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)}${value}`);
  const table = epochRows.length === 0 ? [] : ['', ...epochTable(epochRows)];
  return [report.path, ...lines, ...table].join('\n');
}

function configRows({
  settings,
  data,
  teacher,
  validation,
  environment,
  startedAt,
}: RunConfig): [string, string][] {
  const { network, classification, instance, relation, embedding, schedule } = settings;
  const input = network.studentInput === '112' ? ', upsampled to 112' : '';
  const terms = [
    classification.isOn ? `Cls (s ${classification.scale}, m ${classification.angularMargin})` : null,
    instance.isOn ? `${instance.weight}·IID (T ${instance.temperature})` : null,
    relation.isOn
      ? `${relation.weight}·RID (n ${relation.negatives} ${relation.sampling}, τ ${relation.temperature})`
      : null,
    embedding.isOn ? `${embedding.weight}·Emb` : null,
  ].filter((term) => term !== null);
  const drops = schedule.decayAtEpochs.map((epoch) => epoch + 1).join(', ');
  const versions = Object.entries(environment).map(([name, version]) => `${name} ${version}`);
  return [
    ['started', startedAt],
    [
      'architecture',
      `IResNet-${network.depth}, ${network.resolutionPx} px${input}, width ${network.widthFactor}, ` +
        `${network.embeddingSize} dimensions`,
    ],
    ['faces', `${data.root}: ${data.images} images, ${data.identities} identities`],
    [
      'teacher',
      `${teacher?.name ?? 'none'}, ${settings.teacherViews} ${settings.teacherViews === 1 ? 'view' : 'views'} per face`,
    ],
    ['validated on', validation ?? 'nothing'],
    ['loss', terms.join(' + ')],
    [
      'schedule',
      `${schedule.epochs} epochs, batches of ${schedule.batchSize}, learning rate ${schedule.learningRate} ` +
        `× ${schedule.decayFactor} from epoch ${drops}, seed ${settings.seed}`,
    ],
    ['environment', versions.join(', ')],
  ];
}

function describeCheckpoint({ checkpoint }: RunReport): string {
  if (checkpoint === null) return 'none';
  const { epoch, step, path } = checkpoint;
  const where = step === 0 ? `after epoch ${epoch}` : `in epoch ${epoch + 1}, after step ${step}`;
  return `${where} (${path})`;
}

function cardRows({ card, finished, problems }: RunReport): [string, string][] {
  if (card === null) return finished && problems.length > 0 ? [] : [['network', 'not yet']];
  const { role, spec, trainedOn, teacherName, epochs, seed, createdAt } = card;
  return [
    ['network', `${card.name}, ${role}, IResNet-${spec.depth}, saved ${createdAt}`],
    [
      '',
      `${epochs} epochs on ${trainedOn.images} images of ${trainedOn.identities} identities, ` +
        `teacher ${teacherName ?? 'none'}, seed ${seed}`,
    ],
  ];
}

/** Loss terms are columns where any epoch has them. */
function epochTable(rows: readonly EpochRow[]): string[] {
  const terms = [...new Set(rows.flatMap(({ averages }) => Object.keys(averages)))].filter(
    (name) => name !== 'total' && name !== 'gradientNorm',
  );
  const header = ['epoch', 'loss', ...terms, 'gradient', 'rate', 'images/s', 'seconds', 'LR-LR', 'LR-HR'];
  const cells = rows.map(({ epoch, averages, learningRate, imagesPerSecond, seconds, validation }) => [
    String(epoch + 1),
    averages.total.toFixed(3),
    ...terms.map((name) => averages[name as keyof typeof averages]?.toFixed(3) ?? '–'),
    averages.gradientNorm.toFixed(1),
    learningRate.toPrecision(2),
    imagesPerSecond.toFixed(0),
    seconds.toFixed(0),
    validation ? percent(validation.lrLr) : '–',
    validation?.lrHr ? percent(validation.lrHr) : '–',
  ]);
  return textTable(header, cells);
}
