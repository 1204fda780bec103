import { DataError } from '../../../core/errors.js';
import { namePositions } from './namePositions.js';
import { type ColorScale, element, FAINT, INK, palette, picture, RULE, text, widthOf } from './svg.js';

/** A map of points. */
export interface ScatterPanel {
  readonly title: string;
  /** A line below the map. */
  readonly note?: string;
  /** Two or three coordinates of each point. */
  readonly points: readonly (readonly number[])[];
  /** Class of each point, as an index into the figure's classes. */
  readonly labels: readonly number[];
}

/** Maps side by side with one legend. */
export interface ScatterFigure {
  readonly title: string;
  readonly panels: readonly ScatterPanel[];
  readonly classes: readonly string[];
  readonly colors: ColorScale;
  /** Title of the legend: what the classes are. */
  readonly legendTitle?: string;
  /** Panels in a row. Default: 2; in three dimensions 1, seen from two sides. */
  readonly columns?: number;
}

/** Throws a `DataError` that names the panel and the point which cannot be drawn. */
export function assertDrawable({ panels, classes }: ScatterFigure): void {
  for (const { title, points, labels } of panels) {
    if (points.length === 0) throw new DataError(`the panel ${title} has no points`);
    if (points.length !== labels.length) {
      throw new DataError(`the panel ${title} has ${points.length} points, but ${labels.length} labels`);
    }
    const dimensions = points[0]!.length;
    for (const [i, point] of points.entries()) {
      if (
        point.length !== dimensions ||
        (dimensions !== 2 && dimensions !== 3) ||
        !point.every(Number.isFinite)
      ) {
        throw new DataError(`point ${i} of the panel ${title} is (${point.join(', ')})`, {
          hint: 'Points are two or three finite numbers, the same count in one panel.',
        });
      }
      if (classes[labels[i]!] === undefined) {
        throw new DataError(`point ${i} of the panel ${title} has the label ${labels[i]}`, {
          hint: `Labels are indices into the ${classes.length} classes.`,
        });
      }
    }
  }
}

/** Centers points and scales all axes alike, so that coordinates lie in [−1, 1] and the farthest point on the border. */
export function centered(points: readonly (readonly number[])[]): number[][] {
  const axes = points[0]!.map((_, axis) => points.map((point) => point[axis]!));
  const ends = axes.map((values) => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ]);
  const half = Math.max(...ends.map(([low, high]) => (high! - low!) / 2)) || 1;
  return points.map((point) =>
    point.map((value, axis) => (value - (ends[axis]![0]! + ends[axis]![1]!) / 2) / half),
  );
}

/** Views of a 3-D map, in degrees. */
const AZIMUTHS = [30, 120];
const ELEVATION = 20;

/** A point in a view: x to the right and y down, from −1 to 1; `depth` from 0, far, to 1, near. */
interface Projected {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

/** One view of a map. */
export interface View {
  readonly title: string;
  readonly note: string;
  readonly points: readonly Projected[];
  readonly labels: readonly number[];
  /** Far edges of the box around a 3-D map. */
  readonly box: readonly (readonly [Projected, Projected])[];
}

/** Number of views of a panel. */
export const sidesOf = ({ points }: ScatterPanel) => (points[0]!.length === 3 ? AZIMUTHS.length : 1);

/** Views of a map: one in two dimensions, two in three. */
export function viewsOf({ title, note = '', points, labels }: ScatterPanel): View[] {
  const inside = centered(points);
  if (points[0]!.length === 2) {
    const projected = inside.map(([x, y]) => ({ x: x!, y: -y!, depth: 1 }));
    return [{ title, note, points: projected, labels, box: [] }];
  }
  return AZIMUTHS.map((azimuth, view) => {
    const seen = corners.map((corner) => project(corner, azimuth));
    // The box fills the panel.
    const reach = Math.max(...seen.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]));
    const deep = Math.max(...seen.map(({ depth }) => depth));
    const nearest = seen.findIndex(({ depth }) => depth === deep);
    const fitted = ({ x, y, depth }: Projected) => ({
      x: x / reach,
      y: y / reach,
      depth: (depth / deep + 1) / 2,
    });
    return {
      title: `${title}, seen from ${azimuth}°`,
      note: view === 0 ? note : '',
      points: inside.map((point) => fitted(project(point, azimuth))),
      labels,
      box: edges
        .filter((ends) => !ends.includes(nearest))
        .map(([from, to]) => [fitted(seen[from]!), fitted(seen[to]!)] as const),
    };
  });
}

