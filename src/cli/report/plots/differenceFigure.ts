import { DataError } from '../../../core/errors.js';
import { element, FAINT, INK, MEASURED, percentOf, picture, RULE, stepOf, text, widthOf } from './svg.js';

export interface DifferenceRow {
  readonly name: string;
  /** In [−1, 1]; drawn in points. */
  readonly difference: number;
  /** Half the 95 % interval; `null` where there is none. */
  readonly ci95: number | null;
}

/** Differences with their intervals, about zero. */
export interface DifferenceFigure {
  readonly title: string;
  readonly xLabel: string;
  readonly rows: readonly DifferenceRow[];
}

const PLOT = 270;
const ROW = 34;
const HEAD = 72;
/** Width of the numbers beside the plot. */
const VALUES = 110;

/**
 * Draws differences as dots with 95 % intervals around a line at zero, as SVG. A dot is filled if the interval excludes zero, and
 * hollow otherwise.
 *
 * @throws DataError naming the row whose numbers are not finite
 */
export function differenceFigure({ title, xLabel, rows }: DifferenceFigure): string {
  const stray = rows.find(({ difference, ci95 }) => ![difference, ci95 ?? 0].every(Number.isFinite));
  if (stray !== undefined) throw new DataError(`${stray.name} is not a finite number`);
  const reach = Math.max(0.01, ...rows.map(({ difference, ci95 }) => Math.abs(difference) + (ci95 ?? 0)));
  const step = stepOf(2 * reach);
  const last = Math.ceil(reach / step - 1e-9);
  const at = (value: number) => (PLOT * (value + last * step)) / (2 * last * step);
  const names = Math.max(...rows.map(({ name }) => widthOf(name, 13)));
  const bottom = HEAD + ROW * rows.length;
  const left = 30 + names;
  const ticks = Array.from({ length: 2 * last + 1 }, (_, i) => (i - last) * step);
  return picture(Math.max(left + PLOT + VALUES, 40 + widthOf(title, 17)), bottom + 50, title, [
    text(20, 28, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...dot(26, 51, true),
    text(38, 55.5, 'clear of zero', { 'font-size': 13 }),
    ...dot(146, 51, false),
    text(158, 55.5, 'not', { 'font-size': 13 }),
    element('g', { transform: `translate(${left} 0)` }, [
      ...ticks.flatMap((tick, i) => [
        element('line', {
          x1: at(tick),
          y1: HEAD,
          x2: at(tick),
          y2: bottom,
          stroke: i === last ? INK : RULE,
        }),
        text(at(tick), bottom + 16, percentOf(tick), { 'text-anchor': 'middle', fill: FAINT }),
      ]),
      text(PLOT / 2, bottom + 34, xLabel, { 'text-anchor': 'middle', 'font-size': 13, fill: FAINT }),
      ...rows.flatMap(({ name, difference, ci95 }, i) => {
        const y = HEAD + ROW * (i + 0.5);
        const half = ci95 ?? 0;
        const [from, to] = [at(difference - half), at(difference + half)];
        const number = (100 * difference).toFixed(2);
        return [
          text(-10, y + 4.5, name, { 'text-anchor': 'end', 'font-size': 13 }),
          element('path', {
            d: `M${from.toFixed(1)} ${y}H${to.toFixed(1)}`,
            stroke: MEASURED,
            'stroke-width': 1.6,
          }),
          ...dot(at(difference), y, ci95 !== null && Math.abs(difference) > ci95),
          text(PLOT + 12, y + 4.5, ci95 === null ? number : `${number} ± ${(100 * half).toFixed(2)}`),
        ];
      }),
    ]),
  ]);
}

const dot = (cx: number, cy: number, filled: boolean) => [
  element('circle', {
    cx,
    cy,
    r: 4,
    fill: filled ? MEASURED : '#ffffff',
    stroke: MEASURED,
    'stroke-width': 1.6,
  }),
];
