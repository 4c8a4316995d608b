// A request as the command that repeats it.

import type { CellPlan } from './cells.ts';
import type { BenchmarkModel } from './models.ts';
import type { BenchmarkRequest } from './request.ts';

/** What computes one cell of a request without the others. @param models those of the request, in its order */
export function commandOfCell(
  request: BenchmarkRequest,
  models: readonly BenchmarkModel[],
  { model, resolutionPx, scenario, adaptation }: CellPlan,
): string {
  return commandOf({
    ...request,
    models: [request.models[models.indexOf(model)]],
    resolutions: [resolutionPx],
    scenarios: [scenario],
    adaptations: [adaptation],
  });
}

/** Everything that a number depends on is named, so that a later default changes nothing. */
export function commandOf(request: Omit<BenchmarkRequest, 'command'>): string {
  const { protocol, dataPath, models, teacher, resolutions, scenarios, adaptations, faceBn, folds } = request;
  return commandText([
    'benchmark',
    protocol,
    ...['--data', dataPath],
    ...models.flatMap((model) => ['--model', model]),
    ...['--teacher', teacher],
    ...['--resolution', resolutions.join(',')],
    ...['--scenario', scenarios.join(',')],
    ...['--adapt', adaptations.join(',')],
    ...['--hr-backbone', request.hrBackbone],
    ...(request.flipFusion ? ['--flip'] : []),
    ...(folds === null ? [] : ['--folds', String(folds)]),
    ...['--gamma', String(faceBn.gamma)],
    ...['--lambda', String(faceBn.lambda)],
    ...['--batch', String(faceBn.batchSize)],
    ...['--seed', String(request.seed)],
    ...['--replicates', String(request.replicates)],
    ...(request.missingImages === 'skip' ? ['--skip-missing'] : []),
    ...(request.keepsCrops ? [] : ['--no-crops']),
  ]);
}

/** Words of the command line, fit to be pasted into a shell. */
function commandText(words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ['glimpse', ...quoted].join(' ');
}
