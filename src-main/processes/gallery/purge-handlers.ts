// Purges of an open gallery and what they would take, each on a thread of its own while the gallery can be looked at.

import type { ProgressToken } from '../../common/progress.ts';
import type { PurgePreview } from '../../gallery/purge/preview.ts';
import type { PurgeReport } from '../../gallery/purge/purge.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import { reportJournalGrowth } from './journal-growth.ts';
import type { OpenGalleries, OpenGallery } from './open-galleries.ts';
import type { PurgeDone, PurgeTask } from './purge-thread.ts';
import { runOnThread } from './run-on-thread.ts';

export function purgeHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, 'purge' | 'previewPurge'> {
  return {
    purge: async ({ gallery, rule }, progress) => {
      const open = galleries.of(gallery);
      try {
        return await open.alone(() => purge(open, rule, progress));
      } finally {
        announce('changed', { gallery, what: 'purge' });
      }
    },
    previewPurge: ({ gallery, rule }, progress) =>
      onThread<PurgePreview>(galleries.of(gallery), { kind: 'preview', rule }, progress),
  };
}

async function purge(
  open: OpenGallery,
  rule: PurgeTask['rule'],
  progress: ProgressToken,
): Promise<PurgeReport> {
  open.searches.forget();
  open.reports.forget();
  const endReports = reportJournalGrowth(open.gallery.database.name, progress);
  try {
    const { report, touched } = await onThread<PurgeDone>(open, { kind: 'purge', rule }, progress);
    if (touched === null) open.indexes.keepOnly([]);
    else open.indexes.catchUpWith(touched);
    return report;
  } catch (error) {
    // Its rows may have gone before it failed.
    open.indexes.keepOnly([]);
    throw error;
  } finally {
    endReports();
  }
}

function onThread<Result>(
  { gallery: { folder, acting } }: OpenGallery,
  task: Pick<PurgeTask, 'kind' | 'rule'>,
  progress: ProgressToken,
): Promise<Result> {
  const data: PurgeTask = { folder, actor: acting.actor, ...task };
  const entry = new URL('./purge-thread.ts', import.meta.url);
  return runOnThread({ entry, data, endsItself: task.kind === 'purge' }, progress);
}
