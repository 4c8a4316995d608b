// A benchmark's data, opened and validated: what does not decode is left out, and only faces that take part stay.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { openProtocol } from '../../datasets/protocols/open-protocol.ts';
import { type ProtocolSet, withoutFaces } from '../../datasets/protocols/protocol-set.ts';
import { onlyUsedFaces, withFolds } from '../../datasets/protocols/used-faces.ts';
import { findUnreadable } from '../../datasets/readable.ts';
import type { BenchmarkRequest } from './request.ts';

/** Throws as `openProtocol` does, and `bad-dataset` where the protocol does not hold without what is unreadable. */
export async function openBenchmarkSet(
  request: BenchmarkRequest,
  progress: ProgressToken,
): Promise<ProtocolSet> {
  const { protocol, dataPath, seed, missingImages, folds } = request;
  const opened = await openProtocol(protocol, dataPath, { seed, missingImages }, progress);
  const unreadable = await findUnreadable(opened.faces, opened.fingerprint, request.cacheFolder, progress);
  const set = onlyUsedFaces(withoutFaces(opened, unreadable));
  if (folds === null) return set;
  ensure(set.kind === 'pairs', 'bad-usage', `--folds cuts pairs, and ${protocol} compares none`);
  return withFolds(set, folds);
}
