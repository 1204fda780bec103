import { refuse } from '../../core/checks.js';
import {
  type Check,
  checkFields,
  checkFlag,
  listOf,
  numberFrom,
  optional,
  whole,
} from '../../core/kindChecks.js';
import type { RandomStream } from '../../core/random.js';
import type { Point } from '../outline.js';
import { type Alphabet, checkAlphabet, takeSubStroke } from './alphabet.js';
import { chance, checkRandom, eitherSign, pick } from './chances.js';
import {
  checkPoint,
  checkSubStroke,
  endOf,
  POINTS,
  reachOf,
  type SubStroke,
  scaled,
  transformed,
} from './subStroke.js';

/** A place on a stroke. */
export interface Spot {
  /** Index of the stroke. */
  readonly stroke: number;
  /** Share of its points that come before, in [0, 1]: 0 is its beginning. */
  readonly at: number;
}

/** Where a stroke lies. */
export type Placement =
  | {
      readonly kind: 'apart';
      /** Middle of the box around the stroke. */
      readonly middle: Point;
    }
  | {
      readonly kind: 'joined';
      /** The place on a stroke before that it touches. */
      readonly on: Spot;
      /** The place on the stroke itself that lies there, in [0, 1]: 0 begins there, 1 ends there, others cross. */
      readonly by: number;
      /** The place on a stroke before to which its end is led. */
      readonly to?: Spot;
    };

/** What a pen draws without being lifted. */
export interface CharacterStroke {
  /** One behind the other. */
  readonly parts: readonly SubStroke[];
  readonly placement: Placement;
  /** True if it returns to where it began. */
  readonly closed: boolean;
  readonly dot: boolean;
}

/** A character as it is meant: what all drawings of it share. */
export interface Character {
  readonly strokes: readonly CharacterStroke[];
}

/** Most strokes of a character, and most sub-strokes of a stroke. */
export const [MOST_STROKES, MOST_PARTS] = [12, 10];
/** Most that are invented: letters of fonts may have more. */
export const [INVENTED_STROKES, INVENTED_PARTS] = [6, 7];

/** Share of strokes after the first that are dots, and the size of one. */
const [DOTS, DOT] = [0.1, 0.07];
/** A stroke whose ends are nearer than this share of its length is closed; and a share of others of three sub-strokes. */
const [NEARLY_CLOSED, CLOSED] = [0.28, 0.2];

/** The middle of a stroke that is not joined. */
function inventMiddle({ onGrid }: Alphabet, random: RandomStream): Point {
  const coordinate = () => (onGrid ? (random.integer(3) - 1) / 2 : random.uniform(-0.6, 0.6));
  return [coordinate(), coordinate()];
}

/** Ways in which a stroke lies on another: where on it, where on itself, and the weight of the way. */
const JOINTS: readonly (readonly [
  weight: number,
  at: readonly [number, number],
  by: readonly [number, number],
])[] = [
  [0.26, [0, 0], [0, 0]],
  [0.16, [1, 1], [0, 0]],
  [0.3, [0.15, 0.85], [0, 0]],
  [0.28, [0.2, 0.8], [0.3, 0.7]],
];
const JOINT_WEIGHTS = JOINTS.map(([weight]) => weight);
/** Shares of joined strokes that end where they could begin, and that are led to a second place. */
const [BACKWARDS, LED] = [0.12, 0.3];

/** Chooses where the stroke of this index lies. */
export function placeStroke(alphabet: Alphabet, index: number, random: RandomStream): Placement {
  if (index === 0 || !chance(alphabet.joined, random)) {
    return { kind: 'apart', middle: inventMiddle(alphabet, random) };
  }
  const [, at, by] = JOINTS[pick(JOINT_WEIGHTS, random)]!;
  const on = { stroke: random.integer(index), at: random.uniform(...at) };
  const crosses = by[1] > 0;
  if (crosses) return { kind: 'joined', on, by: random.uniform(...by) };
  if (chance(BACKWARDS, random)) return { kind: 'joined', on, by: 1 };
  if (!chance(LED, random)) return { kind: 'joined', on, by: 0 };
  const to = {
    stroke: random.integer(index),
    at: [0, 1, random.uniform(0.1, 0.9)][pick([0.25, 0.3, 0.45], random)]!,
  };
  const same = to.stroke === on.stroke && Math.abs(to.at - on.at) < 0.3;
  return { kind: 'joined', on, by: 0, ...(same ? {} : { to }) };
}

/** The first one or two sub-strokes again and again: humps, waves, zigzags. */
function repeated(parts: readonly SubStroke[], random: RandomStream): SubStroke[] {
  const unit = parts.slice(0, parts.length > 1 && chance(0.5, random) ? 2 : 1);
  const times = 2 + random.integer(unit.length > 1 ? 2 : 3);
  const zigzag = unit.length === 1 && chance(0.4, random);
  return Array.from({ length: times }, (_, i) =>
    unit.map((part) =>
      transformed(scaled(part, 1 / Math.sqrt(times)), [1, 0, 0, zigzag && i % 2 === 1 ? -1 : 1]),
    ),
  ).flat();
}

/** True if a stroke ends where it began, or nearly. */
function endsWhereItBegan(parts: readonly SubStroke[]): boolean {
  const ends = parts.map(endOf);
  const sum = (axis: 0 | 1) => ends.reduce((total, end) => total + end[axis], 0);
  const length = parts.reduce((total, part) => total + reachOf(part), 0);
  return Math.hypot(sum(0), sum(1)) < NEARLY_CLOSED * length;
}

