// What a reader must not conclude: sample sizes, overlap with training data, and how the faces were degraded.

import { GlimpseError } from '../../common/errors.ts';
import { listIdentityFolders } from '../../datasets/identity-folders.ts';
import type { ProtocolSet } from '../../datasets/protocols/protocol-set.ts';
import { impostorsNeededFor } from '../../evaluation/operating-points.ts';
import type { BenchmarkModel } from './models.ts';

export async function limitsOf(
  set: ProtocolSet,
  models: readonly BenchmarkModel[],
  targetFmrs: readonly number[],
): Promise<string[]> {
  return [...sizeLimits(set, targetFmrs), ...degradationLimits(set), ...(await overlapLimits(set, models))];
}

function sizeLimits(set: ProtocolSet, targetFmrs: readonly number[]): string[] {
  if (set.kind !== 'pairs') return [];
  const impostors = set.pairs.filter(({ isGenuine }) => !isGenuine).length;
  const refused = targetFmrs.filter((target) => impostors < impostorsNeededFor(target));
  const lines = [
    `${set.pairs.length} pairs in ${set.folds} folds: the standard error of an accuracy of 90 % is about ${(100 * Math.sqrt(0.09 / set.pairs.length)).toFixed(2)} points`,
  ];
  if (refused.length > 0)
    lines.push(
      `${impostors} impostor pairs cannot support an FAR of ${refused.join(', ')}: those are not reported`,
    );
  if (set.pairsLeftOut > 0)
    lines.push(
      `${set.pairsLeftOut} pairs of the protocol were left out: results are not comparable with ones over all of it`,
    );
  return lines;
}

function degradationLimits(set: ProtocolSet): string[] {
  if (set.isNative)
    return ['the pictures come from real cameras; they are resampled to the size that a model sees'];
  return ['faces were made small by bicubic resampling: a real far camera adds blur, noise and compression'];
}

/**
 * Names are compared without case and punctuation; training data that are gone or carry numbers cannot be checked. Counts
 * alone are said: limits stand in reports that may name nobody.
 */
async function overlapLimits(set: ProtocolSet, models: readonly BenchmarkModel[]): Promise<string[]> {
  if (set.subjects === null)
    return ['identity overlap with training data: not checked, the benchmark names nobody'];
  const lines: string[] = [];
  const checked = new Map<string, string>();
  for (const model of models) {
    if (model.kind === 'teacher') {
      lines.push(
        `${model.entry.name}: its training data are not known here, so that overlap cannot be checked`,
      );
      continue;
    }
    const { root } = model.trained.card.trainedOn;
    const line = checked.get(root) ?? (await overlapLine(root, set.subjectNames));
    checked.set(root, line);
    lines.push(`${model.entry.name}: ${line}`);
  }
  return lines;
}

async function overlapLine(root: string, subjects: readonly string[]): Promise<string> {
  let identities: readonly string[];
  try {
    identities = (await listIdentityFolders(root)).identities;
  } catch (error) {
    if (!(error instanceof GlimpseError)) throw error;
    return 'overlap with its training data not checked: they are not where they were, or lie in no folders of identities';
  }
  if (identities.every((name) => /^\D{0,3}\d+$/.test(name)))
    return `overlap with its training data not checked: its ${identities.length} identities carry numbers, not names`;
  const known = new Set(identities.map(plain));
  const shared = subjects.filter((name) => known.has(plain(name))).length;
  return `${shared} of ${subjects.length} people here have a name that its training data have too`;
}

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
