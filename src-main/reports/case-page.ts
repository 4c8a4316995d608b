// A case as one HTML page that needs nothing else, on screen and on paper. Every text in it is taken for hostile.

import type {
  CaseReport,
  ReportEntry,
  ReportMeasure,
  ReportPicture,
  ReportProbeFace,
  ReportResult,
} from './case-report.ts';
import { Html, html } from './html.ts';

/** Crops are shown about this large, by a whole number of screen pixels to each of theirs. */
const SHOWN_PX = 112;

const STYLE = `
body { background: #fff; color: #16181d; font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
section { border-top: 1px solid #c9ccd3; margin-top: 1.5rem; padding-top: 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid #dfe1e6; padding: .35rem .5rem; text-align: left; vertical-align: top; }
thead { display: table-header-group; } tr, figure { break-inside: avoid; }
img { image-rendering: pixelated; display: block; background: #eceef1; }
figure { display: inline-block; margin: 0 1rem .5rem 0; max-width: 20rem; vertical-align: top; } figcaption, .small { color: #4a4f59; font-size: .85em; }
.text { white-space: pre-wrap; } .text, td, figcaption, dd, h1 { overflow-wrap: anywhere; }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr; margin: .25rem 0 .75rem; } dt { color: #4a4f59; } dd { margin: 0; }
code { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
.warning { border-left: 4px solid #b3261e; padding-left: .75rem; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } @page { margin: 15mm; } }
`;

