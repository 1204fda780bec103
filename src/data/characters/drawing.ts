import type { ImageShape } from '../../core/image.js';
import { checkFields, optional, whole } from '../../core/kindChecks.js';
import { type RandomStream, randomStream } from '../../core/random.js';
import type { Point } from '../outline.js';
import { checkRandom, factor } from './chances.js';
import {
  type Character,
  type CharacterStroke,
  checkCharacter,
  MOST_PARTS,
  MOST_STROKES,
  type Placement,
} from './character.js';
import { checkDrawer, type Drawer, HANDS } from './drawer.js';
import { frameLines, type PenLines, rasterizeLines } from './penLines.js';
import { POINTS, reachOf } from './subStroke.js';

/** Standard deviations of what differs from drawing to drawing of a drawer of carelessness 1; a character is about 1 high. */
const JITTER = {
  /** Of each sub-stroke: turn in radians, logarithms of size and stretch, bend as a share of its length. */
  part: { turn: 0.12, size: 0.14, stretch: 0.084, bend: 0.07 },
  /** Of each stroke: turn in radians, logarithm of size, distance from its place. */
  stroke: { turn: 0.06, size: 0.08, shift: 0.08 },
  /** Of the places where strokes meet: share of a stroke, and distance. */
  joint: { along: 0.072, aside: 0.042 },
  /** Distance of a closed stroke's end from its beginning. */
  gap: 0.06,
  /** Distance of each point from the line. */
  tremor: 0.006,
  /** Distance by which a stroke goes on too long or stops too early. */
  overshoot: 0.05,
  /** Of each of three waves that bend the page: share of half a character's size. */
  warp: 0.05,
  /** Logarithm of the pen's width. */
  pen: 0.15,
} as const;

/** How much of what differs between drawers differs between drawings of one, too. */
const AGAIN = { slant: 0.5, aspect: 0.6, rotation: 0.6 };
/** Most points that a drawing has. */
const MOST_POINTS = MOST_STROKES * (MOST_PARTS * (POINTS - 1) + 1);

/** Lines to draw into. */
export const penLines = (): PenLines => ({
  x: new Float64Array(MOST_POINTS),
  y: new Float64Array(MOST_POINTS),
  starts: new Int32Array(MOST_STROKES + 1),
  count: 0,
});

const within01 = (value: number) => (value < 0 ? 0 : value > 1 ? 1 : value);

/** Draws the sub-strokes of a stroke one behind the other. Returns where its points end. */
function drawParts(
  lines: PenLines,
  start: number,
  { parts }: CharacterStroke,
  care: number,
  random: RandomStream,
): number {
  const { x, y } = lines;
  const { part: jitter, stroke } = JITTER;
  const size = factor(stroke.size * care, random);
  const turn = random.normal(0, stroke.turn * care);
  let end = start;
  x[end] = 0;
  y[end] = 0;
  end++;
  for (const points of parts) {
    const angle = turn + random.normal(0, jitter.turn * care);
    const own = size * factor(jitter.size * care, random);
    const [cos, sin] = [own * Math.cos(angle), own * Math.sin(angle)];
    const stretch = factor(jitter.stretch * care, random);
    const bow = random.normal(0, jitter.bend * care);
    const sway = random.normal(0, 0.6 * jitter.bend * care);
    const haste = random.normal(0, 0.8 * jitter.bend * care);
    // Bends are across the line between the ends; what nearly closes has none.
    let [toX, toY] = points[POINTS - 1]!;
    let [acrossX, acrossY] = [-toY, toX];
    const reach = reachOf(points);
    if (toX * toX + toY * toY < (0.3 * reach) ** 2) {
      [toX, toY, acrossX, acrossY] = [0, 0.7 * reach, 0.7 * reach, 0];
    }
    const [fromX, fromY] = [x[end - 1]!, y[end - 1]!];
    for (let i = 1; i < POINTS; i++) {
      const point = points[i]!;
      const across = bow * HALF_WAVE[i]! + sway * WAVE[i]!;
      const along = haste * HALF_WAVE[i]!;
      const right = stretch * (point[0] + acrossX * across + toX * along);
      const down = point[1] + acrossY * across + toY * along;
      x[end] = fromX + cos * right - sin * down;
      y[end] = fromY + sin * right + cos * down;
      end++;
    }
  }
  return end;
}

const HALF_WAVE = Float64Array.from({ length: POINTS }, (_, i) => Math.sin((Math.PI * i) / (POINTS - 1)));
const WAVE = Float64Array.from({ length: POINTS }, (_, i) => Math.sin((2 * Math.PI * i) / (POINTS - 1)));

/** Rounds the corners of a line, which keeps its ends: a step of diffusion. */
function roundOff(values: Float64Array, start: number, end: number): void {
  let before = values[start]!;
  for (let i = start + 1; i < end - 1; i++) {
    const value = values[i]!;
    values[i] = 0.25 * before + 0.5 * value + 0.25 * values[i + 1]!;
    before = value;
  }
}

