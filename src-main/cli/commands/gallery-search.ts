// `glimpse gallery search`: whom a picture shows, among the faces of a gallery.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { parseCapturedAt } from '../../datasets/sources/captured-at.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import { ensureOpen, findCase } from '../../gallery/cases/cases.ts';
import { findSubject } from '../../gallery/db/queries/find-subject.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import { addSearchToCase } from '../../processes/search/case-search.ts';
import { type ClipTrackSummary, summariseTracks } from '../../processes/search/clip-probe.ts';
import { withoutOwn } from '../../processes/search/enrolled-probe.ts';
import { type SearchReport, searchGallery } from '../../processes/search/search-job.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { isFrames } from '../frame-options.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser, numberParser, parsePaths } from '../option-parsers.ts';
import { describeFaces, describeTracks, type ListedFace, listProbeFaces } from '../probe-list.ts';
import { declareProbe, openProbe, type ProbeOptions, probePictures } from '../probe-options.ts';

interface SearchOptions extends ProbeOptions {
  readonly by: 'subject' | 'track' | 'face';
  readonly count: number;
  readonly threshold?: number;
  readonly camera?: string;
  readonly from?: string;
  readonly until?: string;
  readonly tag?: string[];
  readonly leastSize?: number;
  readonly leastWeight?: number;
  readonly known?: 'known' | 'unknown';
  readonly exclude?: string;
  readonly includeOwn: boolean;
  readonly list: boolean;
  readonly case?: string;
}

interface SearchResult extends SearchReport {
  /** Of a clip: whom it shows, and which of them was looked for. */
  readonly tracks: readonly ClipTrackSummary[] | null;
  readonly track: number | null;
  /** The case that the search went into, and the numbers of its items there; null without --case. */
  readonly case: { readonly id: number; readonly probeItem: number; readonly searchItem: number } | null;
}

/** With --list: what a probe is chosen from, and no search. */
interface ProbeList {
  readonly faces: readonly ListedFace[] | null;
  readonly tracks: readonly ClipTrackSummary[] | null;
}

export const command: CommandModule<SearchOptions, SearchResult | ProbeList> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument(
        '[picture...]',
        'one or several pictures of the person, a video, or a folder with --frames',
        parsePaths,
      );
    declareProbe(command);
    command
      .addOption(
        new Option('--by <kind>', 'what answers').choices(['subject', 'track', 'face']).default('track'),
      )
      .option('--count <results>', 'how many results at most', integerParser(1, 10_000), 10)
      .option('--threshold <score>', 'only results of this score or more', numberParser(-1, 1))
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
      .option('--exclude <subject>', 'leave out a subject, by name or number')
      .option(
        '--include-own',
        'an enrolled probe may answer itself: its track, or its subject with --by subject',
        false,
      )
      .option('--list', 'list the faces of the pictures, or the tracks of the clip, and do not search', false)
      .option('--case <case>', 'put probe and results into a case, by title or number');
  },

  async run({ words: [reference, ...paths], options, progress }) {
    ensure(
      !options.list || paths.length > 0,
      'bad-usage',
      '--list lists the faces of pictures or the tracks of a clip',
    );
    if (options.list && !isFrames(paths, options)) {
      const pictures = probePictures(paths, options).map(({ path }) => path);
      return { faces: await listProbeFaces(pictures), tracks: null };
    }
    return withGallery(reference, async (gallery) => {
      const record = options.case === undefined ? null : findCase(gallery, options.case);
      if (record !== null) ensureOpen(record);
      const { probe, enrolled, tracks, notes } = await openProbe(gallery, paths, options, progress);
      const summary = tracks && summariseTracks(tracks);
      if (options.list) return { faces: null, tracks: summary };
      const { by, count, threshold = null } = options;
      const asked = filterOf(gallery, options);
      const own = enrolled === null || options.includeOwn ? null : withoutOwn(asked, enrolled, by);
      const filter = own?.filter ?? asked;
      const found = await searchGallery(gallery, { probe, by, count, threshold, filter }, progress);
      const report = {
        ...found,
        notes: [...notes, ...(own === null ? [] : [own.note]), ...found.notes],
      };
      const added = record && {
        id: record.id,
        ...(await addSearchToCase(gallery, record.id, probe, report)),
      };
      return {
        ...report,
        case: added,
        tracks: summary,
        track: tracks === null ? null : (options.track ?? 1),
      };
    });
  },

  describe(result) {
    if (!('results' in result))
      return (result.faces === null ? trackLines(result.tracks, 1) : describeFaces(result.faces)).join('\n');
    const { gallery, asked, probe, searched, results, notes, tracks, track, case: into } = result;
    const faces = countOf(probe.length, 'probe face');
    const heading = `${gallery}: ${faces} against ${countOf(searched.faces, 'face')} of ${countOf(searched.people, 'person', 'people')}`;
    const poor = probe
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ path, reasons }) => `poor probe ${path}: ${reasons.join(', ')}`);
    const rows = results.map((answer) => [
      String(answer.rank),
      answer.score.toFixed(4),
      answer.fmr?.toExponential(1) ??
        (answer.fmrInterval ? `< ${answer.fmrInterval.high.toExponential(1)}` : '–'),
      answer.expectedFalseMatches?.toPrecision(2) ?? '–',
      answer.margin?.toFixed(4) ?? '–',
      answer.subject ?? 'unknown',
      answer.trackId === null ? '–' : String(answer.trackId),
      String(answer.faces),
      answer.camera ?? '–',
      answer.sourcePath,
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
    const isUnmeasured = asked.fusion === 'template' && results.some(({ measuredOn }) => measuredOn === null);
    const hint = isUnmeasured ? [`\`glimpse gallery recheck ${gallery}\` measures what its scores mean`] : [];
    const below = [...notes, ...hint, ...added];
    return [...trackLines(tracks, track ?? 1), heading, ...poor, '', ...table, '', ...below].join('\n');
  },
};

function trackLines(tracks: readonly ClipTrackSummary[] | null, chosen: number): string[] {
  return tracks === null ? [] : [...describeTracks(tracks, chosen), ''];
}

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
  const excluded = options.exclude === undefined ? undefined : findSubject(database, options.exclude);
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
