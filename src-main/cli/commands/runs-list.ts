// `glimpse runs list`: the training runs under the data folder, and how far each has come.

import { GlimpseError } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { listRuns, type RunFolder } from '../../engine/training/run-folder.ts';
import { overviewOf, type RunOverview } from '../../engine/training/run-summary.ts';
import { percent, textTable } from '../../evaluation/report-lines.ts';
import type { CommandModule } from '../command.ts';
import { describeState } from '../run-lines.ts';

interface RunsListResult {
  readonly runs: readonly RunOverview[];
  /** Folders whose config.json cannot be used. */
  readonly damaged: readonly { readonly name: string; readonly path: string; readonly problem: string }[];
}

export const command: CommandModule<object, RunsListResult> = {
  configure() {},

  async run() {
    const runs: RunOverview[] = [];
    const damaged: { name: string; path: string; problem: string }[] = [];
    for (const run of await listRuns(dataFolder())) {
      const overview = await overviewOf(run).catch((error) => problemOf(error));
      if (typeof overview === 'string') damaged.push({ ...namesOf(run), problem: overview });
      else runs.push(overview);
    }
    return { runs, damaged };
  },

  describe({ runs, damaged }) {
    if (runs.length + damaged.length === 0) return 'no runs yet: `glimpse train` makes one';
    const header = ['run', 'px', 'width', 'teacher', 'epochs', 'LR-LR', 'LR-HR', 'state', 'started (UTC)'];
    const table = runs.length === 0 ? [] : textTable(header, runs.map(cellsOf));
    return [...table, ...damaged.map(({ name, problem }) => `${name}: ${problem}`)].join('\n');
  },
};

function cellsOf(run: RunOverview): string[] {
  const { lastValidation: validation } = run;
  return [
    run.name,
    String(run.resolutionPx),
    String(run.widthFactor),
    run.teacher ?? 'none',
    `${run.epochs}/${run.epochsPlanned}`,
    validation ? percent(validation.lrLr) : '–',
    validation?.lrHr ? percent(validation.lrHr) : '–',
    describeState(run),
    run.startedAt.slice(0, 16).replace('T', ' '),
  ];
}

function namesOf({ name, path }: RunFolder): { name: string; path: string } {
  return { name, path };
}

function problemOf(error: unknown): string {
  if (!(error instanceof GlimpseError)) throw error;
  return error.message;
}
