// `glimpse gallery recheck`: what scores mean in a gallery, and which labels look wrong.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import { bandLabel } from '../../evaluation/meaning/face-bands.ts';
import { scoreAtFmr } from '../../evaluation/meaning/false-match-rate.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import { usualSide } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { createFaceFinder } from '../../imaging/face-finder.ts';
import type { DoubtfulPair, DoubtfulTrack } from '../../processes/search/label-doubts.ts';
import {
  type DirectionMeaning,
  type RecheckReport,
  recheckGallery,
} from '../../processes/search/recheck-job.ts';
import { type ReferenceSet, readReferenceSet } from '../../processes/search/reference-set.ts';
import type { CommandCall, CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { declareModels, type ModelOptions, openEmbedders } from '../model-options.ts';
import { integerParser, parsePath } from '../option-parsers.ts';

interface RecheckOptions extends ModelOptions {
  readonly side?: 'lr' | 'hr';
  readonly count: number;
  readonly reference?: string;
  readonly crops: boolean;
}

const TARGETS = [1e-2, 1e-3, 1e-4, 1e-5];

export const command: CommandModule<RecheckOptions, RecheckReport> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .addOption(
        new Option(
          '--side <side>',
          'whose embeddings the lists go by (default: lr where there are any)',
        ).choices(['lr', 'hr']),
      )
      .option('--count <pairs>', 'pairs of each list', integerParser(1, 1000), 10)
      .option(
        '--reference <folder>',
        'identity folders of people who are not in the gallery: for fewer than 100 known subjects',
        parsePath,
      )
      .option('--crops', 'the pictures of the reference set are face crops', false);
    declareModels(command);
  },

  async run({ words, options, progress, note }) {
    return withGallery(words[0], async (gallery) => {
      const references = await readReferences(gallery, options, progress, note);
      const { side = usualSide(gallery.database), count } = options;
      return recheckGallery(gallery, { side, count, references }, progress);
    });
  },

  describe: ({ gallery, meanings, alikeOfDifferent, unlikeOfSame }) =>
    [
      ...meanings.flatMap((meaning) => [...meaningLines(gallery, meaning), '']),
      'most similar of different subjects (one person under two names?)',
      ...pairLines(alikeOfDifferent),
      '',
      'least similar of one subject (two persons under one name?)',
      ...pairLines(unlikeOfSame),
    ].join('\n'),
};

async function readReferences(
  gallery: Gallery,
  options: RecheckOptions,
  progress: CommandCall<RecheckOptions>['progress'],
  note: CommandCall<RecheckOptions>['note'],
): Promise<ReferenceSet[]> {
  const isNamed = options.model !== undefined || options.teacher !== undefined;
  const { reference } = options;
  ensure(
    (reference !== undefined) === isNamed,
    'bad-usage',
    '--reference goes with --model, --teacher or both: what the gallery was enrolled with',
  );
  if (reference === undefined) return [];
  const embedders = await openEmbedders(options, gallery);
  try {
    const finder = options.crops ? null : createFaceFinder(await openFaceModels(faceModelsFolder()));
    const sets = await readReferenceSet(reference, embedders, finder, progress);
    if (sets[0].leftOut > 0)
      note(`${sets[0].leftOut} pictures of ${reference} were left out: no face to read`);
    return sets;
  } finally {
    for (const embedder of embedders) await embedder.dispose();
  }
}

function meaningLines(gallery: string, { probes, answers, meaning }: DirectionMeaning): string[] {
  const rows = meaning.cells.map((cell) => [
    `${bandLabel(cell.probeBand)} against ${bandLabel(cell.galleryBand)}`,
    String(cell.impostors.pairs),
    ...TARGETS.map((target) => {
      const at = scoreAtFmr(cell.impostors, cell.tail, target);
      return at.kind === 'supported' ? at.threshold.toFixed(3) : '–';
    }),
  ]);
  const header = ['faces', 'impostor pairs', ...TARGETS.map((target) => `score at FMR ${target}`)];
  const who = meaning.source === 'gallery' ? 'its own subjects' : 'the reference set against it';
  const way = `${probes.toUpperCase()} probes, ${answers.toUpperCase()} gallery`;
  return [
    `${gallery}: what scores mean (${way}; measured on ${who}), by the faces behind both sides`,
    ...textTable(header, rows),
  ];
}

function pairLines(pairs: readonly DoubtfulPair[]): string[] {
  if (pairs.length === 0) return ['none'];
  const side = ({ subject, trackId }: DoubtfulTrack): string => `${subject ?? 'unknown'} (track ${trackId})`;
  return textTable(
    ['score', 'one', 'other'],
    pairs.map(({ score, left, right }) => [score.toFixed(4), side(left), side(right)]),
  );
}
