import { homesOf } from './homes.js';
import type { View } from './scatterView.js';
import { element, FAINT, INK, RULE, text, widthOf } from './svg.js';

/** Side of a map, in pixels. */
export const SIDE = 300;
/** Height of a class's name in a map, in pixels. */
const NAME = 13;
/** Around a name a class must be at home, in pixels. */
const NEAR = 20;
/** Classes take turns in being drawn, so that none lies above all others. */
const TURNS = 6;

interface Layer {
  readonly from: number;
  readonly to: number;
  readonly opacity: number;
  /** Radius of a point, in pixels. */
  readonly radius: number;
}

const flat: readonly Layer[] = [{ from: 0, to: 2, opacity: 0.8, radius: 1.9 }];
/** Layers of a 3-D map from far to near: what is near is larger and stronger. */
const deep: readonly Layer[] = [
  { from: -1, to: 0.35, opacity: 0.5, radius: 1.5 },
  { from: 0.35, to: 0.5, opacity: 0.65, radius: 1.7 },
  { from: 0.5, to: 0.65, opacity: 0.8, radius: 1.9 },
  { from: 0.65, to: 2, opacity: 0.95, radius: 2.1 },
];

const at = (value: number) => Number((SIDE / 2 + (SIDE / 2 - 8) * value).toFixed(1));

/** The marks of a view: its box, its points, names of classes, title and note. */
export function viewMarks(
  view: View,
  colours: readonly string[],
  classes: readonly string[],
): readonly string[] {
  const { title, note, box } = view;
  return [
    text(0, -8, title, { 'font-size': 14, 'font-weight': 'bold' }),
    element('rect', { width: SIDE, height: SIDE, fill: 'none', stroke: RULE }),
    ...box.map(([from, to]) =>
      element('line', { x1: at(from.x), y1: at(from.y), x2: at(to.x), y2: at(to.y), stroke: RULE }),
    ),
    ...(box.length === 0 ? flat : deep).map((layer) => layerMarks(view, layer, colours)),
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

function layerMarks({ places, labels }: View, layer: Layer, colours: readonly string[]): string {
  const turns = Array.from({ length: TURNS }, (_, turn) =>
    colours.map((colour, own) => {
      const marks = places.flatMap(({ x, y, depth }, i) =>
        i % TURNS === turn && labels[i] === own && depth >= layer.from && depth < layer.to
          ? [`M${at(x)} ${at(y)}h0`]
          : [],
      );
      return marks.length === 0 ? '' : element('path', { d: marks.join(''), stroke: colour });
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

/** Where classes are named: where they are at home and no other name is in the way. The legend has them all. */
function namesIn({ places, labels }: View, classes: readonly string[]) {
  const points = places.map(({ x, y }) => [at(x), at(y)]);
  const taken: { name: string; width: number; x: number; y: number }[] = [];
  for (const [own, home] of homesOf(points, labels, classes.length, NEAR).entries()) {
    const name = classes[own]!;
    const width = widthOf(name, NAME);
    const inside = (value: number, half: number) => Math.min(SIDE - half - 3, Math.max(half + 3, value));
    const free = home
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