const corners = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z] as const)));
/** Pairs of indices of corners that differ along one axis. */
const edges = corners.flatMap((from, i) =>
  corners.flatMap((to, j) =>
    j > i && from.filter((value, axis) => value !== to[axis]).length === 1 ? [[i, j] as const] : [],
  ),
);

function project([x, y, z]: readonly number[], azimuth: number): Projected {
  const [turn, lift] = [(azimuth * Math.PI) / 180, (ELEVATION * Math.PI) / 180];
  const right = x! * Math.cos(turn) + y! * Math.sin(turn);
  const back = -x! * Math.sin(turn) + y! * Math.cos(turn);
  const up = z! * Math.cos(lift) + back * Math.sin(lift);
  return { x: right, y: -up, depth: z! * Math.sin(lift) - back * Math.cos(lift) };
}

/** Side of a map, in pixels. */
export const SIDE = 300;
/** Height of a class's name in a map, in pixels. */
const NAME = 13;
/** Radius around a name in which its class must dominate, in pixels. */
const NAME_RADIUS = 20;
/** Rounds in which points are drawn, class by class, so that no class covers all others. */
const TURNS = 6;

interface Layer {
  readonly from: number;
  readonly to: number;
  readonly opacity: number;
  /** Radius of a point, in pixels. */
  readonly radius: number;
}

const flat: readonly Layer[] = [{ from: 0, to: 2, opacity: 0.8, radius: 1.9 }];
/** Layers of a 3-D map from far to near: near points are larger and more opaque. */
const layersOfDepth: readonly Layer[] = [
  { from: -1, to: 0.35, opacity: 0.5, radius: 1.5 },
  { from: 0.35, to: 0.5, opacity: 0.65, radius: 1.7 },
  { from: 0.5, to: 0.65, opacity: 0.8, radius: 1.9 },
  { from: 0.65, to: 2, opacity: 0.95, radius: 2.1 },
];

const at = (value: number) => Number((SIDE / 2 + (SIDE / 2 - 8) * value).toFixed(1));

/** Marks of a view: title, box, points, names of classes, note. */
export function viewMarks(
  view: View,
  colors: readonly string[],
  classes: readonly string[],
): readonly string[] {
  const { title, note, box } = view;
  return [
    text(0, -8, title, { 'font-size': 14, 'font-weight': 'bold' }),
    element('rect', { width: SIDE, height: SIDE, fill: 'none', stroke: RULE }),
    ...box.map(([from, to]) =>
      element('line', { x1: at(from.x), y1: at(from.y), x2: at(to.x), y2: at(to.y), stroke: RULE }),
    ),
    ...(box.length === 0 ? flat : layersOfDepth).map((layer) => layerMarks(view, layer, colors)),
    ...namesIn(view, classes).map(({ name, x, y }) =>
      text(x, y + 0.36 * NAME, name, {
        'text-anchor': 'middle',
        'font-size': NAME,
        'font-weight': 'bold',
        fill: INK,
        stroke: '#ffffff',
        'stroke-width': 3.5,
        'stroke-linejoin': 'round',
        'paint-order': 'stroke',
      }),
    ),
    ...(note === '' ? [] : [text(0, SIDE + 18, note, { 'font-size': 13, fill: FAINT })]),
  ];
}

