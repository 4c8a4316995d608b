// `glimpse gallery cluster`: who is seen most often among the unknown, where and when; and giving them a name.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import type { NewOwner } from '../../gallery/changes/changes.ts';
import { findSubject } from '../../gallery/db/queries/find-subject.ts';
import { usualSide } from '../../gallery/db/queries/spaces.ts';
import { subjectByName } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import {
  type Cluster,
  type ClusterReport,
  clusterUnknown,
  nameCluster,
  type Sightings,
} from '../../processes/clusters/cluster-job.ts';
import { type ChangeReport, changeReport, describeChange, describeSubjectNow } from '../change-report.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser, numberParser } from '../option-parsers.ts';

interface ClusterOptions {
  readonly side?: 'lr' | 'hr';
  readonly fmr?: number;
  readonly threshold?: number;
  readonly least: number;
  readonly limit: number;
  readonly cluster?: string;
  readonly name?: string;
  readonly assign?: string;
}

interface ClusterResult extends ClusterReport {
  /** How many there are with as many tracks as asked; `clusters` are the first of them. */
  readonly found: number;
  /** What --name or --assign has done. */
  readonly change: ChangeReport | null;
}

export const command: CommandModule<ClusterOptions, ClusterResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .addOption(
        new Option('--side <side>', 'which embeddings (default: lr where there are any)').choices([
          'lr',
          'hr',
        ]),
      )
      .option(
        '--fmr <share>',
        'how often two tracks of different people may be taken for one, by what was measured (default: 0.00001, or the least measured)',
        numberParser(1e-9, 1),
      )
      .option('--threshold <score>', 'a score instead', numberParser(-1, 1))
      .option('--least <tracks>', 'only clusters of so many tracks or more', integerParser(2), 2)
      .option('--limit <clusters>', 'how many are listed', integerParser(1, 1_000_000), 20)
      .option('--cluster <key>', 'the cluster that --name or --assign is about, as it was listed')
      .option('--name <name>', 'make the cluster a new subject of this name')
      .option('--assign <subject>', 'make the cluster part of a subject, by name or number');
  },

  run: ({ words: [reference], options, progress }) =>
    withGallery(reference, async (gallery) => {
      const owner = ownerOf(gallery, options);
      const { side = usualSide(gallery.database), fmr, threshold, least, limit } = options;
      const bound = threshold === undefined ? { fmr: fmr ?? null } : { score: threshold };
      const report = await clusterUnknown(gallery, { side, limit: bound }, progress);
      const wanted = report.clusters.filter(({ tracks }) => tracks.length >= least);
      const change = owner === null ? null : give(gallery, report, options.cluster ?? '', owner);
      return { ...report, clusters: wanted.slice(0, limit), found: wanted.length, change };
    }),

  describe({ gallery, threshold, tracks, clusters, alone, found, change }) {
    if (change !== null) return describeChange(change);
    const by = threshold.fmr === null ? '' : ` (FMR ${threshold.fmr})`;
    const heading =
      `${gallery}: ${countOf(tracks, 'unknown track')} compared at ${threshold.score.toFixed(3)}${by}: ` +
      `${countOf(found, 'cluster')}, ${alone} like no other`;
    const rows = clusters.map((cluster) => [
      ...[
        cluster.key,
        String(cluster.tracks.length),
        String(cluster.faces),
        cluster.cameras.join(', ') || '–',
      ],
      ...[
        moment(cluster.firstSeen),
        moment(cluster.lastSeen),
        String(cluster.bestFaceId),
        sightingsText(cluster),
      ],
    ]);
    const header = [
      'cluster',
      'tracks',
      'faces',
      'cameras',
      'first seen',
      'last seen',
      'best face',
      'sightings',
    ];
    const more = found > clusters.length ? [`${found - clusters.length} more: --limit`] : [];
    const hint =
      clusters.length === 0
        ? []
        : [`name one: \`glimpse gallery cluster ${gallery} --cluster ${clusters[0].key} --name …\``];
    const table = clusters.length === 0 ? [] : ['', ...textTable(header, rows), ''];
    return [heading, ...table, ...more, ...hint, ...threshold.notes].join('\n');
  },
};

function ownerOf({ database }: Gallery, { cluster, name, assign }: ClusterOptions): NewOwner {
  const given = [name, assign].filter((option) => option !== undefined).length;
  ensure(given <= 1, 'bad-usage', 'a cluster is given a name (--name) or to a subject (--assign), not both');
  ensure(
    (given === 1) === (cluster !== undefined),
    'bad-usage',
    '--cluster goes with --name or --assign, and they with it',
  );
  if (assign !== undefined) return { subjectId: findSubject(database, assign).id };
  if (name === undefined) return null;
  ensure(name.trim() !== '', 'bad-usage', 'a name has at least one letter');
  return { name: name.trim() };
}

function give(gallery: Gallery, report: ClusterReport, key: string, owner: NewOwner): ChangeReport {
  const cluster = report.clusters.find((each) => each.key === key);
  const change = nameCluster(gallery, report, key, owner);
  const tracks = countOf(cluster?.tracks.length ?? 0, 'track');
  const subject =
    owner !== null && 'name' in owner
      ? (subjectByName(gallery.database, owner.name)?.id ?? 0)
      : (owner?.subjectId ?? 0);
  return changeReport(
    gallery,
    change,
    `${tracks} of cluster ${key} went to ${describeSubjectNow(gallery, subject)}`,
  );
}

/** `2026-01-31 north 3×, south 1×; 2026-02-01 north 2×`. */
function sightingsText({ sightings }: Cluster): string {
  const days = Map.groupBy(sightings, ({ day }) => day ?? 'some day');
  const where = ({ camera, tracks }: Sightings): string => `${camera ?? 'somewhere'} ${tracks}×`;
  return [...days].map(([day, all]) => `${day} ${all.map(where).join(', ')}`).join('; ');
}

function moment(at: number | null): string {
  return at === null ? '–' : new Date(at).toISOString().slice(0, 16);
}