/** A dot in this place: a line so short that the pen makes it round. */
export const inventDot = (middle: Point): CharacterStroke => ({
  parts: [Array.from({ length: POINTS }, (_, i): Point => [0, (i / (POINTS - 1)) * DOT])],
  placement: { kind: 'apart', middle },
  closed: false,
  dot: true,
});

/**
 * Invents the stroke of this index.
 *
 * @param mostParts most sub-strokes it may have, before some of them are repeated
 */
export function inventStroke(
  alphabet: Alphabet,
  index: number,
  mostParts: number,
  random: RandomStream,
): CharacterStroke {
  const count = 1 + pick(alphabet.subStrokes.slice(0, mostParts), random);
  const taken = Array.from({ length: count }, () => takeSubStroke(alphabet, random));
  const parts = chance(alphabet.repeating, random) ? repeated(taken, random) : taken;
  const placement = placeStroke(alphabet, index, random);
  if (index > 0 && chance(DOTS, random)) return inventDot(inventMiddle(alphabet, random));
  const led = placement.kind === 'joined' && placement.to !== undefined;
  const closed = !led && (endsWhereItBegan(parts) || (parts.length >= 3 && chance(CLOSED, random)));
  return { parts, placement, closed, dot: false };
}

/** Another place on a stroke, clearly away from the one given. */
export const elsewhere = (at: number, random: RandomStream): number => {
  const other = random.uniform();
  return Math.abs(other - at) < 0.25 ? (at < 0.5 ? 1 : 0) : other;
};

/** A stroke like another one beside it. */
function parallelTo(stroke: CharacterStroke, random: RandomStream): CharacterStroke {
  const size = chance(0.4, random) ? random.uniform(0.5, 1.2) : 1;
  const parts = stroke.parts.map((part) => scaled(part, size));
  const { placement } = stroke;
  if (placement.kind === 'joined') {
    const { on, by } = placement;
    return {
      ...stroke,
      parts,
      placement: { kind: 'joined', on: { ...on, at: elsewhere(on.at, random) }, by },
    };
  }
  const [right, down] = endOf(parts[0]!);
  const away = (eitherSign(random) * random.uniform(0.25, 0.6)) / (Math.hypot(right, down) + 1e-3);
  const middle: Point = [placement.middle[0] - away * down, placement.middle[1] + away * right];
  return { ...stroke, parts, placement: { kind: 'apart', middle } };
}

/**
 * Invents a character of an alphabet.
 *
 * ```ts
 * const alphabet = inventAlphabet(randomStream(7, 'alphabet'));
 * const character = inventCharacter(alphabet, randomStream(7, 'character', 0));
 * ```
 *
 * @throws UsageError for what is no alphabet
 */
export function inventCharacter(alphabet: Alphabet, random: RandomStream): Character {
  checkAlphabet(alphabet, 'inventCharacter');
  checkRandom(random, 'inventCharacter');
  return newCharacter(alphabet, random);
}

/** `inventCharacter` without checks. */
export function newCharacter(alphabet: Alphabet, random: RandomStream): Character {
  const count = 1 + pick(alphabet.strokes.slice(0, INVENTED_STROKES), random);
  const mostParts = count > 3 ? 2 : count > 2 ? 3 : 4;
  const strokes: CharacterStroke[] = [];
  while (strokes.length < count) {
    const like = strokes[Math.floor(random.uniform() * strokes.length)];
    const parallel =
      like !== undefined && chance(alphabet.parallel, random) && !like.dot && like.parts.length <= 3;
    strokes.push(
      parallel ? parallelTo(like, random) : inventStroke(alphabet, strokes.length, mostParts, random),
    );
  }
  return { strokes };
}

/** The check for a place on one of the strokes before this index. */
const spotBefore =
  (index: number): Check =>
  (name, value, of) =>
    void checkFields(of === undefined ? name : `${of}: ${name}`, value as Spot, {
      stroke: whole(0, index - 1),
      at: numberFrom(0, 1),
    });

function checkPlacement(value: Placement, index: number, of: string): void {
  const { kind } = checkFields(of, value, {});
  if (kind === 'apart') checkFields(of, value, { middle: checkPoint });
  else if (kind === 'joined' && index > 0) {
    const spot = spotBefore(index);
    checkFields(of, value, { on: spot, by: numberFrom(0, 1), to: optional(spot) });
  } else refuse('kind', kind, index === 0 ? 'apart, as of any first stroke' : 'apart or joined', of);
}

/** Throws a `UsageError` unless a value is a character. */
export function checkCharacter(value: Character, of: string): void {
  const { strokes } = checkFields(`${of}: character`, value, { strokes: listOf(() => {}, 1) });
  if (strokes.length > MOST_STROKES) {
    refuse('strokes', strokes, `a list of at most ${MOST_STROKES}`, `${of}: character`);
  }
  for (const [index, stroke] of strokes.entries()) {
    const name = `${of}: strokes[${index}]`;
    const { parts, placement } = checkFields(name, stroke, {
      parts: listOf(checkSubStroke, 1),
      closed: checkFlag,
      dot: checkFlag,
    });
    if (parts.length > MOST_PARTS) refuse('parts', parts, `a list of at most ${MOST_PARTS}`, name);
    checkPlacement(placement, index, `${name}.placement`);
  }
}
