import { DataError } from '../../../core/errors.js';
import {
  element,
  FAINT,
  MEASURED,
  percentOf,
  picture,
  REFERENCE,
  RULE,
  text,
  ticksOf,
  widthOf,
} from './svg.js';

export interface DotRow {
  readonly name: string;
  /** In [0, 1]; drawn in %. */
  readonly mean: number;
  /** Half the 95 % interval; `null` where there is none. */
  readonly ci95: number | null;
  /** A figure from elsewhere, in [0, 1]. */
  readonly reference?: number;
}

export interface DotPanel {
  readonly title: string;
  readonly rows: readonly DotRow[];
}

/** Shares with their intervals. Panels side by side share their axis. */
export interface DotFigure {
  readonly title: string;
  readonly xLabel: string;
  /** Label of the diamonds, if there are any. */
  readonly referenceLabel?: string;
  readonly panels: readonly DotPanel[];
  /** Panels side by side. Default: 1. */
  readonly columns?: number;
}

const PLOT = 270;
const ROW = 34;
const HEAD = 88;
/** Width of the numbers beside a plot. */
const VALUES = 110;
/** Offset of the mean above the middle of its row, and of the reference below it. */
const APART = 6;

/**
 * Draws shares as dots with 95 % intervals, and figures from elsewhere as hollow diamonds, as SVG.
 *
 * @throws DataError naming the row whose numbers are not finite
 */
export function dotFigure(figure: DotFigure): string {
  const { title, xLabel, referenceLabel, panels, columns = 1 } = figure;
  for (const panel of panels) {
    const stray = panel.rows.find(
      ({ mean, ci95, reference }) => ![mean, ci95 ?? 0, reference ?? 0].every(Number.isFinite),
    );
    if (stray !== undefined)
      throw new DataError(`${stray.name} in the panel ${panel.title} is not a finite number`);
  }
  const names = Math.max(...panels.flatMap(({ rows }) => rows.map(({ name }) => widthOf(name, 13))));
  const cell = 10 + names + PLOT + VALUES;
  let top = HEAD;
  const drawn = [];
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    const axis = axisOf(row);
    drawn.push(
      ...row.map((panel, column) => {
        const transform = `translate(${30 + names + column * cell} ${top})`;
        return element('g', { transform }, panelMarks(panel, axis, xLabel));
      }),
    );
    top += ROW * Math.max(...row.map(({ rows }) => rows.length)) + 84;
  }
  const second = 64 + widthOf('mean and 95 % interval', 13);
  const width = Math.max(
    20 + cell * Math.min(columns, panels.length),
    second + widthOf(referenceLabel ?? '', 13) + 40,
  );
  return picture(width, top - 8, title, [
    text(20, 28, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...interval(20, 42, 31, 51),
    text(50, 55.5, 'mean and 95 % interval', { 'font-size': 13 }),
    ...(referenceLabel === undefined
      ? []
      : [diamond(second, 51), text(second + 14, 55.5, referenceLabel, { 'font-size': 13 })]),
    ...drawn,
  ]);
}

const diamond = (x: number, y: number) =>
  element('path', {
    d: `M${x.toFixed(1)} ${y - 5}l5 5l-5 5l-5 -5z`,
    fill: '#ffffff',
    stroke: REFERENCE,
    'stroke-width': 1.8,
  });

/** A mean with its interval. The ends have caps, visible even if the dot is wider than the interval. */
function interval(from: number, to: number, x: number, y: number): string[] {
  const path = `M${from.toFixed(1)} ${y - 5}v10m0 -5H${to.toFixed(1)}m0 -5v10`;
  return [
    element('path', { d: path, stroke: MEASURED, 'stroke-width': 1.6, fill: 'none' }),
    element('circle', { cx: x, cy: y, r: 4, fill: MEASURED }),
  ];
}

interface Axis {
  readonly ticks: readonly number[];
  /** Position of a share, in pixels. */
  at(share: number): number;
}

function axisOf(panels: readonly DotPanel[]): Axis {
  const values = panels.flatMap(({ rows }) =>
    rows.flatMap(({ mean, ci95, reference }) => [
      Math.max(0, mean - (ci95 ?? 0)),
      Math.min(1, mean + (ci95 ?? 0)),
      reference ?? mean,
    ]),
  );
  const ticks = ticksOf(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  return {
    ticks,
    at: (share) => (PLOT * (Math.min(high, Math.max(low, share)) - low)) / (high - low || 1),
  };
}

function panelMarks({ title, rows }: DotPanel, { ticks, at }: Axis, xLabel: string): string[] {
  const bottom = 14 + ROW * rows.length;
  return [
    text(0, 0, title, { 'font-size': 14, 'font-weight': 'bold' }),
    ...ticks.flatMap((tick) => [
      element('line', { x1: at(tick), y1: 12, x2: at(tick), y2: bottom, stroke: RULE }),
      text(at(tick), bottom + 16, percentOf(tick), { 'text-anchor': 'middle', fill: FAINT }),
    ]),
    text(PLOT / 2, bottom + 34, xLabel, { 'text-anchor': 'middle', 'font-size': 13, fill: FAINT }),
    ...rows.flatMap(({ name, mean, ci95, reference }, i) => {
      const y = 30 + ROW * i;
      const dot = reference === undefined ? y : y - APART;
      const half = ci95 ?? 0;
      const number = (100 * mean).toFixed(2);
      return [
        text(-10, y + 4.5, name, { 'text-anchor': 'end', 'font-size': 13 }),
        ...(reference === undefined ? [] : [diamond(at(reference), y + APART)]),
        ...interval(at(mean - half), at(mean + half), at(mean), dot),
        text(PLOT + 12, y + 4.5, ci95 === null ? number : `${number} ± ${(100 * half).toFixed(2)}`),
      ];
    }),
  ];
}
