import { centred, type ScatterPanel } from './scatter.js';

/** Where a 3-D map is looked at from, in degrees. */
const AZIMUTHS = [30, 120];
const ELEVATION = 20;

/** A point on paper, from −1 to 1, x to the right and y down; `depth` from 0, far, to 1, near. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

/** A map as it is seen from one side. */
export interface View {
  readonly title: string;
  readonly note: string;
  readonly places: readonly Place[];
  readonly labels: readonly number[];
  /** Far edges of the box around a 3-D map. */
  readonly box: readonly (readonly [Place, Place])[];
}

/** How many sides a panel is drawn from. */
export const sidesOf = ({ points }: ScatterPanel) => (points[0]!.length === 3 ? AZIMUTHS.length : 1);

/** A map of two dimensions as it lies, one of three from two sides. */
export function viewsOf({ title, note = '', points, labels }: ScatterPanel): View[] {
  const inside = centred(points);
  if (points[0]!.length === 2) {
    const places = inside.map(([x, y]) => ({ x: x!, y: -y!, depth: 1 }));
    return [{ title, note, places, labels, box: [] }];
  }
  return AZIMUTHS.map((azimuth, view) => {
    const seen = corners.map((corner) => project(corner, azimuth));
    // The box fills the panel.
    const reach = Math.max(...seen.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]));
    const deep = Math.max(...seen.map(({ depth }) => depth));
    const nearest = seen.findIndex(({ depth }) => depth === deep);
    const fitted = ({ x, y, depth }: Place) => ({
      x: x / reach,
      y: y / reach,
      depth: (depth / deep + 1) / 2,
    });
    return {
      title: `${title}, seen from ${azimuth}°`,
      note: view === 0 ? note : '',
      places: inside.map((point) => fitted(project(point, azimuth))),
      labels,
      box: edges
        .filter((ends) => !ends.includes(nearest))
        .map(([from, to]) => [fitted(seen[from]!), fitted(seen[to]!)] as const),
    };
  });
}

const corners = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z] as const)));
/** Pairs of corners, by their numbers, that differ along one axis. */
const edges = corners.flatMap((from, i) =>
  corners.flatMap((to, j) =>
    j > i && from.filter((value, axis) => value !== to[axis]).length === 1 ? [[i, j] as const] : [],
  ),
);

function project([x, y, z]: readonly number[], azimuth: number): Place {
  const [turn, lift] = [(azimuth * Math.PI) / 180, (ELEVATION * Math.PI) / 180];
  const right = x! * Math.cos(turn) + y! * Math.sin(turn);
  const back = -x! * Math.sin(turn) + y! * Math.cos(turn);
  const up = z! * Math.cos(lift) + back * Math.sin(lift);
  return { x: right, y: -up, depth: z! * Math.sin(lift) - back * Math.cos(lift) };
}
