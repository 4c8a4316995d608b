// `glimpse identify`: how well a gallery finds its own people again, by the faces behind each side.

import { InvalidArgumentError } from 'commander';
import { readLines } from '../../common/files.ts';
import type { SearchRate } from '../../evaluation/identification.ts';
import { percent, textTable } from '../../evaluation/report-lines.ts';
import { type IdentifyReport, identifyInGallery } from '../../processes/search/identify-job.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser, numberParser, parsePath } from '../option-parsers.ts';

interface IdentifyOptions {
  readonly faces: readonly number[];
  readonly repeats: number;
  readonly seed: number;
  readonly fpir: number;
  readonly probes?: string;
}

interface IdentifyResult extends IdentifyReport {
  readonly targetFpir: number;
}

export const command: CommandModule<IdentifyOptions, IdentifyResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder, whose subjects are known')
      .option('--faces <counts>', 'faces fused on each side', parseCounts, [1, 2, 4, 8])
      .option('--repeats <draws>', 'draws of other faces, counted together', integerParser(1, 1000), 7)
      .option('--seed <number>', 'fixes every draw', integerParser(0), 1)
      .option('--fpir <share>', 'FPIR at which FNIR is told', numberParser(1e-6, 1), 0.01)
      .option('--probes <file.txt>', 'search only for these subjects, one name a line', parsePath);
  },

  async run({ words, options, progress }) {
    const { faces, repeats, seed, fpir: targetFpir, probes } = options;
    const probeSubjects = probes === undefined ? null : await readLines(probes);
    const sizes = faces.map((count) => ({ probe: count, gallery: count }));
    const request = { sizes, repeats, seed, targetFpir, probeSubjects };
    return withGallery(words[0], async (gallery) => ({
      ...(await identifyInGallery(gallery, request, progress)),
      targetFpir,
    }));
  },

  describe({ gallery, spaces, faces, targetFpir, rows }) {
    const cells = rows.map(({ probeSide, gallerySide, probe, gallerySubjects, rank1, rank10, openSet }) => [
      `${probeSide.toUpperCase()}-${gallerySide.toUpperCase()}`,
      `${probe}`,
      `${rank1.searches}`,
      `${rank1.subjects}`,
      `${gallerySubjects}`,
      rateText(rank1),
      rateText(rank10),
      openSet.kind === 'supported' ? rateText(openSet.fnir) : 'too few searches',
    ]);
    const header = [
      'probe-gallery',
      'faces',
      'searches',
      'people',
      'among',
      'rank 1',
      'rank 10',
      `FNIR at FPIR ${targetFpir}`,
    ];
    const heading = `${gallery}: ${countOf(faces, 'face')}, one of each track; ${spaces.map(({ described }) => described).join(', ')}`;
    return [heading, '', ...textTable(header, cells)].join('\n');
  },
};

function rateText({ rate, interval }: SearchRate): string {
  return `${percent(rate)} (${percent(interval.low)} … ${percent(interval.high)})`;
}

function parseCounts(text: string): number[] {
  const counts = text.split(',').map(integerParser(1, 1000));
  if (new Set(counts).size !== counts.length) throw new InvalidArgumentError('expected each number once.');
  return counts;
}
