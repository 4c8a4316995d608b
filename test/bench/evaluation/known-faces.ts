// What scores mean, how well clusters match identities and how often people are found again, on faces whose embeddings are on disk:
//
//   node test/bench/evaluation/known-faces.ts <embeddings.f32> [faces root, ../shared/faces/train112] [pairs a cell, 1000000]
//
// The embeddings are one file of a view that training keeps in the cache (`plain-0.f32`): float32, 512 for each face, in the
// order in which the faces' paths sort. Prints tables, nothing image by image.

import { readFile } from 'node:fs/promises';
import { ensure } from '../../../src-main/common/errors.ts';
import { type Matrix, matrix } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { listIdentityFolders } from '../../../src-main/datasets/identity-folders.ts';
import { scoreBlocks } from '../../../src-main/evaluation/block-scores.ts';
import { scoreClustering } from '../../../src-main/evaluation/clustering.ts';
import { runTemplateExperiment } from '../../../src-main/evaluation/identification-experiment.ts';
import { drawTemplates } from '../../../src-main/evaluation/meaning/drawn-templates.ts';
import { bandLabel } from '../../../src-main/evaluation/meaning/face-bands.ts';
import { scoreAtFmr } from '../../../src-main/evaluation/meaning/false-match-rate.ts';
import { percent, textTable } from '../../../src-main/evaluation/report-lines.ts';
import { type MeaningCell, measureScoreMeaning } from '../../../src-main/evaluation/score-meaning.ts';
import {
  findLeastSimilarOfSame,
  findMostSimilarOfDifferent,
} from '../../../src-main/evaluation/self-check.ts';
import {
  clusterByAverageLinkage,
  type NeighbourLists,
} from '../../../src-main/gallery/clustering/average-linkage.ts';

const DIMENSION = 512;
const NEIGHBOURS = 32;
const FMRS = [1e-2, 1e-3, 1e-4, 1e-5];

const [embeddings, root = '../shared/faces/train112', pairs = '1000000'] = process.argv.slice(2);
ensure(embeddings !== undefined, 'bad-usage', 'name the file of embeddings');
const { labels } = await listIdentityFolders(root);
const { buffer, byteOffset, byteLength } = await readFile(embeddings);
const vectors = matrix(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)), DIMENSION);
ensure(
  vectors.rows === labels.length,
  'bad-data',
  `${embeddings} holds ${vectors.rows} embeddings, ${root} ${labels.length} faces`,
);

const rng = Rng.seeded(1);
const gallery = drawTemplates(vectors, labels, rng);
let startedMs = performance.now();
const meaning = await measureScoreMeaning({ gallery, rng, limits: { pairs: Number(pairs) } });
print(`meaning of ${gallery.vectors.rows} templates: ${secondsSince(startedMs)} s`);
print(
  ...textTable(
    ['faces', 'pairs', 'independent', 'highest', 'tail', ...FMRS.map(String)],
    meaning.cells.map(rowOfCell),
  ),
);

startedMs = performance.now();
const items = { vectors, subjects: labels };
const alike = await findMostSimilarOfDifferent(items, { count: 50 });
print(
  `self-check: ${secondsSince(startedMs)} s; most similar of different people ${alike.slice(0, 5).map(scoreText)}`,
);
const unlike = await findLeastSimilarOfSame(items, rng, { count: 50 });
print(`least similar of one person ${unlike.slice(0, 5).map(scoreText)}`);

const neighbours = nearestNeighbours(vectors);
const { impostors, tail } = meaning.cells[0];
for (const fmr of FMRS) {
  const point = scoreAtFmr(impostors, tail, fmr);
  if (point.kind === 'refused') continue;
  startedMs = performance.now();
  const { clusterOf } = clusterByAverageLinkage({ vectors, neighbours, threshold: point.threshold });
  const seconds = secondsSince(startedMs);
  const { pairwise, bCubed, clusters, identities } = scoreClustering(clusterOf, labels);
  print(
    `clusters at FMR ${fmr} (${point.threshold.toFixed(3)}): pairwise ${percent(pairwise.precision)} / ` +
      `${percent(pairwise.recall)}, B-cubed ${percent(bCubed.precision)} / ${percent(bCubed.recall)}, ` +
      `${clusters} clusters of ${identities} identities, ${seconds} s`,
  );
}

const sizes = [1, 2, 4, 8].map((size) => ({ probe: size, gallery: size }));
const faces = { probes: vectors, gallery: vectors, identities: labels, weights: null };
const rows = runTemplateExperiment(faces, sizes, { seed: 1, repeats: 7 });
const cells = rows.map(({ probe, rank1, rank10, openSet }) => [
  `${probe} against ${probe}`,
  percent(rank1.rate),
  percent(rank10.rate),
  openSet.kind === 'supported' ? percent(openSet.fnir.rate) : openSet.reason,
]);
print(...textTable(['faces', 'rank 1', 'rank 10', 'FNIR at FPIR 0.01'], cells));

function rowOfCell(cell: MeaningCell): string[] {
  const { probeBand, galleryBand, impostors: curve } = cell;
  return [
    `${bandLabel(probeBand)} against ${bandLabel(galleryBand)}`,
    `${curve.pairs}`,
    curve.effectivePairs[0].toFixed(0),
    curve.scores[0].toFixed(3),
    cell.tail === null ? 'no' : 'yes',
    ...FMRS.map((fmr) => {
      const point = scoreAtFmr(curve, cell.tail, fmr);
      return point.kind === 'supported' ? point.threshold.toFixed(3) : '–';
    }),
  ];
}

/** Exact, by blocks. */
function nearestNeighbours(source: Matrix): NeighbourLists {
  const found = new Int32Array(source.rows * NEIGHBOURS).fill(-1);
  const scores = new Float32Array(found.length).fill(Number.NEGATIVE_INFINITY);
  const offer = (row: number, other: number, score: number): void => {
    const first = row * NEIGHBOURS;
    let at = first + NEIGHBOURS - 1;
    if (score <= scores[at]) return;
    for (; at > first && scores[at - 1] < score; at--) {
      scores[at] = scores[at - 1];
      found[at] = found[at - 1];
    }
    scores[at] = score;
    found[at] = other;
  };
  for (const block of scoreBlocks(source, source, { upperOnly: true })) {
    for (let i = 0; i < block.leftRows; i++) {
      for (let j = 0; j < block.rightRows; j++) {
        const [left, right] = [block.leftFirst + i, block.rightFirst + j];
        if (left >= right) continue;
        offer(left, right, block.scores[i * block.rightRows + j]);
        offer(right, left, block.scores[i * block.rightRows + j]);
      }
    }
  }
  return { perItem: NEIGHBOURS, items: found, scores };
}

function scoreText({ score }: { readonly score: number }): string {
  return ` ${score.toFixed(3)}`;
}

function secondsSince(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
