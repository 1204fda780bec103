import { palette } from './palette.js';
import { assertDrawable, centred, type ScatterFigure, type ScatterPanel } from './scatter.js';
import { element, FAINT, INK, picture, RULE, text, widthOf } from './svg.js';

const SIDE = 250;
const GAP = 26;
const LEGEND = 120;
const HEAD = 44;
const ABOVE = 20;
const BELOW = 26;
/** Radius of a point, in pixels. */
const POINT = 1.7;
/** Height of a class's name in a map, in pixels. */
const NAME = 12;
/** Where a 3-D map is looked at from, in degrees. */
const AZIMUTHS = [30, 120];
const ELEVATION = 20;

/** A point on paper, from −1 to 1, x to the right and y down; `depth` from 0, far, to 1, near. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
  readonly label: number;
}

/**
 * Draws maps of points as SVG, in two dimensions, or from two sides in three. Classes have colours that people with any
 * colour vision tell apart, and each stands in the map where its points are.
 *
 * @throws DataError naming the panel for points that cannot be drawn, UsageError for more classes than colours
 */
export function scatterFigure(figure: ScatterFigure): string {
  assertDrawable(figure);
  const { title, panels, classes } = figure;
  const colours = palette(figure.colours, classes.length);
  const views = panels.flatMap((panel) => viewsOf(panel));
  const perPanel = panels[0]!.points[0]!.length === 3 ? AZIMUTHS.length : 1;
  const columns = perPanel * (figure.columns ?? Math.max(1, Math.min(4 / perPanel, panels.length)));
  const rows = Math.ceil(views.length / columns);
  const cell = { width: SIDE + GAP, height: ABOVE + SIDE + BELOW + 10 };
  const width = GAP + Math.min(columns, views.length) * cell.width + LEGEND;
  const height = Math.max(HEAD + rows * cell.height, HEAD + 40 + classes.length * 20);
  const drawn = views.map((view, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    return element(
      'g',
      { transform: `translate(${GAP + column * cell.width} ${HEAD + row * cell.height + ABOVE})` },
      viewMarks(view, colours, classes),
    );
  });
  return picture(width, height, title, [
    text(GAP, 26, title, { 'font-size': 16, 'font-weight': 'bold' }),
    ...drawn,
    element(
      'g',
      { transform: `translate(${width - LEGEND + 6} ${HEAD + ABOVE})` },
      legend(classes, colours, figure.legendTitle),
    ),
  ]);
}

interface View {
  readonly title: string;
  readonly note: string;
  readonly places: readonly Place[];
  /** Edges of the box around a 3-D map. */
  readonly box: readonly (readonly [Place, Place])[];
}

function viewsOf({ title, note = '', points, labels }: ScatterPanel): View[] {
  const inside = centred(points);
  if (points[0]!.length === 2) {
    const places = inside.map(([x, y], i) => ({ x: x!, y: -y!, depth: 1, label: labels[i]! }));
    return [{ title, note, places, box: [] }];
  }
  return AZIMUTHS.map((azimuth, view) => {
    const seen = (point: readonly number[], label = 0) => ({ ...project(point, azimuth), label });
    return {
      title: `${title}, seen from ${azimuth}°`,
      note: view === 0 ? note : '',
      places: inside.map((point, i) => seen(point, labels[i]!)),
      box: edges.map(([from, to]) => [seen(from), seen(to)] as const),
    };
  });
}

const corners = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z] as const)));
/** Pairs of corners that differ along one axis. */
const edges = corners.flatMap((from, i) =>
  corners
    .slice(i + 1)
    .flatMap((to) =>
      from.filter((value, axis) => value !== to[axis]).length === 1 ? [[from, to] as const] : [],
    ),
);

