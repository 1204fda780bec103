import { DataError } from '../../../core/errors.js';
import {
  element,
  FAINT,
  marker,
  markerCount,
  palette,
  percentOf,
  picture,
  RULE,
  text,
  ticksOf,
  widthOf,
} from './svg.js';

export interface LinePoint {
  /** Above 0, such as shots. */
  readonly x: number;
  /** In [0, 1]; drawn in %. */
  readonly mean: number;
  /** Half the 95 % interval; `null` where there is none. */
  readonly ci95: number | null;
}

export interface Line {
  /** A name has the same color and marker in every panel. */
  readonly name: string;
  /** In any order. */
  readonly points: readonly LinePoint[];
}

export interface LinePanel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Shares over a quantity on a logarithmic axis. Panels side by side share the axis of their shares. */
export interface LineFigure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly legendTitle: string;
  readonly panels: readonly LinePanel[];
  /** Panels side by side. Default: 2. */
  readonly columns?: number;
  /** Legend below the panels instead of beside them, for narrow screens. Default: false. */
  readonly legendBelow?: boolean;
}

/** Throws a `DataError` that names the panel and line that cannot be drawn, or for too many lines. */
export function assertLines({ panels }: LineFigure): void {
  for (const { title, lines } of panels) {
    if (lines.length === 0) throw new DataError(`the panel ${title} has no lines`);
    for (const { name, points } of lines) {
      const where = `${name} in the panel ${title}`;
      if (points.length === 0) throw new DataError(`${where} has no points`);
      const stray = points.find(
        ({ x, mean, ci95 }) => !(x > 0 && mean >= 0 && mean <= 1) || ![x, ci95 ?? 0].every(Number.isFinite),
      );
      if (stray !== undefined) {
        throw new DataError(`${where} has the point ${stray.x}, ${stray.mean} ± ${stray.ci95}`, {
          hint: 'x is above 0, as its axis is logarithmic; means are shares from 0 to 1.',
        });
      }
    }
  }
  const names = new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)));
  if (names.size > markerCount) {
    throw new DataError(`${names.size} lines cannot be told apart by ${markerCount} markers`, {
      hint: 'Draw fewer of them.',
    });
  }
}

/** The size of a plot, in pixels. */
export const PLOT = { width: 310, height: 240 };
/** Margin in pixels beside the first and last x. */
const INSET = 28;
/** Horizontal offset between lines at the same x, in pixels, so that intervals do not overlap; smaller where there is no room. */
const APART = 7;

export interface Axes {
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  x(value: number): number;
  y(share: number): number;
}

/** Axes for the points of all these panels. */
export function axesOf(panels: readonly LinePanel[]): Axes {
  const points = panels.flatMap(({ lines }) => lines.flatMap((line) => line.points));
  const xTicks = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ends = points.flatMap(({ mean, ci95 }) => [mean - (ci95 ?? 0), mean + (ci95 ?? 0)]);
  const yTicks = ticksOf(Math.max(0, Math.min(...ends)), Math.min(1, Math.max(...ends)));
  const [first, reach] = [Math.log(xTicks[0]!), Math.log(xTicks.at(-1)! / xTicks[0]!)];
  const [low, high] = [yTicks[0]!, yTicks.at(-1)!];
  return {
    xTicks,
    yTicks,
    x: (value) =>
      reach === 0 ? PLOT.width / 2 : INSET + ((PLOT.width - 2 * INSET) * (Math.log(value) - first)) / reach,
    y: (share) => (PLOT.height * (high - Math.min(high, Math.max(low, share)))) / (high - low),
  };
}

/** Offset between lines that does not reach the next x. */
export function apart({ xTicks, x }: Axes, lines: number): number {
  const gaps = xTicks.slice(1).map((tick, i) => x(tick) - x(xTicks[i]!));
  return Math.min(APART, (0.75 * Math.min(...gaps, 2 * INSET)) / Math.max(1, lines - 1));
}

/** Title, grid and labels of a plot. */
export function frame(
  title: string,
  { xTicks, yTicks, x, y }: Axes,
  xLabel: string,
  yLabel: string,
): string[] {
  const { width, height } = PLOT;
  return [
    text(0, -10, title, { 'font-size': 14, 'font-weight': 'bold' }),
    ...yTicks.flatMap((tick) => [
      element('line', { x1: 0, y1: y(tick), x2: width, y2: y(tick), stroke: RULE }),
      text(-8, y(tick) + 4, percentOf(tick), { 'text-anchor': 'end', fill: FAINT }),
    ]),
    ...xTicks.flatMap((tick) => [
      element('line', { x1: x(tick), y1: height, x2: x(tick), y2: height + 5, stroke: FAINT }),
      text(x(tick), height + 19, String(tick), { 'text-anchor': 'middle', fill: FAINT }),
    ]),
    text(width / 2, height + 38, xLabel, { 'text-anchor': 'middle', 'font-size': 13, fill: FAINT }),
    ...(yLabel === ''
      ? []
      : [
          text(-height / 2, -42, yLabel, {
            transform: 'rotate(-90)',
            'text-anchor': 'middle',
            'font-size': 13,
            fill: FAINT,
          }),
        ]),
  ];
}

