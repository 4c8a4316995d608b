// `glimpse gallery search`: whom a picture shows, among the faces of a gallery.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { parseCapturedAt } from '../../datasets/sources/captured-at.ts';
import { faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import { ensureOpen, findCase } from '../../gallery/cases/cases.ts';
import { subjectByName } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import { createFaceFinder } from '../../imaging/face-finder.ts';
import { addSearchToCase } from '../../processes/search/case-search.ts';
import { makeProbe } from '../../processes/search/probe.ts';
import { type SearchReport, searchGallery } from '../../processes/search/search-job.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { declareModels, type ModelOptions, openEmbedders } from '../model-options.ts';
import { integerParser, numberParser, parsePath } from '../option-parsers.ts';

interface SearchOptions extends ModelOptions {
  readonly by: 'subject' | 'track' | 'face';
  readonly count: number;
  readonly threshold?: number;
  readonly crops: boolean;
  readonly face?: number;
  readonly fusion: 'template' | 'max';
  readonly camera?: string;
  readonly from?: string;
  readonly until?: string;
  readonly tag?: string[];
  readonly leastSize?: number;
  readonly leastWeight?: number;
  readonly known?: 'known' | 'unknown';
  readonly exclude?: string;
  readonly case?: string;
}

interface SearchResult extends SearchReport {
  /** The case that the search went into, and the numbers of its items there; null without --case. */
  readonly case: { readonly id: number; readonly probeItem: number; readonly searchItem: number } | null;
}

export const command: CommandModule<SearchOptions, SearchResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<picture...>', 'one or several pictures of the person', (value, all: string[] = []) => [
        ...all,
        parsePath(value),
      ]);
    declareModels(command);
    command
      .addOption(
        new Option('--by <kind>', 'what answers').choices(['subject', 'track', 'face']).default('track'),
      )
      .option('--count <results>', 'how many results at most', integerParser(1, 10_000), 10)
      .option('--threshold <score>', 'only results of this score or more', numberParser(-1, 1))
      .option('--crops', 'the pictures are aligned face crops, taken as they are', false)
      .option(
        '--face <number>',
        'which face of a picture with several, surest first (default: the large and central one)',
        integerParser(1),
      )
      .addOption(
        new Option('--fusion <kind>', 'several pictures: one weighted template, or the best of each')
          .choices(['template', 'max'])
          .default('template'),
      )
      .option('--camera <name>', 'only faces of this camera')
      .option('--from <time>', 'only faces captured at or after (ISO 8601, UTC)')
      .option('--until <time>', 'only faces captured before')
      .option('--tag <tag>', 'only faces with this tag (repeat for several)', (value, all: string[] = []) => [
        ...all,
        value,
      ])
      .option('--least-size <px>', 'only faces this wide or wider', numberParser(0))
      .option('--least-weight <share>', 'only faces of this quality or better', numberParser(0, 1))
      .addOption(
        new Option('--known <kind>', 'only known subjects, or only unknown').choices(['known', 'unknown']),
      )
      .option('--exclude <subject>', 'leave out a subject, by name')
      .option('--case <case>', 'put probe and results into a case, by title or number');
  },

  async run({ words, options, progress }) {
    const [reference, ...paths] = words;
    ensure(
      (options.model === undefined) !== (options.teacher === undefined),
      'bad-usage',
      'search needs either --model (a low-resolution probe) or --teacher (a full-resolution one)',
    );
    return withGallery(reference, async (gallery) => {
      const record = options.case === undefined ? null : findCase(gallery, options.case);
      if (record !== null) ensureOpen(record);
      const [embedder] = await openEmbedders(options, gallery);
      try {
        const finder = options.crops ? null : createFaceFinder(await openFaceModels(faceModelsFolder()));
        const pictures = paths.map((path) => ({ path, face: options.face ?? null }));
        const probe = await makeProbe(pictures, embedder, finder, options.fusion);
        const { by, count, threshold = null } = options;
        const filter = filterOf(gallery, options);
        const report = await searchGallery(gallery, { probe, by, count, threshold, filter }, progress);
        if (record === null) return { ...report, case: null };
        return {
          ...report,
          case: { id: record.id, ...(await addSearchToCase(gallery, record.id, probe, report)) },
        };
      } finally {
        await embedder.dispose();
      }
    });
  },

  describe({ gallery, probe, searched, results, notes, case: into }) {
    const faces = probe.length === 1 ? '1 probe face' : `${probe.length} probe faces`;
    const heading = `${gallery}: ${faces} against ${searched.faces} faces of ${searched.people} people`;
    const poor = probe
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ path, reasons }) => `poor probe ${path}: ${reasons.join(', ')}`);
    const rows = results.map((result) => [
      String(result.rank),
      result.score.toFixed(4),
      result.fmr?.toExponential(1) ??
        (result.fmrInterval ? `< ${result.fmrInterval.high.toExponential(1)}` : '–'),
      result.expectedFalseMatches?.toPrecision(2) ?? '–',
      result.margin?.toFixed(4) ?? '–',
      result.subject ?? 'unknown',
      result.trackId === null ? '–' : String(result.trackId),
      String(result.faces),
      result.camera ?? '–',
      result.sourcePath,
    ]);
    const header = [
      'rank',
      'score',
      'FMR',
      'false matches',
      'margin',
      'subject',
      'track',
      'faces',
      'camera',
      'file',
    ];
    const table = results.length === 0 ? ['no result'] : textTable(header, rows);
    const added = into === null ? [] : [`added to case ${into.id} as search ${into.searchItem}`];
    return [heading, ...poor, '', ...table, '', ...notes, ...added].join('\n');
  },
};

function filterOf({ database }: Gallery, options: SearchOptions): FaceFilter {
  const moment = (text: string | undefined, name: string): number | undefined => {
    if (text === undefined) return undefined;
    const at = parseCapturedAt(text);
    ensure(
      at !== null,
      'bad-usage',
      `${name} is a time such as 2026-01-31T18:00:00Z, not ${JSON.stringify(text)}`,
    );
    return at;
  };
  const excluded = options.exclude === undefined ? undefined : subjectByName(database, options.exclude);
  ensure(
    excluded !== null,
    'not-found',
    `there is no subject ${JSON.stringify(options.exclude)} to leave out`,
  );
  const filter: FaceFilter = {
    camera: options.camera,
    from: moment(options.from, '--from'),
    until: moment(options.until, '--until'),
    tags: options.tag,
    leastSizePx: options.leastSize,
    leastWeight: options.leastWeight,
    isKnown: options.known === undefined ? undefined : options.known === 'known',
    excludedSubject: excluded?.id,
  };
  return filter;
}
