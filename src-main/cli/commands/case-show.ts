// `glimpse case show`: everything in a case, in order.

import { textTable } from '../../evaluation/report-lines.ts';
import {
  type CaseItem,
  type CaseRecord,
  type CaseResult,
  standingDecision,
} from '../../gallery/cases/case-items.ts';
import { caseItems, findCase } from '../../gallery/cases/cases.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';

interface ShowResult {
  readonly gallery: string;
  readonly case: CaseRecord;
  readonly items: readonly CaseItem[];
}

export const command: CommandModule<object, ShowResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<case>', 'a case by title or number');
  },

  run: ({ words: [reference, which] }) =>
    withGallery(reference, (gallery) => {
      const record = findCase(gallery, which);
      const items = caseItems(gallery.database, record.id);
      gallery.change(() => gallery.record('case.shown', { case: record.id }));
      return { gallery: gallery.name, case: record, items };
    }),

  describe: ({ gallery, case: { id, title, state, createdBy, createdAt }, items }) =>
    [
      `case ${id} of ${gallery}: ${title} (${state}, by ${createdBy} ${momentOf(createdAt)})`,
      ...items.flatMap((item) => ['', ...linesOf(item, items)]),
    ].join('\n'),
};

function linesOf(item: CaseItem, items: readonly CaseItem[]): string[] {
  const heading = `${item.id} · ${item.kind} · ${item.actor} ${momentOf(item.at)}`;
  if (item.kind === 'note') return [heading, item.body.text];
  if (item.kind === 'probe') {
    const faces = item.body.faces.map(({ path, face, facesInPicture, sizePx, purged }) =>
      purged === undefined
        ? `${path} (face ${face} of ${facesInPicture}, ${sizePx.toFixed(0)} px)`
        : `purged (${purged})`,
    );
    return [heading, ...faces];
  }
  if (item.kind === 'decision') {
    const { verdict, searchItem, rank, note, supersedes } = item.body;
    const before = supersedes === null ? '' : `, in place of ${supersedes}`;
    return [
      heading,
      `${verdict}: result ${rank} of search ${searchItem}${before}`,
      ...(note === '' ? [] : [note]),
    ];
  }
  const { results, notes, probeItem, searched } = item.body;
  const rows = results.map((result) => [
    String(result.rank),
    result.score.toFixed(4),
    fmrText(result),
    result.purged === undefined ? (result.subject ?? 'unknown') : 'purged',
    result.trackId === null ? '–' : String(result.trackId),
    result.camera ?? '–',
    standingDecision(items, item.id, result.rank)?.body.verdict ?? '–',
  ]);
  const table = textTable(['rank', 'score', 'FMR', 'subject', 'track', 'camera', 'decided'], rows);
  const about = `probe ${probeItem} against ${countOf(searched.faces, 'face')} of ${countOf(searched.people, 'person', 'people')}`;
  return [heading, about, ...(rows.length === 0 ? ['no result'] : table), ...notes];
}

function fmrText({ fmr, fmrInterval }: CaseResult): string {
  return fmr?.toExponential(1) ?? (fmrInterval ? `< ${fmrInterval.high.toExponential(1)}` : 'not measured');
}

function momentOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
