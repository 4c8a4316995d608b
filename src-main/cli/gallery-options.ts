// Options that several gallery commands share, and how they become an open gallery.

import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { GlimpseError } from '../common/errors.ts';
import { dataFolder } from '../common/files.ts';
import { type Acting, Gallery } from '../gallery/gallery.ts';
import { GALLERY_ENDING, galleryFolder, listGalleries } from '../gallery/gallery-folder.ts';
import { parsePath } from './option-parsers.ts';

/** Who is at the keyboard, for the audit log. */
export function acting(): Acting {
  return { actor: userInfo().username, now: Date.now };
}

/** A gallery's folder: a path where the reference has a slash or our ending, else a name under the data folder. */
export function folderOfGallery(reference: string): string {
  if (reference.includes('/') || reference.endsWith(GALLERY_ENDING)) return parsePath(reference);
  return galleryFolder(dataFolder(), reference);
}

/** Opens a gallery by name or path; the caller closes it. Throws `not-found` with the galleries there are. */
export function openGallery(reference: string): Gallery {
  const folder = folderOfGallery(reference);
  if (!existsSync(folder)) {
    const names = listGalleries(dataFolder()).join(', ') || 'none';
    throw new GlimpseError(
      'not-found',
      `there is no gallery ${reference} (galleries: ${names}): make it with \`glimpse gallery create\``,
    );
  }
  return Gallery.open(folder, acting());
}

/** Runs work on an open gallery and closes it, whatever happens. */
export async function withGallery<Result>(
  reference: string,
  work: (gallery: Gallery) => Promise<Result> | Result,
): Promise<Result> {
  const gallery = openGallery(reference);
  try {
    return await work(gallery);
  } finally {
    gallery.close();
  }
}