function layerMarks({ points, labels }: View, layer: Layer, colors: readonly string[]): string {
  const turns = Array.from({ length: TURNS }, (_, turn) =>
    colors.map((color, own) => {
      const marks = points.flatMap(({ x, y, depth }, i) =>
        i % TURNS === turn && labels[i] === own && depth >= layer.from && depth < layer.to
          ? [`M${at(x)} ${at(y)}h0`]
          : [],
      );
      return marks.length === 0 ? '' : element('path', { d: marks.join(''), stroke: color });
    }),
  );
  const style = {
    fill: 'none',
    'stroke-width': 2 * layer.radius,
    'stroke-linecap': 'round',
    'stroke-opacity': layer.opacity,
  };
  return element('g', style, turns.flat());
}

/** Names in the map: at the best position of each class that no other name overlaps. The legend holds all names. */
function namesIn({ points, labels }: View, classes: readonly string[]) {
  const pixels = points.map(({ x, y }) => [at(x), at(y)]);
  const taken: { name: string; width: number; x: number; y: number }[] = [];
  for (const [own, positions] of namePositions(pixels, labels, classes.length, NAME_RADIUS).entries()) {
    const name = classes[own]!;
    const width = widthOf(name, NAME);
    const inside = (value: number, half: number) => Math.min(SIDE - half - 3, Math.max(half + 3, value));
    const free = positions
      .map(([x, y]) => ({ name, width, x: inside(x!, width / 2), y: inside(y!, NAME / 2) }))
      .find(({ x, y }) =>
        taken.every(
          (other) =>
            Math.abs(other.y - y) > NAME + 2 || Math.abs(other.x - x) > (other.width + width) / 2 + 4,
        ),
      );
    if (free !== undefined) taken.push(free);
  }
  return taken;
}

const GAP = 24;
const HEAD = 46;
const ABOVE = 24;
const BELOW = 34;
/** Height of a line in the legend, in pixels. */
const LINE = 21;

/**
 * Draws maps of points as SVG, in two dimensions, or from two sides in three. Colors of classes can be told apart with any color
 * vision, and each class is named in the map where its points form a cluster.
 *
 * @throws DataError naming the panel for points that cannot be drawn, UsageError for more classes than colors
 */
export function scatterFigure(figure: ScatterFigure): string {
  assertDrawable(figure);
  const { title, panels, classes, legendTitle = 'class' } = figure;
  const colors = palette(figure.colors, classes.length);
  const views = panels.flatMap((panel) => viewsOf(panel));
  const sides = sidesOf(panels[0]!);
  const columns = Math.min(views.length, sides * (figure.columns ?? 2 / sides));
  const cell = { width: SIDE + GAP, height: ABOVE + SIDE + BELOW };
  const left = GAP + columns * cell.width;
  const right = Math.max(widthOf(legendTitle, 14), ...classes.map((name) => 20 + widthOf(name, 13)));
  const width = Math.max(left + right + GAP, 2 * GAP + widthOf(title, 17));
  const height = HEAD + Math.max(Math.ceil(views.length / columns) * cell.height, 70 + classes.length * LINE);
  return picture(width, height, title, [
    text(GAP, 28, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...views.map((view, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const transform = `translate(${GAP + column * cell.width} ${HEAD + row * cell.height + ABOVE})`;
      return element('g', { transform }, viewMarks(view, colors, classes));
    }),
    element('g', { transform: `translate(${left} ${HEAD + ABOVE})` }, legend(classes, colors, legendTitle)),
  ]);
}

function legend(classes: readonly string[], colors: readonly string[], title: string): string[] {
  return [
    text(0, 11, title, { 'font-size': 13, 'font-weight': 'bold' }),
    ...classes.flatMap((name, i) => [
      element('circle', { cx: 6, cy: 30 + LINE * i, r: 5.5, fill: colors[i]! }),
      text(20, 34.5 + LINE * i, name, { 'font-size': 13 }),
    ]),
  ];
}
