import type { LinePanel } from './lines.js';
import { element, FAINT, RULE, text } from './svg.js';
import { percentOf, ticksOf } from './ticks.js';

/** The size of a plot, in pixels. */
export const PLOT = { width: 310, height: 240 };
/** Between the frame and the first and last x. */
const INSET = 28;
/** How far lines stand apart at the same x, in pixels, so that no interval hides another; closer where there is no room. */
const APART = 7;

export interface Axes {
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  x(value: number): number;
  y(share: number): number;
}

/** Axes that hold the points of all these panels. */
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

/** How far lines can stand apart without reaching into what belongs to the next x. */
export function apart({ xTicks, x }: Axes, lines: number): number {
  const gaps = xTicks.slice(1).map((tick, i) => x(tick) - x(xTicks[i]!));
  return Math.min(APART, (0.75 * Math.min(...gaps, 2 * INSET)) / Math.max(1, lines - 1));
}

/** Title, grid and names of a plot's axes. */
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
