// `glimpse gallery purge`: faces that must not be kept, gone for good.

import { ensure } from '../../common/errors.ts';
import { parseCapturedAt } from '../../datasets/sources/captured-at.ts';
import { countFaces } from '../../gallery/db/queries/faces.ts';
import { findSubject } from '../../gallery/db/queries/find-subject.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { type PurgeReport, purgeFaces } from '../../gallery/purge/purge.ts';
import type { PurgeRule } from '../../gallery/purge/rule.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';

interface PurgeOptions {
  readonly subject?: string;
  readonly before?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

interface PurgeResult extends PurgeReport {
  readonly gallery: string;
  readonly left: number;
}

export const command: CommandModule<PurgeOptions, PurgeResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .option('--subject <name>', 'all faces of a subject, by name or number')
      .option(
        '--before <date>',
        'all faces captured before a date (2026-01-31, UTC), or enrolled before it where no time is known',
      )
      .option('--all', 'every face')
      .option('--yes', 'really do it: nothing brings purged faces back');
  },

  run: ({ words, options }) =>
    withGallery(words[0], (gallery) => {
      const rule = ruleOf(gallery, options);
      ensure(
        options.yes === true,
        'bad-usage',
        `nothing brings purged faces back: add --yes to purge ${gallery.name}, or back it up first with \`glimpse gallery backup\``,
      );
      const report = purgeFaces(gallery, rule);
      return { gallery: gallery.name, ...report, left: countFaces(gallery.database) };
    }),

  describe: ({ gallery, purge, faces, subjects, crops, changes, left, ...fromCases }) => {
    const { cases, caseItems, caseCrops, mentions } = fromCases;
    const lines = [
      `${gallery}: ${countOf(faces, 'face')} of ${countOf(subjects, 'subject')} purged with ${countOf(crops, 'crop')} and ${countOf(changes, 'undo record')}, ${countOf(left, 'face')} left`,
      ...(cases > 0 ? [`${countOf(cases, 'case')} removed`] : []),
      ...(caseItems > 0 && cases === 0
        ? [
            `${countOf(caseItems, 'item')} of cases redacted, ${countOf(caseCrops, 'crop')} of theirs gone, names or paths taken out of ${countOf(mentions, 'text')}`,
          ]
        : []),
      `purge record ${purge}`,
    ];
    return lines.join('\n');
  },
};

function ruleOf({ database }: Gallery, { subject, before, all }: PurgeOptions): PurgeRule {
  const given = [subject, before, all].filter((option) => option !== undefined).length;
  ensure(given === 1, 'bad-usage', 'purge needs one of --subject, --before and --all');
  if (all) return { kind: 'whole' };
  if (before !== undefined) {
    const moment = parseCapturedAt(before);
    ensure(
      moment !== null,
      'bad-usage',
      `--before is a date such as 2026-01-31, not ${JSON.stringify(before)}`,
    );
    return { kind: 'age', before: moment };
  }
  return { kind: 'subject', subjectId: findSubject(database, subject as string).id };
}
