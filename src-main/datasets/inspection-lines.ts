// An inspection of a dataset as lines for people.

import { type LeftOut, printable } from './entries.ts';
import type { ImageSize } from './image-report.ts';
import type { DatasetInspection, PairsInspection } from './inspect.ts';

const EXAMPLES = 10;
const SIZES_SHOWN = 5;
const BAR_WIDTH = 30;
const LABEL_WIDTH = 22;

/** The report as lines of text; long lists show their first ten entries and say how many more there are. */
export function formatInspection(report: DatasetInspection): string[] {
  const { imageSizes, pairs } = report;
  return [
    `${printable(report.root)}: ${report.kind === 'lfw' ? 'LFW pairs' : 'identity folders'}`,
    row(
      'identities',
      `${count(report.identities)}, ${count(report.identitiesWithOneImage)} of them with one image`,
    ),
    row(
      'images',
      `${count(report.readableImages)} readable, ${count(report.unreadable.length)} unreadable, ` +
        `${(report.totalBytes / 1e6).toFixed(1)} MB`,
    ),
    ...(imageSizes ? sizeRows(imageSizes) : []),
    ...perIdentityRows(report),
    ...(pairs ? pairRows(report, pairs) : []),
    row('fingerprint', report.fingerprint),
    ...examples('unreadable', report.unreadable.map(describe)),
    ...examples('identities without a readable image', report.identitiesWithoutReadableImage.map(printable)),
    ...examples('left out', report.leftOut.map(describe)),
    ...examples(
      'the same bytes more than once',
      report.duplicates.map((group) => group.map(printable).join(' = ')),
    ),
  ];
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value}`;
}

function sizeRows(sizes: NonNullable<DatasetInspection['imageSizes']>): string[] {
  const { histogram } = sizes;
  if (histogram.length === 1) return [row('image size', `${pixels(histogram[0])}, every image`)];
  const shown = histogram.slice(0, SIZES_SHOWN).map((size) => `${pixels(size)} (${count(size.images)})`);
  const more = histogram.length - shown.length;
  return [
    row('image sizes', `min ${pixels(sizes.min)}, median ${pixels(sizes.median)}, max ${pixels(sizes.max)}`),
    row('most frequent', shown.join(', ') + (more > 0 ? ` and ${count(more)} other sizes` : '')),
  ];
}

function perIdentityRows(report: DatasetInspection): string[] {
  const { min, median, max, buckets } = report.imagesPerIdentity;
  const most = Math.max(1, ...buckets.map((bucket) => bucket.identities));
  return [
    row('images per identity', `min ${count(min)}, median ${count(median)}, max ${count(max)}`),
    ...buckets.map(({ from, to, identities }) => {
      const range = to === null ? `${from}+` : from === to ? `${from}` : `${from}–${to}`;
      const bar = '█'.repeat(Math.max(1, Math.round((identities / most) * BAR_WIDTH)));
      return `  ${range.padStart(LABEL_WIDTH - 2)}  ${bar} ${count(identities)}`;
    }),
  ];
}

function pairRows(report: DatasetInspection, pairs: PairsInspection): string[] {
  const empty = pairs.emptyFolds.length === 0 ? '' : `, without a pair: ${pairs.emptyFolds.join(', ')}`;
  return [
    row('image folder', printable(report.imageRoot)),
    row(
      'pairs',
      `${count(pairs.pairs)} (${count(pairs.genuinePairs)} genuine, ${count(pairs.impostorPairs)} impostor)`,
    ),
    row('folds', `${count(pairs.folds)}${empty}`),
    row('missing images', `${count(pairs.missing.length)}, ${count(pairs.pairsLeftOut)} pairs need them`),
    ...(pairs.pairsWithUnreadableImages > 0
      ? [row('pairs unreadable', count(pairs.pairsWithUnreadableImages))]
      : []),
    ...examples(
      'missing images',
      pairs.missing.map((image) => printable(image.path)),
    ),
  ];
}

function examples(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - EXAMPLES;
  return [
    `  ${title}:`,
    ...lines.slice(0, EXAMPLES).map((line) => `    ${line}`),
    ...(more > 0 ? [`    … and ${count(more)} more`] : []),
  ];
}

function describe({ path, reason }: LeftOut): string {
  return `${printable(path)} ${reason}`;
}

function pixels(size: ImageSize): string {
  return `${size.widthPx}×${size.heightPx}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
