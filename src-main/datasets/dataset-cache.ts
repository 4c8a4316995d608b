// Where everything that was made from a dataset, and can be made again, is kept.

import { join } from 'node:path';

/** The folder of one dataset's caches, by its fingerprint. */
export function datasetCacheFolder(cacheFolder: string, fingerprint: string): string {
  return join(cacheFolder, `faces-${fingerprint.slice(0, 16)}`);
}
