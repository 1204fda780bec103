import type { ArmResult } from '../../../evaluate/result.js';
import { counted, estimated, percent, points, verdictOf } from '../figures.js';
import { type Html, html, markup } from '../html.js';
import { element, percentOf, ticksOf } from '../plots/svg.js';
import type { Difference } from '../verdict.js';

/** A row of a chart: an accuracy, and what it gains over the baseline. */
export interface GainRow {
  readonly row: ArmResult;
  /** Description of the arm. */
  readonly title: string;
  /** Absent for the baseline itself, and where there is none. */
  readonly gain?: Difference;
}

/** Rows of one classifier. */
export interface GainGroup {
  readonly title: string;
  /** Accuracy that gains are measured from; absent where it was not judged. */
  readonly baseline?: number;
  readonly rows: readonly GainRow[];
}

/** Rows of a group that are seen at once; others are in a fold. */
const SHOWN = 12;
/** Least span of the axis, so that nearly equal accuracies look nearly equal. */
const SPAN = 0.05;
/** Height of the line of a row, and half that of the bar of its gain. */
const [HEIGHT, BAR] = [30, 5];

const middle = HEIGHT / 2;
const signs = { better: '▲ ', worse: '▼ ', open: '' };

interface Axis {
  readonly ticks: readonly number[];
  /** Position of a share. */
  at(share: number): string;
}

function axisOf(groups: readonly GainGroup[]): Axis {
  const values = groups.flatMap(({ rows, baseline }) => [
    ...(baseline === undefined ? [] : [baseline]),
    ...rows.flatMap(({ row: { mean, ci95 } }) => [
      Math.max(0, mean - (ci95 ?? 0)),
      Math.min(1, mean + (ci95 ?? 0)),
    ]),
  ]);
  const high = Math.max(...values);
  const ticks = ticksOf(Math.max(0, Math.min(...values, high - SPAN)), high);
  const [from, to] = [ticks[0]!, ticks.at(-1)!];
  return {
    ticks,
    at: (share) => `${((100 * (Math.min(to, Math.max(from, share)) - from)) / (to - from)).toFixed(2)}%`,
  };
}

/** A picture as wide as its place: positions across are in percent, so that text and dots keep their size. */
const drawn = (says: string, height: number, inside: readonly string[]): Html =>
  markup(element('svg', { width: '100%', height, role: 'img', 'aria-label': says }, inside));

const upright = (x: string, name: string, y1: number, y2: number) =>
  element('line', { class: name, x1: x, x2: x, y1, y2 });

/** The bar from the baseline to an accuracy, its interval and its dot. */
function marks({ mean, ci95 }: ArmResult, baseline: number | undefined, { ticks, at }: Axis): string[] {
  const half = ci95 ?? 0;
  const [low, high] = [at(mean - half), at(mean + half)];
  const [left, right] = [Math.min(mean, baseline ?? mean), Math.max(mean, baseline ?? mean)];
  const bar = {
    class: 'bar',
    ...{ x: at(left), width: `${(Number.parseFloat(at(right)) - Number.parseFloat(at(left))).toFixed(2)}%` },
    ...{ y: middle - BAR, height: 2 * BAR },
  };
  return [
    ...ticks.map((tick) => upright(at(tick), 'grid', 0, HEIGHT)),
    element('rect', bar),
    ...(baseline === undefined ? [] : [upright(at(baseline), 'baseline', 0, HEIGHT)]),
    element('line', { class: 'range', x1: low, x2: high, y1: middle, y2: middle }),
    ...[low, high].map((end) => upright(end, 'range', middle - BAR, middle + BAR)),
    element('circle', { cx: at(mean), cy: middle, r: 5 }),
  ];
}

function rowPart({ row, title, gain }: GainRow, { baseline }: GainGroup, axis: Axis): Html {
  const verdict = gain === undefined ? 'open' : verdictOf(gain);
  const over =
    gain !== undefined ? `${signs[verdict]}${points(gain)}` : row.mean === baseline ? 'baseline' : '';
  const says = `${row.arm}: ${estimated(row)} %`;
  return html`<li class="${gain === undefined ? 'real' : verdict}" title="${row.arm}: ${title}"><b><bdi>${row.arm}</bdi></b>${drawn(says, HEIGHT, marks(row, baseline, axis))}<span><span>${percent(row.mean)} %</span><span>${over}</span></span></li>
`;
}

function groupPart(group: GainGroup, axis: Axis): Html {
  const rows = [...group.rows].sort((a, b) => b.row.mean - a.row.mean);
  const list = (some: readonly GainRow[]) => html`<ol>${some.map((row) => rowPart(row, group, axis))}</ol>`;
  const rest = rows.slice(SHOWN);
  const numbers = axis.ticks.map((tick) =>
    element('text', { x: axis.at(tick), y: 12, 'text-anchor': 'middle' }, [percentOf(tick)]),
  );
  return html`<h3>${group.title}</h3>
${list(rows.slice(0, SHOWN))}
${rest.length === 0 ? '' : html`<details><summary>${counted(rest.length, 'more row')}: ${rest.map(({ row }) => row.arm).join(', ')}</summary>${list(rest)}</details>`}
<div class="axis">${drawn(`Axis from ${percentOf(axis.ticks[0]!)} to ${percentOf(axis.ticks.at(-1)!)} %`, 16, numbers)}</div>`;
}

/**
 * Accuracies by classifier, the highest first, as dots with 95 % intervals, each with a bar from the baseline. Names and numbers
 * are text beside the dots, so the chart fits any width and can be read aloud.
 *
 * @param baseline name of what gains are measured from
 */
export function gainChart(groups: readonly GainGroup[], baseline: string): Html {
  const axis = axisOf(groups);
  return html`<figure class="gains">
<figcaption>Share of new images that are recognized, in %, with 95 % intervals. Bars are gains over ${baseline}, in points:
<b class="better">▲ clear of zero</b>, <b class="worse">▼ clearly worse</b>, <span>○ not clear</span>. The highest of many is a little too high by chance.</figcaption>
${groups.map((group) => groupPart(group, axis))}
</figure>`;
}
