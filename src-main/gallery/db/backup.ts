// A copy of a gallery while it is open: the database as of one moment, and every crop it names.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { Gallery } from '../gallery.ts';
import { CROPS_NAME, DATABASE_NAME } from '../gallery-folder.ts';
import { asGalleryError } from './connection.ts';
import { CropStore } from './crops.ts';
import { countFaces } from './queries/faces.ts';

/** Copies to a new folder. Throws `bad-usage` where a gallery stands already, `disk-full`. */
export function backUpGallery(gallery: Gallery, folder: string, progress: ProgressToken): { faces: number } {
  recordBackUp(gallery, folder);
  return copyGallery(gallery, folder, progress);
}

/** What the copy and the original shall both know of it; throws `bad-usage` as above, before anything is written. */
export function recordBackUp(gallery: Gallery, folder: string): void {
  refuseGallery(folder);
  // Not the folder: its name may be a person's, and the log is never purged.
  gallery.change(() => gallery.record('gallery.backed-up', { faces: countFaces(gallery.database) }));
}

/** The copying alone: a connection that only reads can do it. */
export function copyGallery(gallery: Gallery, folder: string, progress: ProgressToken): { faces: number } {
  refuseGallery(folder);
  const target = join(folder, DATABASE_NAME);
  try {
    mkdirSync(folder, { recursive: true });
    const digests = gallery.database
      .prepare('SELECT crop FROM faces UNION SELECT crop FROM case_crops')
      .pluck()
      .all() as Buffer[];
    const copies = new CropStore(join(folder, CROPS_NAME));
    const stage = progress.stage('copying crops', digests.length, 'crops');
    for (const digest of digests) {
      progress.throwIfCancelled();
      gallery.crops.copy(digest, copies);
      stage.advance();
    }
    // Last: a folder with a database is a whole backup.
    gallery.database.prepare('VACUUM INTO ?').run(target);
    return { faces: countFaces(gallery.database) };
  } catch (error) {
    throw asGalleryError(error, target);
  }
}

function refuseGallery(folder: string): void {
  const isTaken = existsSync(join(folder, DATABASE_NAME));
  ensure(!isTaken, 'bad-usage', `${folder} already holds a gallery: name another folder`);
}
