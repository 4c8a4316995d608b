// Charts as SVG: lines, histograms of two classes, points in the plane. Plain markup, so that a report needs no script.

import type { FigureAxis as Axis, FigureSeries as Series } from '../../contract/figures.ts';
import { type Html, type HtmlPart, html } from '../html.ts';

/** Colours that people with colour-blindness tell apart (M. Okabe, K. Ito 2008). */
const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#555555', '#B8860B'];
const [WIDTH, HEIGHT] = [460, 300];
const MARGIN = { left: 56, right: 14, top: 12, bottom: 46 };
const MOST_POINTS = 400;

/** Lines over two axes. `title` is read out in place of the picture. */
export function lineChart(title: string, x: Axis, y: Axis, series: readonly Series[]): Html {
  const [toX, toY] = scalesOf(x, y);
  const lines = series.map(({ points, isDashed, hasDots }, index) => {
    const inside = points.filter(([px, py]) => isDrawable(px, x) && isDrawable(py, y));
    const path = thin(inside)
      .map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${toX(px).toFixed(1)} ${toY(py).toFixed(1)}`)
      .join('');
    const dots = hasDots === true ? inside : [];
    return html`<path d="${path}" fill="none" stroke="${colourOf(index)}" stroke-width="1.8" ${isDashed === true ? html`stroke-dasharray="5 4"` : null}/>${dots.map(
      ([px, py]) =>
        html`<circle cx="${toX(px).toFixed(1)}" cy="${toY(py).toFixed(1)}" r="3" fill="${colourOf(index)}"/>`,
    )}`;
  });
  return figure(
    title,
    [frame(x, y), lines],
    series.map(({ name }) => name),
  );
}

/** Two classes over common bins, each as its share of its class. */
export function histogramChart(
  title: string,
  xLabel: string,
  edges: readonly number[],
  classes: readonly { readonly name: string; readonly counts: readonly number[] }[],
): Html {
  const shares = classes.map(({ counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total === 0 ? 0 : count / total));
  });
  const most = Math.max(1e-9, ...shares.flat());
  const x: Axis = { label: xLabel, scale: 'linear', domain: [edges[0], edges[edges.length - 1]] };
  const y: Axis = { label: 'share of its class', scale: 'linear', domain: [0, most * 1.05] };
  const [toX, toY] = scalesOf(x, y);
  const areas = shares.map((share, index) => {
    const steps = share.map(
      (value, bin) =>
        `L${toX(edges[bin]).toFixed(1)} ${toY(value).toFixed(1)}H${toX(edges[bin + 1]).toFixed(1)}`,
    );
    const path = `M${toX(edges[0]).toFixed(1)} ${toY(0).toFixed(1)}${steps.join('')}V${toY(0).toFixed(1)}Z`;
    return html`<path d="${path}" fill="${HISTOGRAM_COLOURS[index]}" fill-opacity="0.35" stroke="${HISTOGRAM_COLOURS[index]}" stroke-width="1.2"/>`;
  });
  return figure(
    title,
    [frame(x, y), areas],
    classes.map(({ name }) => name),
    HISTOGRAM_COLOURS,
  );
}

/** Genuine green, impostor red, as in the paper's figure 3; lightness tells them apart too. */
const HISTOGRAM_COLOURS = ['#009E73', '#D55E00'];

/** Points coloured by class; colours repeat. */
export function pointChart(
  title: string,
  points: readonly { readonly x: number; readonly y: number; readonly kind: number }[],
): Html {
  const axis = (values: readonly number[]): Axis => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const pad = (high - low || 1) * 0.04;
    return { label: '', scale: 'linear', domain: [low - pad, high + pad], ticks: [] };
  };
  const [x, y] = [axis(points.map((point) => point.x)), axis(points.map((point) => point.y))];
  const [toX, toY] = scalesOf(x, y);
  const dots = points.map(
    (point) =>
      html`<circle cx="${toX(point.x).toFixed(1)}" cy="${toY(point.y).toFixed(1)}" r="2.2" fill="${colourOf(point.kind)}" fill-opacity="${point.kind % 16 < 8 ? 0.9 : 0.5}"/>`,
  );
  return figure(title, [frame(x, y), dots], []);
}

function figure(
  title: string,
  content: HtmlPart,
  names: readonly string[],
  colours: readonly string[] = COLOURS,
): Html {
  const legend = names.map(
    (name, index) => html`<span><i style="background:${colours[index % colours.length]}"></i>${name}</span>`,
  );
  return html`<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${content}</svg><figcaption>${title}${names.length > 0 ? html`<div class="legend">${legend}</div>` : null}</figcaption></figure>`;
}

function frame(x: Axis, y: Axis): Html {
  const [toX, toY] = scalesOf(x, y);
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
  const vertical = ticksOf(x).map(
    (tick) =>
      html`<line x1="${toX(tick).toFixed(1)}" x2="${toX(tick).toFixed(1)}" y1="${top}" y2="${bottom}" class="grid"/><text x="${toX(tick).toFixed(1)}" y="${bottom + 15}" text-anchor="middle">${tickText(tick)}</text>`,
  );
  const horizontal = ticksOf(y).map(
    (tick) =>
      html`<line x1="${left}" x2="${right}" y1="${toY(tick).toFixed(1)}" y2="${toY(tick).toFixed(1)}" class="grid"/><text x="${left - 6}" y="${(toY(tick) + 3.5).toFixed(1)}" text-anchor="end">${tickText(tick)}</text>`,
  );
  return html`${vertical}${horizontal}<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" fill="none" class="frame"/><text x="${(left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${x.label}</text><text x="14" y="${(top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(top + bottom) / 2})">${y.label}</text>`;
}

function scalesOf(x: Axis, y: Axis): [(value: number) => number, (value: number) => number] {
  return [scaleOf(x, MARGIN.left, WIDTH - MARGIN.right), scaleOf(y, HEIGHT - MARGIN.bottom, MARGIN.top)];
}

function scaleOf({ scale, domain: [low, high] }: Axis, from: number, to: number): (value: number) => number {
  const position = scale === 'log' ? Math.log10 : (value: number) => value;
  const [start, end] = [position(low), position(high)];
  return (value) => from + ((position(value) - start) / (end - start || 1)) * (to - from);
}

function isDrawable(value: number, { scale, domain: [low, high] }: Axis): boolean {
  return Number.isFinite(value) && value >= low && value <= high && (scale === 'linear' || value > 0);
}

/** Few enough points for a file that opens at once; first and last stay. */
function thin<Point>(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

function ticksOf({ scale, domain: [low, high], ticks }: Axis): readonly number[] {
  if (ticks !== undefined) return ticks;
  if (scale === 'log') {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (first + index));
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const found: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++)
    found.push(index * step);
  return found;
}

function tickText(tick: number): string {
  const size = Math.abs(tick);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return tick.toExponential(0).replace('e-', 'e−').replace('e+', 'e');
  return String(Number(tick.toPrecision(6))).replace('-', '−');
}

function colourOf(index: number): string {
  return COLOURS[((index % COLOURS.length) + COLOURS.length) % COLOURS.length];
}
