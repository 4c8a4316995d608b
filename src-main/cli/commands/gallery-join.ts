// `glimpse gallery join`: tracks of one unbroken view become one.

import { joinTracks } from '../../gallery/changes/changes.ts';
import { type ChangeReport, changeReport, describeChange, describeTrack } from '../change-report.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { parseNumber, parseNumbers } from '../option-parsers.ts';

export const command: CommandModule<object, ChangeReport> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<track>', 'number of the track that stays, with its subject and camera', parseNumber)
      .argument('<others...>', 'numbers of the tracks whose faces join it', parseNumbers);
  },

  run: ({ words: [reference, ...words] }) =>
    withGallery(reference, (gallery) => {
      const [track, ...others] = words.map(Number);
      const joined = [track, ...others].map((id) => describeTrack(gallery, id)).join(' and ');
      const change = joinTracks(gallery, track, [...new Set(others)]);
      return changeReport(gallery, change, `${joined} became ${describeTrack(gallery, track)}`);
    }),

  describe: describeChange,
};
