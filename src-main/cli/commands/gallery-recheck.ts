// `glimpse gallery recheck`: what scores mean in a gallery, and which labels look wrong.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { matrix } from '../../common/matrix.ts';
import { Rng } from '../../common/rng.ts';
import { bandLabel } from '../../evaluation/meaning/face-bands.ts';
import { scoreAtFmr } from '../../evaluation/meaning/false-match-rate.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import { findLeastSimilarOfSame, findMostSimilarOfDifferent } from '../../evaluation/self-check.ts';
import { activeSpace } from '../../gallery/db/queries/spaces.ts';
import { subjectById } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { measureMeaning } from '../../processes/search/measured-meaning.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface RecheckOptions {
  readonly side: 'lr' | 'hr';
  readonly count: number;
}

interface DoubtfulPair {
  readonly score: number;
  readonly left: { readonly subject: string | null; readonly trackId: number };
  readonly right: { readonly subject: string | null; readonly trackId: number };
}

interface RecheckResult {
  readonly gallery: string;
  readonly meaning: ScoreMeaning;
  /** One person under two names? Merge them. */
  readonly alikeOfDifferent: readonly DoubtfulPair[];
  /** Two persons under one name? Move or split. */
  readonly unlikeOfSame: readonly DoubtfulPair[];
}

const TARGETS = [1e-2, 1e-3, 1e-4, 1e-5];

export const command: CommandModule<RecheckOptions, RecheckResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .addOption(new Option('--side <side>', 'which embeddings').choices(['lr', 'hr']).default('lr'))
      .option('--count <pairs>', 'pairs of each list', integerParser(1, 1000), 10);
  },

  run: ({ words, options, progress }) =>
    withGallery(words[0], async (gallery) => {
      const space = activeSpace(gallery.database, options.side);
      ensure(space !== null, 'bad-data', `${gallery.name} has no faces on the ${options.side} side yet`);
      const index = GalleryIndex.load(gallery.database, space, progress);
      const meaning = measureMeaning(gallery, index);
      const rows = index.trackTemplates();
      const values = new Float32Array(rows.vectors.length * space.dimension);
      for (const [at, vector] of rows.vectors.entries()) values.set(vector, at * space.dimension);
      const items = { vectors: matrix(values, space.dimension), subjects: rows.subjects };
      const { count } = options;
      const alike = await findMostSimilarOfDifferent(items, { count }, progress);
      const unlike = await findLeastSimilarOfSame(items, Rng.seeded(1), { count }, progress);
      const named = (pair: { left: number; right: number; score: number }): DoubtfulPair => ({
        score: pair.score,
        left: trackAt(gallery, rows, pair.left),
        right: trackAt(gallery, rows, pair.right),
      });
      return {
        gallery: gallery.name,
        meaning,
        alikeOfDifferent: alike.map(named),
        unlikeOfSame: unlike.map(named),
      };
    }),

  describe({ gallery, meaning, alikeOfDifferent, unlikeOfSame }) {
    const rows = meaning.cells.map((cell) => [
      `${bandLabel(cell.probeBand)} against ${bandLabel(cell.galleryBand)}`,
      String(cell.impostors.pairs),
      ...TARGETS.map((target) => {
        const at = scoreAtFmr(cell.impostors, cell.tail, target);
        return at.kind === 'supported' ? at.threshold.toFixed(3) : '–';
      }),
    ]);
    const header = ['faces', 'impostor pairs', ...TARGETS.map((target) => `score at FMR ${target}`)];
    return [
      `${gallery}: what scores mean, by the faces behind both sides`,
      ...textTable(header, rows),
      '',
      'most similar of different subjects (one person under two names?)',
      ...pairLines(alikeOfDifferent),
      '',
      'least similar of one subject (two persons under one name?)',
      ...pairLines(unlikeOfSame),
    ].join('\n');
  },
};

function trackAt(
  { database }: Gallery,
  { subjects, tracks }: { subjects: readonly number[]; tracks: readonly number[] },
  row: number,
): DoubtfulPair['left'] {
  return { subject: subjectById(database, subjects[row])?.name ?? null, trackId: tracks[row] };
}

function pairLines(pairs: readonly DoubtfulPair[]): string[] {
  if (pairs.length === 0) return ['none'];
  const side = ({ subject, trackId }: DoubtfulPair['left']): string =>
    `${subject ?? 'unknown'} (track ${trackId})`;
  return textTable(
    ['score', 'one', 'other'],
    pairs.map(({ score, left, right }) => [score.toFixed(4), side(left), side(right)]),
  );
}
