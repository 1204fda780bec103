/** A place in a font's plane: to the right and down. */
export type Place = readonly [right: number, down: number];

/** Closed lines of straight pieces; what lies inside is ink. */
export type Outline = readonly (readonly Place[])[];

/** A piece of an outline as font files have it. */
export type OutlineCommand =
  | { readonly type: 'M'; readonly x: number; readonly y: number }
  | { readonly type: 'L'; readonly x: number; readonly y: number }
  | { readonly type: 'Q'; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
  | {
      readonly type: 'C';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly x: number;
      readonly y: number;
    }
  | { readonly type: 'Z' };

/** Straight pieces of a curve: at 28 pixels, finer ones cannot be told apart. */
const PIECES = 8;

/** A place on the Bézier curve of these points: one, two, three or four. */
function onCurve(points: readonly Place[], t: number): Place {
  if (points.length === 1) return points[0]!;
  const between = points.slice(1).map(([x, y], i): Place => {
    const [x0, y0] = points[i]!;
    return [x0 + t * (x - x0), y0 + t * (y - y0)];
  });
  return onCurve(between, t);
}

/** Curves as straight pieces. */
export function flatten(commands: readonly OutlineCommand[]): Outline {
  const lines: Place[][] = [];
  for (const command of commands) {
    if (command.type === 'Z') continue;
    const end: Place = [command.x, command.y];
    if (command.type === 'M') {
      lines.push([end]);
      continue;
    }
    const line = lines.at(-1)!;
    if (command.type === 'L') {
      line.push(end);
      continue;
    }
    const handles: Place[] = [[command.x1, command.y1]];
    if (command.type === 'C') handles.push([command.x2, command.y2]);
    const curve = [line.at(-1)!, ...handles, end];
    for (let piece = 1; piece <= PIECES; piece++) line.push(onCurve(curve, piece / PIECES));
  }
  return lines;
}
