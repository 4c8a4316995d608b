// How well clusters of unknown faces match the people they are of: purity and recall at several FMRs, on a gallery whose truth is
// known from the folders its pictures came from, though the gallery was not told.
//
//   node test/bench/clusters/shrink-folder.ts ../shared/faces/train112 <folder>
//   npm run -s glimpse -- gallery create unknown
//   npm run -s glimpse -- gallery enrol unknown <folder> --crops --subjects none --model <run>
//   npm run -s glimpse -- gallery recheck unknown --reference <other faces> --crops --model <run>
//   node test/bench/clusters/unknown-purity.ts <data folder>/galleries/unknown.gallery [fmr …]
//
// Prints a table, nothing image by image.

import { basename, dirname } from 'node:path';
import { ensure, messageOf } from '../../../src-main/common/errors.ts';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { scoreClustering } from '../../../src-main/evaluation/clustering.ts';
import { percent, textTable } from '../../../src-main/evaluation/report-lines.ts';
import { listFaces } from '../../../src-main/gallery/db/queries/faces.ts';
import { Gallery } from '../../../src-main/gallery/gallery.ts';
import { clusterUnknown } from '../../../src-main/processes/clusters/cluster-job.ts';

const [folder, ...fmrs] = process.argv.slice(2);
ensure(folder !== undefined, 'bad-usage', 'name the folder of the gallery');
const gallery = Gallery.open(folder, { actor: 'bench', now: Date.now });
try {
  const personOf = new Map<number, string>();
  for (let after = 0; ; ) {
    const faces = listFaces(gallery.database, { after, limit: 10_000 });
    if (faces.length === 0) break;
    for (const { trackId, sourcePath } of faces) personOf.set(trackId, basename(dirname(sourcePath)));
    after = faces[faces.length - 1].id;
  }
  const people = [...new Set(personOf.values())];
  const numberOf = new Map(people.map((person, number) => [person, number]));
  const tracks = [...personOf.keys()];
  const truth = tracks.map((track) => numberOf.get(personOf.get(track) as string) as number);
  const rows: string[][] = [];
  for (const fmr of fmrs.length === 0 ? [1e-2, 1e-3, 1e-4, 1e-5] : fmrs.map(Number)) {
    const startedMs = performance.now();
    try {
      const { clusters, threshold } = await clusterUnknown(
        gallery,
        { side: 'lr', limit: { fmr } },
        ProgressToken.silent(),
      );
      const seconds = (performance.now() - startedMs) / 1000;
      const clusterOf = new Map(
        clusters.flatMap((cluster, at) => cluster.tracks.map((track) => [track, at])),
      );
      let alone = clusters.length;
      const found = tracks.map((track) => clusterOf.get(track) ?? alone++);
      const { pairwise, bCubed } = scoreClustering(found, truth);
      rows.push([
        ...[String(fmr), threshold.score.toFixed(3), String(clusters.length)],
        ...[pairwise.precision, pairwise.recall, bCubed.precision, bCubed.recall, bCubed.f].map(percent),
        seconds.toFixed(1),
      ]);
    } catch (error) {
      rows.push([String(fmr), messageOf(error), ...new Array<string>(7).fill('')]);
    }
  }
  const header = [
    'FMR',
    'score',
    'clusters',
    'pair purity',
    'pair recall',
    'B³ purity',
    'B³ recall',
    'B³ F',
    'seconds',
  ];
  const lines = [`${tracks.length} unknown tracks of ${people.length} people`, ...textTable(header, rows)];
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  gallery.close();
}
