// Training: what is checked before, started, gone on with, read back.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { ABLATION_ROWS } from '../../contract/ablations.ts';
import type { JobView } from '../../contract/jobs.ts';
import { ablationRun, listAblations } from '../../processes/engine/ablation-jobs.ts';
import { ensureFolder } from '../../processes/folder-listing.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type TrainingChannels =
  | 'training.presets'
  | 'training.check'
  | 'training.pace'
  | 'training.samples'
  | 'training.start'
  | 'training.resume'
  | 'training.branch'
  | 'training.ablate'
  | 'training.ablations'
  | 'runs.list'
  | 'runs.mined'
  | 'runs.read';

export function trainingHandlers({
  engine,
  queue,
  facts,
}: HostServices): Pick<HandlerTable, TrainingChannels> {
  /** The unfinished job of a run, if there is one. */
  function openJobOf(run: string): JobView | undefined {
    return queue.views.find(
      ({ kind, subject, endedAt }) => kind === 'train' && subject === run && endedAt === null,
    );
  }
  function refuseTaken(run: string): void {
    const isTaken = openJobOf(run) !== undefined || existsSync(join(facts.dataFolder, 'runs', run));
    ensure(!isTaken, 'bad-usage', `there is a run ${run} already: choose another name`);
  }
  return {
    'training.presets': () => engine.call('presets', null),
    'training.check': (plan) => engine.call('checkData', plan),
    'training.pace': (request) => engine.call('checkPace', request),
    'training.samples': (request) => engine.call('samples', request),
    'training.start': async ({ run, plan }) => {
      refuseTaken(run);
      await ensureFolder(plan.data);
      return queue.add('train', { run, plan });
    },
    'training.resume': ({ run }) => {
      const open = openJobOf(run);
      if (open?.canResume) return queue.resume(open.id);
      ensure(open === undefined, 'bad-usage', `run ${run} is ${open?.state} already`);
      return queue.add('train', { run, plan: null });
    },
    'training.branch': async (request) => {
      refuseTaken(request.run);
      await engine.call('branch', request);
      return queue.add('train', { run: request.run, plan: null });
    },
    'training.ablate': async (asked) => {
      const open = queue.views.find(
        ({ kind, subject, endedAt }) => kind === 'ablation' && subject === asked.name && endedAt === null,
      );
      const known = (await listAblations(facts.dataFolder)).some(({ name }) => name === asked.name);
      ensure(open === undefined && !known, 'bad-usage', `there is an ablation ${asked.name} already`);
      for (const row of ABLATION_ROWS) refuseTaken(ablationRun(asked.name, row));
      await ensureFolder(asked.plan.data);
      await ensureFolder(asked.plan.validation);
      return queue.add('ablation', asked);
    },
    'training.ablations': () => listAblations(facts.dataFolder),
    'runs.list': () => engine.call('runs', null),
    'runs.mined': (request) => engine.call('minedSamples', request),
    'runs.read': (request) => engine.call('run', request),
  };
}