export function casePage(report: CaseReport): string {
  const { title, gallery, number, state, createdBy, createdAt, exportedBy, exportedAt, entries } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Case ${number}: ${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1><bdi>${title}</bdi></h1>
<p>Case ${number} of gallery <bdi>${gallery}</bdi>, ${state}. Opened by <bdi>${createdBy}</bdi> on ${moment(createdAt)}; exported by <bdi>${exportedBy}</bdi> on ${moment(exportedAt)}. All times are UTC.</p>
<p class="small">A score is a cosine similarity and says nothing by itself: read it with the share of different people who reach it (FMR), and with what that share was measured on. A result is a lead for a person to judge, not an identification.</p>
</header>
${entries.map(entrySection)}
${auditSection(report.audit)}
</body>
</html>
`;
  return page.markup;
}

function entrySection(entry: ReportEntry): Html {
  const { item, actor, at, kind } = entry;
  const heading = { probe: 'Probe', search: 'Search', note: 'Note', decision: 'Decision' }[kind];
  return html`<section id="item-${item}">
<h2>${item} · ${heading}</h2>
<p class="small">by <bdi>${actor}</bdi>, ${moment(at)}</p>
${entryBody(entry)}
</section>
`;
}

function entryBody(entry: ReportEntry): Html {
  if (entry.kind === 'note') return textBlock(entry.text);
  if (entry.kind === 'probe') return html`${entry.faces.map(probeFigure)}`;
  if (entry.kind === 'search') return searchBody(entry);
  const { verdict, searchItem, rank, note, supersedes, isStanding } = entry;
  const before = supersedes === null ? '' : `, in place of decision ${supersedes}`;
  const standing = isStanding ? 'it stands' : 'superseded or withdrawn later';
  return html`<p><strong>${verdict}</strong>: result ${rank} of search ${searchItem}${before}; ${verdict === 'withdrawn' ? 'no decision stands by it' : standing}</p>
${note === '' ? null : textBlock(note)}`;
}

function textBlock(text: string): Html {
  return html`<p class="text" dir="auto">${text}</p>`;
}

function probeFigure(face: ReportProbeFace): Html {
  if (face.purged !== null) return html`<p>Picture and path were purged (purge record ${face.purged}).</p>`;
  const { picture, path, sha256, facesInPicture, sizePx, weight, reasons } = face;
  return html`<figure>${pictureOf(picture)}<figcaption><bdi>${path}</bdi><br>face ${face.face} of ${facesInPicture}, ${sizePx.toFixed(0)} px wide, quality ${weight.toFixed(2)}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}<br>SHA-256 <code>${sha256}</code></figcaption></figure>
`;
}

function searchBody(search: Extract<ReportEntry, { kind: 'search' }>): Html {
  const { probeItem, parameters, searched, results, notes } = search;
  const asked = parameters.map(([label, value]) => html`<dt>${label}</dt><dd><bdi>${value}</bdi></dd>`);
  const table = html`<table>
<thead><tr><th>rank</th><th>crop</th><th>score and what it means</th><th>who, where, when</th><th>decided</th></tr></thead>
<tbody>
${results.map(resultRow)}
</tbody>
</table>`;
  return html`<dl><dt>probe</dt><dd><a href="#item-${probeItem}">item ${probeItem}</a></dd><dt>searched</dt><dd>${searched.faces} faces of ${searched.people} people</dd>${asked}</dl>
${notes.map((note) => html`<p class="warning">${note}</p>`)}
${results.length === 0 ? html`<p>No result.</p>` : table}`;
}

function resultRow(result: ReportResult): Html {
  const { rank, picture, decision, purged } = result;
  return html`<tr><td>${rank}</td><td>${pictureOf(picture)}</td><td>${scoreCell(result)}</td><td>${purged === null ? placeCell(result) : `purged (purge record ${purged})`}</td><td>${decision ?? '–'}</td></tr>
`;
}

/** A score is never shown without its FMR, and that not without what it was measured on. */
function scoreCell(result: ReportResult): Html {
  const { score, margin, expectedFalseMatches, log10LikelihoodRatio: ratio } = result;
  const others = [
    ...(expectedFalseMatches === null
      ? []
      : [`${expectedFalseMatches.toPrecision(2)} false matches expected in such a search`]),
    ...(ratio === null ? [] : [`log10 likelihood ratio ${ratio.toFixed(1)} (one person against two)`]),
    ...(margin === null ? [] : [`margin to the next person ${margin.toFixed(4)}`]),
  ];
  return html`<strong>${score.toFixed(4)}</strong>, ${fmrText(result)}<br><span class="small">${measureText(result.measuredOn)}</span>${others.map((text) => html`<br><span class="small">${text}</span>`)}`;
}

function fmrText({ fmr, fmrInterval }: Pick<ReportResult, 'fmr' | 'fmrInterval'>): string {
  if (fmrInterval === null) return fmr === null ? 'FMR not measured' : `FMR ${fmr.toExponential(1)}`;
  const { low, high } = fmrInterval;
  if (fmr === null) return `FMR at most ${high.toExponential(1)} (95 %)`;
  return `FMR ${fmr.toExponential(1)} (95 % ${low.toExponential(1)} … ${high.toExponential(1)})`;
}

function measureText(measure: ReportMeasure | null): string {
  if (measure === null) return 'not measured for such a comparison: the score has no known error rate';
  const { source, pairs, people, probeFaces, galleryFaces } = measure;
  const who = source === 'gallery' ? 'of this gallery' : 'of a reference set';
  return `measured on ${pairs} pairs of ${people} different people ${who}, ${probeFaces} against ${galleryFaces} faces`;
}

function placeCell(result: ReportResult): Html {
  const { subject, trackId, faceId, faces, camera, capturedAt, sourcePath, sizePx, weight, reasons } = result;
  const lines = [
    trackId === null ? `face ${faceId ?? '–'}` : `track ${trackId}, face ${faceId ?? '–'}`,
    `${faces} ${faces === 1 ? 'face' : 'faces'} behind it`,
    ...(camera === null ? [] : [`camera ${camera}`]),
    ...(capturedAt === null ? [] : [moment(capturedAt)]),
    `${sizePx.toFixed(0)} px, quality ${weight.toFixed(2)}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`,
    sourcePath,
  ];
  return html`<strong><bdi>${subject ?? 'unknown'}</bdi></strong>${lines.map((line) => html`<br><bdi class="small">${line}</bdi>`)}`;
}

function pictureOf(picture: ReportPicture | null): Html {
  if (picture === null) return html`–`;
  const { file, shown } = picture;
  if (shown === null) return html`<code>${file}</code>`;
  const { format, content, widthPx, heightPx } = shown;
  const scale = Math.max(1, Math.floor(SHOWN_PX / Math.max(widthPx, heightPx)));
  const source = `data:image/${format};base64,${Buffer.from(content).toString('base64')}`;
  return html`<img src="${source}" width="${widthPx * scale}" height="${heightPx * scale}" alt="crop of ${widthPx} by ${heightPx} pixels, ${scale} times">`;
}

function auditSection({ entries, length, head, problem }: CaseReport['audit']): Html {
  const rows = entries.map(
    ({ sequence, at, actor, action, body, hash }) =>
      html`<tr><td>${sequence}</td><td>${moment(at)}</td><td><bdi>${actor}</bdi></td><td>${action}<br><code>${body}</code></td><td><code>${hash}</code></td></tr>
`,
  );
  return html`<section id="audit">
<h2>Audit log</h2>
<p>What the gallery's log has about this case. The log is a chain of ${length} entries; its head was <code>${head}</code> at this export.</p>
${problem === null ? html`<p>The chain held when this was exported.</p>` : html`<p class="warning">The chain did not hold when this was exported: ${problem}</p>`}
<table>
<thead><tr><th>entry</th><th>when</th><th>who</th><th>what</th><th>hash</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</section>`;
}

/** ISO 8601 to the second, without the T. */
function moment(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'unknown time' : date.toISOString().slice(0, 19).replace('T', ' ');
}
