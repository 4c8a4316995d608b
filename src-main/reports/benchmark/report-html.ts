// A result as one HTML file that needs nothing else: summary first, then everything a reviewer would ask for.

import type { PublishedTable } from '../../contract/benchmarks.ts';
import { Html, html } from '../html.ts';
import { publishedTables } from './published.ts';
import { reportFigures } from './report-figures.ts';
import type { BenchmarkReport, VerificationCell } from './report-model.ts';
import { REPORT_STYLE } from './report-style.ts';
import { summaryLines } from './report-summary.ts';
import { foldTable, operatingTable, pairedTable, type ReportTable, resultTable } from './report-tables.ts';

export interface HtmlOptions {
  /**
   * Nothing of single pictures: no crops, names, worst errors or points, and no folders. For reports that go where the faces
   * may not.
   * Default false.
   */
  readonly aggregatesOnly?: boolean;
}

const LEFT_OUT_SHOWN = 50;
const WORST_SHOWN = 5;
/** Longer cells may wrap. */
const LONG_CELL = 40;

export function reportHtml(report: BenchmarkReport, { aggregatesOnly = false }: HtmlOptions = {}): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${report.title}</title>
<style>${new Html(REPORT_STYLE)}</style></head>
<body>
<h1>${report.title}</h1>
<p class="meta">Glimpse benchmark ${report.protocol}, ${report.createdAt}</p>
${summarySection(report)}
<h2>Results</h2>
${tableOf(resultTable(report))}
<p>Accuracy: threshold chosen on all other folds, mean ± standard error over folds. Best threshold: one for all pairs, chosen on the same pairs, as the paper reports. ${intervalNote(report)} Scores equal to a threshold are accepted, so that ties count against the system.</p>
${publishedSection(report)}
${optionalTable(pairedTable(report))}
<h2>Figures</h2>
${reportFigures(report, { aggregatesOnly })}
<h2>Operating points</h2>
${tableOf(operatingTable(report))}
${optionalTable(foldTable(report))}
${aggregatesOnly ? null : errorSection(report)}
${protocolSection(report, aggregatesOnly)}
${modelSection(report)}
${degradationSection(report)}
${listSection('Limits', report.limits)}
${listSection(
  'Not computed',
  report.notComputed.map(({ what, reason }) => `${what}: ${reason}`),
)}
<h2>Environment and repetition</h2>
${keyValues(report.environment)}
<pre>${aggregatesOnly ? withoutFolders(report.command) : report.command}</pre>
<p>The results stand in <code>result.json</code> beside the scores that they come from; <code>glimpse report check result.json</code> computes them anew.</p>
</body></html>
`;
  return page.markup;
}

function summarySection(report: BenchmarkReport): Html {
  const { counts } = report.data;
  const size = Object.entries(counts).map(
    ([name, count]) => `${count.toLocaleString('en-US')} ${wordsOf(name)}`,
  );
  return html`<section class="summary"><h2>Summary</h2><ul>${summaryLines(report).map((line) => html`<li>${line}</li>`)}</ul><p>${size.join(' · ')}</p></section>`;
}

function intervalNote({ cells, settings }: BenchmarkReport): string {
  const verified = cells.find((cell) => cell.kind === 'pairs');
  if (verified === undefined) return 'Intervals (95 %) take the searches of one person’s faces as dependent.';
  return verified.measured.intervalKind === 'people'
    ? `95 % intervals: bootstrap over people, ${settings.replicates} replicates, seed ${settings.seed}, thresholds taken as given.`
    : '95 % intervals: Wilson’s, over pairs, since the data name nobody; pairs that share a face make them too narrow.';
}

function publishedSection({ protocol }: BenchmarkReport): Html | null {
  const tables = publishedTables(protocol);
  if (tables.length === 0) return null;
  return html`<h2>The paper’s numbers</h2><div class="published"><p><span class="tag">published</span> Printed in the AIRD paper, on its own models, training data and faces; none of these rows was computed here.</p>${tables.map(publishedTable)}</div>`;
}

function publishedTable({ title, columns, rows, remarks }: PublishedTable): Html {
  return html`<h3>${title} <span class="tag">published</span></h3>${tableOf({ name: title, title, columns, rows })}${remarks.map((remark) => html`<p class="meta">As printed: ${remark}.</p>`)}`;
}

function errorSection(report: BenchmarkReport): Html | null {
  const verified = report.cells.filter((cell) => cell.kind === 'pairs');
  if (verified.length === 0 || report.pairs === null) return null;
  return html`<h2>Worst errors</h2>${verified.map((cell) => cellErrors(report, cell))}`;
}

function cellErrors(report: BenchmarkReport, cell: VerificationCell): Html {
  const { worstImpostors, worstGenuines } = cell.measured;
  const list = (title: string, pairs: readonly number[]): Html =>
    html`<h3>${cell.id}: ${title}</h3><div class="pairs">${pairs.slice(0, WORST_SHOWN).map((pair) => pairFigure(report, cell, pair))}</div>`;
  return html`${list('different people, most alike', worstImpostors)}${list('one person, least alike', worstGenuines)}`;
}

function pairFigure({ pairs, crops }: BenchmarkReport, cell: VerificationCell, pair: number): Html {
  const sides = [
    { face: pairs?.left[pair] ?? 0, sizePx: cell.resolutionPx },
    { face: pairs?.right[pair] ?? 0, sizePx: cell.scenario === 'lr-lr' ? cell.resolutionPx : 112 },
  ];
  const images = sides.map(({ face, sizePx }) => {
    const data = crops?.[`${face}@${sizePx}`];
    // What stands in the file may be anything: only the letters of base64 go into the page.
    const isPicture = data !== undefined && /^[A-Za-z0-9+/]+=*$/.test(data);
    return isPicture ? html`<img alt="" src="data:image/png;base64,${data}">` : null;
  });
  const names = sides.map(({ face }) => pairs?.faceNames?.[face] ?? `face ${face}`);
  return html`<figure>${images}<figcaption>score ${cell.scores[pair].toFixed(3)}<br>${names[0]}<br>${names[1]}</figcaption></figure>`;
}

function protocolSection({ data, kind, settings }: BenchmarkReport, aggregatesOnly: boolean): Html {
  const { leftOut } = data;
  const shown = aggregatesOnly ? [] : leftOut.slice(0, LEFT_OUT_SHOWN);
  const rules: Record<typeof kind, string> = {
    pairs: 'Verification: cosine similarity of each pair. LR-LR: both faces degraded. LR-HR: the first one.',
    'closed-set':
      'Closed-set identification: the backbone stays as it is, a final layer is fine-tuned on the training faces; test faces are named by it.',
    search: 'Search of probes in a gallery by cosine similarity; people answer with their best entry.',
  };
  const sides = settings.hrBackbone === 'teacher' ? 'the teacher' : 'the student, from degraded faces';
  return html`<h2>Protocol and data</h2>
