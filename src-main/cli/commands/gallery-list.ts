// `glimpse gallery list`: galleries with what they hold.

import { messageOf } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import { countFaces } from '../../gallery/db/queries/faces.ts';
import { listSpaces } from '../../gallery/db/queries/spaces.ts';
import { listSubjects } from '../../gallery/db/queries/subjects.ts';
import { listGalleries } from '../../gallery/gallery-folder.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';

interface GalleryRow {
  readonly name: string;
  readonly faces: number;
  readonly subjects: number;
  readonly spaces: number;
}

interface ListResult {
  readonly galleries: readonly GalleryRow[];
  /** Galleries that did not open, with the reason. */
  readonly problems: readonly { readonly name: string; readonly problem: string }[];
}

export const command: CommandModule<object, ListResult> = {
  configure() {},

  async run() {
    const galleries: GalleryRow[] = [];
    const problems: { name: string; problem: string }[] = [];
    for (const name of listGalleries(dataFolder())) {
      try {
        const row = await withGallery(name, ({ database }) => ({
          name,
          faces: countFaces(database),
          subjects: listSubjects(database).length,
          spaces: listSpaces(database).length,
        }));
        galleries.push(row);
      } catch (error) {
        problems.push({ name, problem: messageOf(error) });
      }
    }
    return { galleries, problems };
  },

  describe({ galleries, problems }) {
    if (galleries.length + problems.length === 0)
      return 'no galleries yet: make one with `glimpse gallery create <name>`';
    const rows = galleries.map(({ name, faces, subjects, spaces }) => [
      name,
      ...[faces, subjects, spaces].map(String),
    ]);
    const table = rows.length === 0 ? [] : textTable(['gallery', 'faces', 'subjects', 'spaces'], rows);
    return [...table, ...problems.map(({ name, problem }) => `${name}: ${problem}`)].join('\n');
  },
};
