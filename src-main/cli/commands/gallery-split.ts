// `glimpse gallery split`: faces of a track that are somebody else's become a track of their own.

import { splitTrack } from '../../gallery/changes/changes.ts';
import { faceById } from '../../gallery/db/queries/faces.ts';
import { type ChangeReport, changeReport, describeChange, describeTrack } from '../change-report.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { parseNumber, parseNumbers } from '../option-parsers.ts';

interface SplitReport extends ChangeReport {
  readonly newTrack: number | null;
}

export const command: CommandModule<object, SplitReport> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<track>', 'number of the track', parseNumber)
      .argument('<faces...>', 'numbers of the faces that leave it', parseNumbers);
  },

  run: ({ words: [reference, ...words] }) =>
    withGallery(reference, (gallery) => {
      const [track, ...faces] = words.map(Number);
      const before = describeTrack(gallery, track);
      const change = splitTrack(gallery, track, [...new Set(faces)]);
      const newTrack = faceById(gallery.database, faces[0])?.trackId ?? null;
      const parts = [track, newTrack ?? track].map((id) => describeTrack(gallery, id)).join(' and ');
      return { ...changeReport(gallery, change, `${before} became ${parts}`), newTrack };
    }),

  describe: describeChange,
};