<p>${rules[kind]} ${kind === 'closed-set' ? '' : `The full-resolution side is embedded by ${sides}.`} Flip fusion: ${settings.flipFusion ? 'on' : 'off'}.</p>
${keyValues({
  data: data.title,
  ...(aggregatesOnly ? {} : { path: data.path }),
  fingerprint: data.fingerprint,
  ...Object.fromEntries(
    Object.entries(data.counts).map(([name, count]) => [wordsOf(name), count.toLocaleString('en-US')]),
  ),
  'left out': String(leftOut.length),
})}
<ul>${data.notes.map((note) => html`<li>${note}</li>`)}</ul>
${shown.length === 0 ? null : html`<h3>Left out</h3><ul>${shown.map(({ path, reason }) => html`<li>${path} ${reason}</li>`)}${leftOut.length > shown.length ? html`<li>… and ${leftOut.length - shown.length} more, in result.json</li>` : null}</ul>`}`;
}

function modelSection({ models }: BenchmarkReport): Html {
  return html`<h2>Models</h2>${models.map(
    ({ name, role, digest, settings }) =>
      html`<h3>${name}</h3>${keyValues({ role, 'SHA-256': digest, ...settings })}`,
  )}`;
}

function degradationSection({ degradation }: BenchmarkReport): Html {
  const { kernel, a, antialias, fromPx, weights } = degradation;
  return html`<h2>Degradation</h2>
<p>${kernel} with a = ${String(a).replace('-', '−')}, ${antialias ? 'anti-aliased (the kernel widens with the scale)' : 'not anti-aliased'}, from ${fromPx}×${fromPx} pixels, each axis rounded to 8 bits: what PIL’s <code>resize(BICUBIC)</code> and MATLAB’s <code>imresize</code> do. W(x) = (a + 2)|x|³ − (a + 3)|x|² + 1 for |x| &lt; 1, and a|x|³ − 5a|x|² + 8a|x| − 4a for 1 ≤ |x| &lt; 2.</p>
${weights.map(
  (row) =>
    html`<p>${row.resolutionPx} px, the middle pixel: weights of input pixels ${row.firstPx} to ${row.firstPx + row.weights.length - 1}: <code>${row.weights.map((weight) => weight.toFixed(5).replace('-', '−')).join(' ')}</code></p>`,
)}`;
}

function listSection(title: string, lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  return html`<h2>${title}</h2><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

function optionalTable(table: ReportTable): Html | null {
  return table.rows.length === 0 ? null : html`<h2>${table.title}</h2>${tableOf(table)}`;
}

function tableOf({ columns, rows }: ReportTable): Html {
  return html`<div class="scroll"><table><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell) => (cell.length > LONG_CELL ? html`<td class="long">${cell}</td>` : html`<td>${cell}</td>`))}</tr>`,
  )}</tbody></table></div>`;
}

function keyValues(values: Readonly<Record<string, string>>): Html {
  return html`<table><tbody>${Object.entries(values).map(
    ([key, value]) => html`<tr><th scope="row">${key}</th><td class="text">${value}</td></tr>`,
  )}</tbody></table>`;
}

/** Words of a shell, quoted or not; a path keeps its last part. */
function withoutFolders(command: string): string {
  const words = command.match(/'(?:[^']|'\\'')*'|\S+/g) ?? [];
  return words
    .map((word) => (word.includes('/') ? `…/${word.replace(/'$/, '').split('/').at(-1)}` : word))
    .join(' ');
}

/** `genuinePairs` → `genuine pairs`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