function project([x, y, z]: readonly number[], azimuth: number): Omit<Place, 'label'> {
  const [turn, lift] = [(azimuth * Math.PI) / 180, (ELEVATION * Math.PI) / 180];
  const right = x! * Math.cos(turn) + y! * Math.sin(turn);
  const back = -x! * Math.sin(turn) + y! * Math.cos(turn);
  const up = z! * Math.cos(lift) + back * Math.sin(lift);
  const near = z! * Math.sin(lift) - back * Math.cos(lift);
  const reach = Math.sqrt(3);
  return { x: right / reach, y: -up / reach, depth: (near / reach + 1) / 2 };
}

/** Layers of a 3-D map from far to near, with how strong each is. */
const layers = [
  { from: 0, to: 1 / 3, opacity: 0.3 },
  { from: 1 / 3, to: 2 / 3, opacity: 0.55 },
  { from: 2 / 3, to: 2, opacity: 0.9 },
];

function viewMarks(
  { title, note, places, box }: View,
  colours: readonly string[],
  classes: readonly string[],
): string[] {
  const flat = box.length === 0;
  const at = (value: number) => Number((SIDE / 2 + (SIDE / 2 - 8) * value).toFixed(1));
  const dots = (layer: { from: number; to: number; opacity: number }) =>
    colours.map((colour, own) => {
      const marks = places
        .filter(({ label, depth }) => label === own && depth >= layer.from && depth < layer.to)
        .map(({ x, y }) => `M${at(x)} ${at(y)}h0`);
      return marks.length === 0
        ? ''
        : element('path', {
            d: marks.join(''),
            stroke: colour,
            'stroke-width': 2 * POINT,
            'stroke-linecap': 'round',
            'stroke-opacity': layer.opacity,
            fill: 'none',
          });
    });
  const names = namesAt(places, classes, at).map(({ name, x, y }) =>
    text(x, y + 4, name, {
      'text-anchor': 'middle',
      'font-size': NAME,
      'font-weight': 'bold',
      fill: INK,
      stroke: '#ffffff',
      'stroke-width': 3,
      'paint-order': 'stroke',
    }),
  );
  return [
    text(0, -7, title, { 'font-size': 13, 'font-weight': 'bold' }),
    element('rect', { width: SIDE, height: SIDE, fill: 'none', stroke: RULE }),
    ...box.map(([from, to]) =>
      element('line', {
        x1: at(from.x),
        y1: at(from.y),
        x2: at(to.x),
        y2: at(to.y),
        stroke: RULE,
        'stroke-width': 0.7,
      }),
    ),
    ...(flat ? dots({ from: 0, to: 2, opacity: 0.75 }) : layers.flatMap(dots)),
    ...names,
    ...(note === '' ? [] : [text(0, SIDE + 16, note, { fill: FAINT })]),
  ];
}

/** Where classes are named: at the median of their points, unless a name before it is in the way; the legend has them all. */
function namesAt(places: readonly Place[], classes: readonly string[], at: (value: number) => number) {
  const taken: { name: string; x: number; y: number }[] = [];
  for (const [own, name] of classes.entries()) {
    const mine = places.filter(({ label }) => label === own);
    if (mine.length === 0) continue;
    const middle = (axis: 'x' | 'y') =>
      at(mine.map((place) => place[axis]).sort((a, b) => a - b)[mine.length >> 1]!);
    const [x, y] = [middle('x'), middle('y')];
    const clear = taken.every(
      (other) =>
        Math.abs(other.y - y) > NAME ||
        Math.abs(other.x - x) > (widthOf(other.name, NAME) + widthOf(name, NAME)) / 2 + 4,
    );
    if (clear) taken.push({ name, x, y });
  }
  return taken;
}

function legend(classes: readonly string[], colours: readonly string[], title = 'class'): string[] {
  return [
    text(0, 10, title, { 'font-weight': 'bold' }),
    ...classes.flatMap((name, i) => [
      element('circle', { cx: 6, cy: 28 + 20 * i, r: 5, fill: colours[i]! }),
      text(18, 32 + 20 * i, name),
    ]),
  ];
}
