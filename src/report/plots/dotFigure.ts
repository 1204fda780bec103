import { DataError } from '../../core/index.js';
import { element, FAINT, picture, RULE, text, widthOf } from './svg.js';

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

/** Shares with their intervals, panel below panel, on axes of their own. */
export interface DotFigure {
  readonly title: string;
  readonly xLabel: string;
  readonly referenceLabel: string;
  readonly panels: readonly DotPanel[];
}

const PLOT = 420;
const ROW = 28;
const MARK = '#332288';
const REFERENCE = '#cc6677';

/**
 * Draws shares as dots with 95 % intervals, and figures from elsewhere as hollow diamonds, as SVG.
 *
 * @throws DataError naming the row whose numbers are not finite
 */
export function dotFigure({ title, xLabel, referenceLabel, panels }: DotFigure): string {
  for (const panel of panels) {
    const stray = panel.rows.find(
      ({ mean, ci95, reference }) => ![mean, ci95 ?? 0, reference ?? 0].every(Number.isFinite),
    );
    if (stray !== undefined)
      throw new DataError(`${stray.name} in the panel ${panel.title} is not a finite number`);
  }
  const names = panels.flatMap(({ rows }) => rows.map(({ name }) => name));
  const left = 30 + Math.max(...names.map((name) => widthOf(name, 12)));
  const right = 90;
  const heads = 76;
  let top = heads;
  const drawn = panels.map((panel) => {
    const height = 26 + ROW * panel.rows.length + 42;
    const marks = element('g', { transform: `translate(${left} ${top})` }, panelMarks(panel, xLabel));
    top += height;
    return marks;
  });
  return picture(left + PLOT + right, top + 6, title, [
    text(20, 28, title, { 'font-size': 16, 'font-weight': 'bold' }),
    element('circle', { cx: 26, cy: 48, r: 4.5, fill: MARK }),
    text(38, 52, 'mean and 95 % interval'),
    diamond(26 + 38 + widthOf('mean and 95 % interval', 12), 48),
    text(38 + 38 + widthOf('mean and 95 % interval', 12), 52, referenceLabel),
    ...drawn,
  ]);
}

const diamond = (x: number, y: number) =>
  element('path', {
    d: `M${x.toFixed(1)} ${y - 6}l6 6l-6 6l-6 -6z`,
    fill: '#ffffff',
    stroke: REFERENCE,
    'stroke-width': 1.8,
  });

/** Round ticks, in shares, that span the values. */
function ticksOf(low: number, high: number): number[] {
  const step = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((size) => (high - low) / size <= 6) ?? 0.5;
  const first = Math.floor(low / step - 1e-9);
  const last = Math.ceil(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step).filter(
    (tick) => tick <= 1 + 1e-9,
  );
}

function panelMarks({ title, rows }: DotPanel, xLabel: string): string[] {
  const values = rows.flatMap(({ mean, ci95, reference }) => [
    mean - (ci95 ?? 0),
    Math.min(1, mean + (ci95 ?? 0)),
    reference ?? mean,
  ]);
  const ticks = ticksOf(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0]!, Math.max(ticks.at(-1)!, Math.max(...values))];
  const at = (share: number) => (PLOT * (Math.min(share, high) - low)) / (high - low || 1);
  const bottom = 14 + ROW * rows.length;
  return [
    text(0, 0, title, { 'font-size': 13, 'font-weight': 'bold' }),
    ...ticks.flatMap((tick) => [
      element('line', { x1: at(tick), y1: 10, x2: at(tick), y2: bottom, stroke: RULE, 'stroke-width': 0.7 }),
      text(at(tick), bottom + 14, String(Number((100 * tick).toFixed(1))), {
        'text-anchor': 'middle',
        fill: FAINT,
      }),
    ]),
    text(PLOT / 2, bottom + 30, xLabel, { 'text-anchor': 'middle', fill: FAINT }),
    ...rows.flatMap(({ name, mean, ci95, reference }, i) => {
      const y = 26 + ROW * i;
      return [
        text(-10, y + 4, name, { 'text-anchor': 'end' }),
        ...(reference === undefined ? [] : [diamond(at(reference), y)]),
        ...(ci95 === null
          ? []
          : [
              element('line', {
                x1: at(mean - ci95),
                y1: y,
                x2: at(mean + ci95),
                y2: y,
                stroke: MARK,
                'stroke-width': 2,
              }),
            ]),
        element('circle', { cx: at(mean), cy: y, r: 4.5, fill: MARK }),
        text(PLOT + 12, y + 4, (100 * mean).toFixed(2)),
      ];
    }),
  ];
}