/** Margins of the figure, and gaps between plots, in pixels. */
const LEFT = 72;
const HEAD = 82;
const GAP = { width: 46, height: 92 };
/** Height of a line in the legend, in pixels. */
const LINE = 22;

/**
 * Draws lines with 95 % intervals, panel by panel, as SVG. Lines differ in color and marker.
 *
 * @throws DataError naming the panel and line whose numbers cannot be drawn, or for more names than markers
 */
export function lineFigure(figure: LineFigure): string {
  const { title, panels, xLabel, yLabel, legendTitle, columns = 2, legendBelow = false } = figure;
  assertLines(figure);
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const colors = palette('categorical', names.length);
  const across = Math.min(columns, panels.length);
  const right = LEFT + across * (PLOT.width + GAP.width);
  const rows = Math.ceil(panels.length / columns);
  const drawn = panels.map((panel, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const corner = [LEFT + column * (PLOT.width + GAP.width), HEAD + row * (PLOT.height + GAP.height)];
    const beside = panels.slice(row * columns, (row + 1) * columns);
    const axes = axesOf(beside);
    const marks = panel.lines.map((line) => {
      const own = names.indexOf(line.name);
      const shift = apart(axes, names.length) * (own - (names.length - 1) / 2);
      return lineMarks(line, axes, shift, own, colors[own]!);
    });
    const label = column === 0 ? yLabel : '';
    return element('g', { transform: `translate(${corner.join(' ')})` }, [
      ...frame(panel.title, axes, xLabel, label),
      ...marks.map(({ line }) => line),
      ...marks.map(({ bars }) => bars),
      ...marks.map(({ markers }) => markers),
    ]);
  });
  const legendWidth = Math.max(widthOf(legendTitle, 14), ...names.map((name) => 34 + widthOf(name, 13)));
  const bottom = HEAD + rows * (PLOT.height + GAP.height) - 32;
  const legendHeight = 40 + names.length * LINE;
  const [legendX, legendY] = legendBelow ? [20, bottom] : [right, HEAD];
  const width = Math.max(legendBelow ? right : 0, legendX + legendWidth + 20, 40 + widthOf(title, 17));
  const height = Math.max(bottom, legendY + legendHeight);
  return picture(width, height, title, [
    text(20, 28, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...drawn,
    element('g', { transform: `translate(${legendX} ${legendY})` }, [
      text(0, 11, legendTitle, { 'font-size': 13, 'font-weight': 'bold' }),
      ...names.flatMap((name, i) => {
        const y = 31 + LINE * i;
        const stroke = { stroke: colors[i]!, 'stroke-width': 2 };
        return [
          element('line', { x1: 0, y1: y, x2: 26, y2: y, ...stroke }),
          marker(i, 13, y, colors[i]!),
          text(34, y + 4.5, name, { 'font-size': 13 }),
        ];
      }),
    ]),
  ]);
}

/** A line with its intervals, and its markers, which go on top of all lines. */
function lineMarks(line: Line, { x, y }: Axes, shift: number, own: number, color: string) {
  const points = [...line.points].sort((a, b) => a.x - b.x);
  const at = (point: LinePoint) => x(point.x) + shift;
  const path = points.map((point) => `${at(point).toFixed(1)} ${y(point.mean).toFixed(1)}`).join('L');
  const bars = points.flatMap((point) => {
    if (point.ci95 === null) return [];
    const [top, bottom] = [y(point.mean + point.ci95), y(point.mean - point.ci95)];
    return [`M${(at(point) - 3).toFixed(1)} ${top.toFixed(1)}h6m-3 0V${bottom.toFixed(1)}m-3 0h6`];
  });
  return {
    line: element('path', {
      d: `M${path}`,
      stroke: color,
      'stroke-width': 2,
      fill: 'none',
      'stroke-opacity': 0.85,
    }),
    bars:
      bars.length === 0
        ? ''
        : element('path', { d: bars.join(''), stroke: color, 'stroke-width': 1.4, fill: 'none' }),
    markers: points.map((point) => marker(own, at(point), y(point.mean), color)).join(''),
  };
}
