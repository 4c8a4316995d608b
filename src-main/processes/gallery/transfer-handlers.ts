// Whole galleries as packages: out of an open one, and into a new one, each on a thread of its own.

import { beginGalleryExport } from '../exports/gallery-export.ts';
import type { ImportReport } from '../exports/gallery-import.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { GalleryService } from './gallery-service.ts';
import type { ImportTask } from './import-thread.ts';
import type { OpenGalleries } from './open-galleries.ts';
import { runOnThread } from './run-on-thread.ts';

export function transferHandlers(
  galleries: OpenGalleries,
): Pick<Handlers<GalleryService>, 'exportGallery' | 'importGallery'> {
  return {
    exportGallery: async ({ gallery, target }, progress) => {
      const open = galleries.of(gallery);
      await beginGalleryExport(open.gallery, target, { force: false });
      return open.read('exportGallery', { target }, progress);
    },
    importGallery: (data: ImportTask, progress) =>
      runOnThread<ImportReport>(
        { entry: new URL('./import-thread.ts', import.meta.url), data, endsItself: true },
        progress,
      ),
  };
}
