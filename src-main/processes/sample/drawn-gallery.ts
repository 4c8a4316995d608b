// Whether a gallery is a sample still: as soon as one real picture has been enrolled, it is somebody's own.

import type { Gallery } from '../../gallery/gallery.ts';
import { DRAWN_KIND, DRAWN_ROOT } from './sample-plan.ts';

/** True where it was made as a sample and every picture in it is a drawn one. */
export function isDrawnGallery({ database }: Gallery): boolean {
  const isSample = database.prepare('SELECT EXISTS (SELECT 1 FROM imports WHERE kind = ?)').pluck();
  if (isSample.get(DRAWN_KIND) !== 1) return false;
  const hasOther = database.prepare(
    'SELECT EXISTS (SELECT 1 FROM sources WHERE substr(path, 1, length(@root)) <> @root)',
  );
  return hasOther.pluck().get({ root: `${DRAWN_ROOT}/` }) === 0;
}
