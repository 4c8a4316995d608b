// Which galleries have embeddings by which models: without its model a gallery is not searched by new pictures any more.

import { join } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { asGalleryError, openToLook } from '../../gallery/db/connection.ts';
import { modelDigests } from '../../gallery/db/queries/spaces.ts';
import { DATABASE_NAME, galleryFolder, listGalleries } from '../../gallery/gallery-folder.ts';

export interface ModelUses {
  /** Networks by the SHA-256 of their file, hex. */
  readonly galleries: readonly { readonly name: string; readonly models: readonly string[] }[];
  /** Of galleries that could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Of all galleries of a data folder, whoever holds them. */
export function modelUses(dataFolder: string): ModelUses {
  const galleries: { name: string; models: readonly string[] }[] = [];
  const problems: string[] = [];
  for (const name of listGalleries(dataFolder)) {
    try {
      galleries.push({ name, models: readModels(join(galleryFolder(dataFolder, name), DATABASE_NAME)) });
    } catch (error) {
      problems.push(`gallery ${name}: ${messageOf(error)}`);
    }
  }
  return { galleries, problems };
}

function readModels(path: string): readonly string[] {
  const database = openToLook(path);
  try {
    return modelDigests(database);
  } catch (error) {
    throw asGalleryError(error, path);
  } finally {
    database.close();
  }
}
