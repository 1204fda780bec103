import { element, text } from '../../src/cli/report/plots/svg.js';
import { chart, WIDTH } from './chart.js';
import { readResult } from './table.js';

interface ScaleRow {
  readonly series: 'images' | 'classes' | 'pixels';
  readonly size: number;
  readonly ours: number;
}

/** A point of a panel: what grows, and what it costs. */
type Point = readonly [size: number, cost: number];

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly Point[];
  /** The label of a size below the axis. */
  readonly label: (size: number) => string;
}

const HEIGHT = 260;
/** Edges of a panel's axes, from its own left side and from the top. */
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 236, 48, 216];
/** From one panel to the next. */
const STEP = (WIDTH - RIGHT - 16) / 2;

const superscript = (power: number) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[power]!;

function panels(): Panel[] {
  const { rows } = readResult<{ readonly rows: readonly ScaleRow[] }>('bench-scale');
  const points = (series: ScaleRow['series'], sizeOf = (size: number) => size) =>
    rows.filter((row) => row.series === series).map(({ size, ours }): Point => [sizeOf(size), ours]);
  return [
    {
      ...{ title: 'new images', unit: 'seconds', points: points('images') },
      label: (size) => `10${superscript(Math.round(Math.log10(size)))}`,
    },
    { title: 'classes', unit: 'seconds', points: points('classes'), label: String },
    {
      ...{ title: 'pixels of an image', unit: 'ms per image', points: points('pixels', (side) => side ** 2) },
      label: (size) => `${Math.sqrt(size)}²`,
    },
  ];
}

/** A panel with logarithmic axes: points, a line between them, and a dashed one of slope 1 through the largest. */
function drawn({ title, unit, points, label }: Panel): string[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const guide = (last[1] * first[0]) / last[0];
  const costs = [guide, ...points.map(([, cost]) => cost)].map(Math.log10);
  const [low, high] = [Math.floor(Math.min(...costs)), Math.ceil(Math.max(...costs))];
  const x = (size: number) =>
    LEFT + ((RIGHT - LEFT) * Math.log10(size / first[0])) / Math.log10(last[0] / first[0]);
  const y = (cost: number) => BOTTOM - ((BOTTOM - TOP) * (Math.log10(cost) - low)) / (high - low);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return [
    text(LEFT, TOP - 28, title),
    text(LEFT, TOP - 12, unit, { class: 'faint' }),
    ...ticks.flatMap((tick) => [
      element('line', { class: 'rule', x1: LEFT, x2: RIGHT, y1: y(tick), y2: y(tick) }),
      text(LEFT - 6, y(tick) + 4, String(Number(tick.toPrecision(1))), {
        ...{ class: 'faint', 'text-anchor': 'end' },
      }),
    ]),
    element('line', {
      ...{ class: 'base', 'stroke-dasharray': '5 5' },
      ...{ x1: LEFT, x2: RIGHT, y1: y(guide), y2: y(last[1]) },
    }),
    ...points.flatMap(([size, cost]) => [
      element('circle', { class: 'made', cx: x(size), cy: y(cost), r: 5 }),
      text(x(size), BOTTOM + 18, label(size), { class: 'faint', 'text-anchor': 'middle' }),
    ]),
  ];
}

/** What images, classes and pixels cost, the more there are of them: three panels beside lines of slope 1. */
export function scaleChart(): string {
  const all = panels();
  const says = all
    .map(({ title, unit, points }) => {
      const [first, last] = [points[0]!, points.at(-1)!];
      return `${title}: ${first[0]} to ${last[0]} cost ${first[1].toPrecision(2)} to ${last[1].toPrecision(2)} ${unit}`;
    })
    .join('; ');
  return chart(HEIGHT, says, [
    ...all.map((panel, i) => element('g', { transform: `translate(${i * STEP} 0)` }, drawn(panel))),
    text(LEFT, HEIGHT - 8, 'Dashed: in proportion to the size.', { class: 'faint' }),
  ]);
}
