// `glimpse gallery list-faces`: faces with what is known of them, a page at a time.

import { textTable } from '../../evaluation/report-lines.ts';
import { type Face, listFaces } from '../../gallery/db/queries/faces.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface ListOptions {
  readonly after: number;
  readonly limit: number;
}

/** A face as scripts see it; the crop by its SHA-256. */
interface ListedFace extends Omit<Face, 'crop'> {
  readonly crop: string;
}

interface ListResult {
  readonly gallery: string;
  readonly faces: readonly ListedFace[];
  /** What to give `--after` for the next page; null on the last one. */
  readonly next: number | null;
}

export const command: CommandModule<ListOptions, ListResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .option('--after <face>', 'start after this face number', integerParser(0), 0)
      .option('--limit <count>', 'faces of a page', integerParser(1, 100_000), 50);
  },

  run: ({ words, options: { after, limit } }) =>
    withGallery(words[0], ({ name, database }) => {
      const faces = listFaces(database, { after, limit });
      return {
        gallery: name,
        faces: faces.map((face) => ({ ...face, crop: face.crop.toString('hex') })),
        next: faces.length < limit ? null : faces[faces.length - 1].id,
      };
    }),

  describe({ gallery, faces, next }) {
    if (faces.length === 0) return `${gallery}: no faces here yet: \`glimpse gallery enrol ${gallery} …\``;
    const rows = faces.map((face) => [
      String(face.id),
      face.subjectName ?? 'unknown',
      String(face.trackId),
      face.camera ?? '–',
      face.capturedAt === null ? '–' : new Date(face.capturedAt).toISOString().slice(0, 19),
      face.sizePx.toFixed(0),
      face.weight.toFixed(2),
      face.reasons.join(' ') || '–',
      face.sourcePath,
    ]);
    const header = ['face', 'subject', 'track', 'camera', 'captured', 'px', 'weight', 'poor because', 'file'];
    return [...textTable(header, rows), ...(next === null ? [] : [`more: --after ${next}`])].join('\n');
  },
};