/** The coordinate of a place on a line. */
function coordinateAt(values: Float64Array, start: number, end: number, at: number): number {
  const place = start + at * (end - 1 - start);
  const i = Math.min(Math.floor(place), end - 2);
  return values[i]! + (place - i) * (values[i + 1]! - values[i]!);
}

/** The middle between the least and the largest value. */
function middleOf(values: Float64Array, start: number, end: number): number {
  let [least, most] = [values[start]!, values[start]!];
  for (let i = start + 1; i < end; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return (least + most) / 2;
}

function shift(values: Float64Array, start: number, end: number, by: number): void {
  for (let i = start; i < end; i++) values[i]! += by;
}

/** Pulls the end of a line by a distance, and each of its points by as much as it is near the end. */
function pullEnd(values: Float64Array, start: number, end: number, by: number): void {
  const step = by / (end - 1 - start);
  for (let i = start + 1; i < end; i++) values[i]! += step * (i - start);
}

/** A place on a stroke as a hand finds it. An end is missed on one side alone. */
function missed(at: number, along: number, random: RandomStream): number {
  if (at === 0 || at === 1) return Math.abs(at - Math.min(1, Math.abs(random.normal(0, 0.58 * along))));
  return within01(at + random.normal(0, along));
}

/** Moves a stroke to its place. */
function put(
  lines: PenLines,
  index: number,
  placement: Placement,
  { carelessness: care, misses = 1 }: Drawer,
  random: RandomStream,
): void {
  const { x, y, starts } = lines;
  const [start, end] = [starts[index]!, starts[index + 1]!];
  if (placement.kind === 'apart') {
    // All others are placed beside the first.
    const away = index === 0 ? 0 : JITTER.stroke.shift * care;
    const [right, down] = placement.middle;
    shift(x, start, end, right + random.normal(0, away) - middleOf(x, start, end));
    shift(y, start, end, down + random.normal(0, away) - middleOf(y, start, end));
    return;
  }
  const { on, by, to } = placement;
  const aside = JITTER.joint.aside * care;
  const [from, until] = [starts[on.stroke]!, starts[on.stroke + 1]!];
  const along = JITTER.joint.along * misses;
  const at = missed(on.at, along, random);
  const own = by === 0 || by === 1 ? by : within01(by + random.normal(0, 0.83 * along));
  const right = coordinateAt(x, from, until, at) - coordinateAt(x, start, end, own);
  const down = coordinateAt(y, from, until, at) - coordinateAt(y, start, end, own);
  shift(x, start, end, right + random.normal(0, aside));
  shift(y, start, end, down + random.normal(0, aside));
  if (to === undefined) return;
  const [first, last] = [starts[to.stroke]!, starts[to.stroke + 1]!];
  const goal = within01(to.at + random.normal(0, 0.83 * along));
  pullEnd(x, start, end, coordinateAt(x, first, last, goal) - x[end - 1]! + random.normal(0, aside));
  pullEnd(y, start, end, coordinateAt(y, first, last, goal) - y[end - 1]! + random.normal(0, aside));
}

/** Lets a line go on or stop early at an end, seen from a point before. */
function overshoot({ x, y }: PenLines, end: number, before: number, by: number): void {
  const [dx, dy] = [x[end]! - x[before]!, y[end]! - y[before]!];
  const length = Math.sqrt(dx * dx + dy * dy) + 1e-5;
  const share = Math.max(-0.5, by / length);
  x[end]! += dx * share;
  y[end]! += dy * share;
}

/** Draws one stroke behind those before. */
function drawStroke(lines: PenLines, stroke: CharacterStroke, drawer: Drawer, random: RandomStream): void {
  const { x, y, starts } = lines;
  const { carelessness: care, smoothness } = drawer;
  const index = lines.count;
  const start = starts[index]!;
  const end = drawParts(lines, start, stroke, care, random);
  starts[index + 1] = end;
  lines.count++;
  const rounds = Math.floor(3 * smoothness ** 2 * random.uniform(0.5, 1.5) + 0.3);
  for (let round = 0; round < rounds; round++) {
    roundOff(x, start, end);
    roundOff(y, start, end);
  }
  // Uniform numbers of this deviation do, and take a third of the time of normal ones.
  const tremor = Math.sqrt(3) * JITTER.tremor * care * Math.abs(random.normal());
  for (let i = start + 1; i < end; i++) {
    x[i]! += random.uniform(-tremor, tremor);
    y[i]! += random.uniform(-tremor, tremor);
  }
  put(lines, index, stroke.placement, drawer, random);
  if (stroke.closed) {
    const gap = JITTER.gap * care;
    pullEnd(x, start, end, x[start]! - x[end - 1]! + random.normal(0, gap));
    pullEnd(y, start, end, y[start]! - y[end - 1]! + random.normal(0, gap));
  }
  if (stroke.dot) return;
  const far = JITTER.overshoot * care;
  overshoot(lines, start, start + 2, random.normal(0.3 * far, far));
  overshoot(lines, end - 1, end - 3, random.normal(0.3 * far, far));
}

/** Half the longer side of the box around the lines, which is brought to be around [0, 0]. */
function center({ x, y, starts, count }: PenLines): number {
  const end = starts[count]!;
  shift(x, 0, end, -middleOf(x, 0, end));
  shift(y, 0, end, -middleOf(y, 0, end));
  let most = 0.025;
  for (let i = 0; i < end; i++) most = Math.max(most, Math.abs(x[i]!), Math.abs(y[i]!));
  return most;
}

/** A hand that misses nothing. */
const SURE: Drawer = { slant: 0, aspect: 0, rotation: 0, pen: 1, smoothness: 0, carelessness: 0, misses: 0 };

/** The box around a character as it is meant: its middle, and half its width and height. */
export function meantBox(
  { strokes }: Character,
  lines: PenLines,
): { readonly middle: Point; readonly half: Point } {
  lines.count = 0;
  const random = randomStream(0, 'meant');
  for (const stroke of strokes) drawStroke(lines, stroke, SURE, random);
  const { x, y, starts, count } = lines;
  const end = starts[count]!;
  const middle: Point = [middleOf(x, 0, end), middleOf(y, 0, end)];
  const farthest = (values: Float64Array, from: number) =>
    values.subarray(0, end).reduce((most, value) => Math.max(most, Math.abs(value - from)), 0);
  return { middle, half: [farthest(x, middle[0]), farthest(y, middle[1])] };
}

/** Bends the page by three waves, and slants, stretches and turns it. */
function deform(lines: PenLines, drawer: Drawer, random: RandomStream): void {
  const { x, y, starts, count } = lines;
  const again = (name: keyof typeof AGAIN) => drawer[name] + random.normal(0, AGAIN[name] * HANDS[name]);
  const slant = again('slant');
  const wide = Math.exp(again('aspect') / 2);
  const rotation = again('rotation');
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const [xx, xy] = [cos * wide, -(cos * slant + sin) / wide];
  const [yx, yy] = [sin * wide, (cos - sin * slant) / wide];
  const size = center(lines);
  const height = JITTER.warp * drawer.carelessness;
  const waves = Array.from({ length: 3 }, () => {
    const [toX, toY] = [random.normal(0, height), random.normal(0, height)];
    const direction = random.uniform(0, 2 * Math.PI);
    const frequency = random.uniform(1.2, 3.2);
    const phase = random.uniform(0, 2 * Math.PI);
    return {
      toX,
      toY,
      alongX: frequency * Math.cos(direction),
      alongY: frequency * Math.sin(direction),
      phase,
    };
  });
  const end = starts[count]!;
  for (let i = 0; i < end; i++) {
    const [right, down] = [x[i]! / size, y[i]! / size];
    let [bentX, bentY] = [right, down];
    for (const { toX, toY, alongX, alongY, phase } of waves) {
      const wave = Math.sin(alongX * right + alongY * down + phase);
      bentX += toX * wave;
      bentY += toY * wave;
    }
    x[i] = xx * bentX + xy * bentY;
    y[i] = yx * bentX + yy * bentY;
  }
}

/**
 * `drawCharacter` without checks.
 *
 * @param pixels receives the drawing, side · side values
 * @param lines what is drawn into, which several drawings may use one after another
 */
export function drawInto(
  pixels: Float32Array,
  side: number,
  { strokes }: Character,
  drawer: Drawer,
  random: RandomStream,
  lines: PenLines,
): void {
  lines.count = 0;
  for (const stroke of strokes) drawStroke(lines, stroke, drawer, random);
  deform(lines, drawer, random);
  const radius = (drawer.pen * factor(JITTER.pen, random) * side) / 32;
  frameLines(lines, radius, side, random);
  rasterizeLines(lines, radius, side, pixels, random);
}

export interface DrawCharacterOptions {
  /** Height and width in pixels, 8 to 1,024. Default 32. */
  readonly side?: number;
}

/**
 * Draws a character as a hand would: each sub-stroke, stroke and joint is missed a little, the whole leans and bends, and
 * is then brought into the frame by its moments: its center of mass in the middle.
 *
 * ```ts
 * const alphabet = inventAlphabet(randomStream(7, 'alphabet'));
 * const character = inventCharacter(alphabet, randomStream(7, 'character', 0));
 * const drawer = inventDrawer(randomStream(7, 'drawer', 0));
 * const { pixels, shape } = drawCharacter(character, drawer, randomStream(7, 'drawing', 0));
 * ```
 *
 * @returns white lines on black, `[side, side, 1]`
 * @throws UsageError for what is no character or no drawer, and a side out of range
 */
export function drawCharacter(
  character: Character,
  drawer: Drawer,
  random: RandomStream,
  options: DrawCharacterOptions = {},
): { readonly pixels: Float32Array; readonly shape: ImageShape } {
  checkCharacter(character, 'drawCharacter');
  checkDrawer(drawer, 'drawCharacter');
  checkRandom(random, 'drawCharacter');
  const { side = 32 } = checkFields('drawCharacter', options, { side: optional(whole(8, 1024)) });
  const pixels = new Float32Array(side * side);
  drawInto(pixels, side, character, drawer, random, penLines());
  return { pixels, shape: [side, side, 1] };
}
