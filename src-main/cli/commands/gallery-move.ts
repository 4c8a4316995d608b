// `glimpse gallery move`: tracks go to another subject, to a new one, or to nobody known.

import { ensure } from '../../common/errors.ts';
import { moveTracks, type NewOwner } from '../../gallery/changes/changes.ts';
import { findSubject } from '../../gallery/db/queries/find-subject.ts';
import { trackById } from '../../gallery/db/queries/tracks.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import {
  type ChangeReport,
  changeReport,
  describeChange,
  describeSubjectNow,
  describeTrack,
} from '../change-report.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { parseNumbers } from '../option-parsers.ts';

interface MoveOptions {
  readonly to?: string;
  readonly toNew?: string;
  readonly toNobody?: boolean;
}

export const command: CommandModule<MoveOptions, ChangeReport> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<tracks...>', 'numbers of the tracks', parseNumbers)
      .option('--to <subject>', 'the subject that they show, by name or number')
      .option('--to-new <name>', 'a new subject of this name')
      .option('--to-nobody', 'nobody known');
  },

  run: ({ words: [reference, ...words], options }) =>
    withGallery(reference, (gallery) => {
      const tracks = [...new Set(words.map(Number))];
      const moved = tracks.map((id) => describeTrack(gallery, id));
      const change = moveTracks(gallery, tracks, ownerOf(gallery, options));
      const owner = trackById(gallery.database, tracks[0])?.subjectId ?? null;
      const target = owner === null ? 'nobody known' : describeSubjectNow(gallery, owner);
      return changeReport(gallery, change, `${moved.join(', ')} went to ${target}`);
    }),

  describe: describeChange,
};

function ownerOf({ database }: Gallery, { to, toNew, toNobody }: MoveOptions): NewOwner {
  const given = [to, toNew, toNobody].filter((option) => option !== undefined).length;
  ensure(given === 1, 'bad-usage', 'move needs one of --to, --to-new and --to-nobody');
  if (toNobody === true) return null;
  if (to !== undefined) return { subjectId: findSubject(database, to).id };
  ensure(toNew !== undefined && toNew.trim() !== '', 'bad-usage', 'a name has at least one letter');
  return { name: toNew.trim() };
}
