import type { RandomStream } from '../../core/random.js';
import type { Point } from '../outline.js';
import { type Alphabet, checkAlphabet, takeSubStroke } from './alphabet.js';
import { chance, checkRandom, eitherSign, pick } from './chances.js';
import {
  type Character,
  type CharacterStroke,
  checkCharacter,
  elsewhere,
  INVENTED_PARTS,
  INVENTED_STROKES,
  inventDot,
  inventStroke,
  type Placement,
  placeStroke,
} from './character.js';
import { endOf, inventSubStroke, POINTS, reachOf, type SubStroke, scaled, transformed } from './subStroke.js';

/** A change of a character. */
interface Change {
  /** How often it is made, beside the others. */
  readonly weight: number;
  /** True if it can be made. Default: always. */
  readonly fits?: (character: Character) => boolean;
  /** True if it can undo another change. Default false. */
  readonly undoes?: true;
  readonly make: (character: Character, alphabet: Alphabet, random: RandomStream) => Character;
}

const oneOf = <Item>(items: readonly Item[], random: RandomStream): Item =>
  items[random.integer(items.length)]!;

const withStroke = ({ strokes }: Character, stroke: CharacterStroke): Character => ({
  strokes: [...strokes, stroke],
});

/** A character with one of its strokes changed: any of those that `may` be. */
function changingStroke(
  { strokes }: Character,
  random: RandomStream,
  change: (stroke: CharacterStroke, index: number) => Partial<CharacterStroke>,
  may: (stroke: CharacterStroke, index: number) => boolean = () => true,
): Character {
  const chosen = oneOf(
    strokes.flatMap((stroke, i) => (may(stroke, i) ? [i] : [])),
    random,
  );
  return {
    strokes: strokes.map((stroke, i) => (i === chosen ? { ...stroke, ...change(stroke, i) } : stroke)),
  };
}

/** A list with the item of a random index replaced by some others. */
function replacing<Item>(
  items: readonly Item[],
  random: RandomStream,
  others: (item: Item) => readonly Item[],
): Item[] {
  const chosen = random.integer(items.length);
  return items.flatMap((item, i) => (i === chosen ? others(item) : [item]));
}

const hasRoom = ({ strokes }: Character) => strokes.length < INVENTED_STROKES;
const hasSeveral = ({ strokes }: Character) => strokes.length > 1;
const isLine = ({ dot }: CharacterStroke) => !dot;
const takesMore = ({ dot, parts }: CharacterStroke) => !dot && parts.length < INVENTED_PARTS;

/** A short stroke, most often on another one. */
function addShortStroke(character: Character, alphabet: Alphabet, random: RandomStream): Character {
  const { strokes } = character;
  const stroke = inventStroke(alphabet, strokes.length, 2, random);
  if (stroke.dot || stroke.parts.length > 3) return withStroke(character, stroke);
  const length = stroke.parts.reduce((sum, part) => sum + reachOf(part), 0);
  const size = Math.min(1, random.uniform(0.3, 0.7) / length);
  const onAnother: Placement = {
    kind: 'joined',
    on: { stroke: random.integer(strokes.length), at: random.integer(3) / 2 },
    by: 0,
  };
  const { placement } = stroke;
  const joins = placement.kind === 'apart' && chance(0.7, random);
  return withStroke(character, {
    ...stroke,
    parts: stroke.parts.map((part) => scaled(part, size)),
    placement: joins
      ? onAnother
      : placement.kind === 'joined'
        ? { kind: 'joined', on: placement.on, by: placement.by }
        : placement,
  });
}

const NO_SHAPES: Alphabet['shapes'] = { line: 0, arc: 0, wave: 0, loop: 0, hook: 0, spline: 0, corner: 0 };

/** A small loop, arc or anything else at an end of a stroke. */
function addFlourish(character: Character, alphabet: Alphabet, random: RandomStream): Character {
  const { shapes, upright } = alphabet;
  const among = [{ ...NO_SHAPES, loop: 1 }, { ...NO_SHAPES, arc: 1 }, shapes][
    pick([0.35, 0.25, 0.4], random)
  ]!;
  const flourish = inventSubStroke({ shapes: among, upright }, random.uniform(0.18, 0.45), random);
  const last = chance(0.5, random);
  return changingStroke(
    character,
    random,
    ({ parts }) => ({ parts: last ? [...parts, flourish] : [flourish, ...parts], closed: false }),
    takesMore,
  );
}

/** The same stroke clearly elsewhere: on the other stroke, or beside where it was. */
function moved(placement: Placement, random: RandomStream): Placement {
  if (placement.kind === 'joined') {
    return { ...placement, on: { ...placement.on, at: elsewhere(placement.on.at, random) } };
  }
  const direction = random.uniform(0, 2 * Math.PI);
  const [right, down] = placement.middle;
  return { kind: 'apart', middle: [right + 0.5 * Math.cos(direction), down + 0.5 * Math.sin(direction)] };
}

/** A sub-stroke bent to the other side of the line between its ends, or if it is straight, to either side. */
function bentOtherwise(points: SubStroke, random: RandomStream): SubStroke {
  const [right, down] = endOf(points);
  const length = Math.hypot(right, down) + 1e-5;
  const [along, across] = [right / length, down / length];
  const offLine = ([x, y]: Point) => y * along - x * across;
  const straight = points.every((point) => Math.abs(offLine(point)) <= 0.15 * length);
  const bow = eitherSign(random) * random.uniform(0.25, 0.5) * length;
  return points.map((point, i): Point => {
    const onLine = point[0] * along + point[1] * across;
    const off = offLine(point);
    const other = straight ? off + bow * Math.sin((Math.PI * i) / (POINTS - 1)) : -off;
    return [onLine * along - other * across, onLine * across + other * along];
  });
}

/** Small changes, as between letters that one confuses. */
const DETAILS: readonly Change[] = [
  {
    weight: 0.15,
    fits: hasRoom,
    make: (character, _, random) =>
      withStroke(character, inventDot([random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8)])),
  },
  { weight: 0.23, fits: hasRoom, make: addShortStroke },
  { weight: 0.22, fits: ({ strokes }) => strokes.some(takesMore), make: addFlourish },
  {
    weight: 0.12,
    fits: hasSeveral,
    make: (character, _, random) =>
      changingStroke(
        character,
        random,
        ({ placement }) => ({ placement: moved(placement, random) }),
        (_stroke, i) => i > 0,
      ),
  },
  {
    weight: 0.14,
    make: (character, _, random) =>
      changingStroke(
        character,
        random,
        ({ parts }) => ({ parts: replacing(parts, random, (part) => [bentOtherwise(part, random)]) }),
        isLine,
      ),
  },
  {
    weight: 0.14,
    make: (character, _, random) => {
      const size = chance(0.5, random) ? random.uniform(0.4, 0.65) : random.uniform(1.5, 2.2);
      return changingStroke(
        character,
        random,
        ({ parts }) => ({ parts: replacing(parts, random, (part) => [scaled(part, size)]) }),
        isLine,
      );
    },
  },
];

/** A stroke mirrored, top to bottom, or turned by half a turn. */
const flipped = ({ parts }: CharacterStroke, sideways: 1 | -1): Partial<CharacterStroke> => ({
  parts: parts.map((part) => transformed(part, [sideways, 0, 0, -1])),
});

/** Changes of a stroke, a sub-stroke, or all of it. */
const CHANGES: readonly Change[] = [
  {
    weight: 0.28,
    fits: hasRoom,
    make: (character, alphabet, random) =>
      withStroke(character, inventStroke(alphabet, character.strokes.length, 2, random)),
  },
  {
    weight: 0.12,
    undoes: true,
    fits: hasSeveral,
    make: ({ strokes }) => ({ strokes: strokes.slice(0, -1) }),
  },
  {
    weight: 0.2,
    make: (character, alphabet, random) =>
      changingStroke(
        character,
        random,
        ({ parts }) => ({
          parts: replacing(parts, random, () => [takeSubStroke(alphabet, random)]),
          closed: false,
        }),
        isLine,
      ),
  },
  {
    weight: 0.12,
    fits: hasSeveral,
    make: (character, alphabet, random) =>
      changingStroke(
        character,
        random,
        (_, i) => ({ placement: placeStroke(alphabet, i, random), closed: false }),
        (_, i) => i > 0,
      ),
  },
  {
    weight: 0.12,
    undoes: true,
    make: (character, _, random) => {
      const sideways = eitherSign(random);
      return changingStroke(character, random, (stroke) => flipped(stroke, sideways), isLine);
    },
  },
  {
    weight: 0.08,
    undoes: true,
    make: ({ strokes }, _, random) => {
      const sideways = eitherSign(random);
      return {
        strokes: strokes.map((stroke) => {
          const { placement } = stroke;
          if (placement.kind === 'joined') return { ...stroke, ...flipped(stroke, sideways) };
          const [right, down] = placement.middle;
          const middle: Point = [right * sideways, -down];
          return { ...stroke, ...flipped(stroke, sideways), placement: { kind: 'apart', middle } };
        }),
      };
    },
  },
  {
    weight: 0.06,
    fits: ({ strokes }) => strokes.some(takesMore),
    make: (character, alphabet, random) => {
      const again = chance(0.4, random);
      return changingStroke(
        character,
        random,
        ({ parts }) => ({
          parts: again
            ? replacing(parts, random, (part) => [part, part])
            : [...parts, takeSubStroke(alphabet, random)],
          closed: false,
        }),
        takesMore,
      );
    },
  },
  {
    weight: 0.02,
    undoes: true,
    fits: ({ strokes }) => strokes.some(({ parts }) => parts.length > 1),
    make: (character, _, random) =>
      changingStroke(
        character,
        random,
        ({ parts }) => ({ parts: replacing(parts, random, () => []), closed: false }),
        ({ parts }) => parts.length > 1,
      ),
  },
];

/** Share of changes that are details. */
const DETAIL = 0.5;
/** Share of variants that differ by two changes. */
const TWICE = 0.5;

/** Chooses a change that can be made of a character, and that does not undo the one before. */
function chooseChange(character: Character, random: RandomStream, before?: Change): Change {
  const possible = (chance(DETAIL, random) ? DETAILS : CHANGES).filter(
    (change) =>
      (change.fits?.(character) ?? true) &&
      (before === undefined || (change !== before && change.undoes === undefined)),
  );
  const weights = possible.map(({ weight }) => weight);
  return possible[pick(weights, random)]!;
}

/**
 * Invents a character that is like another one but for a detail or two: such pairs are what an encoder has to tell apart.
 *
 * @throws UsageError for what is no character or no alphabet
 */
export function varyCharacter(character: Character, alphabet: Alphabet, random: RandomStream): Character {
  checkCharacter(character, 'varyCharacter');
  checkAlphabet(alphabet, 'varyCharacter');
  checkRandom(random, 'varyCharacter');
  return variantOf(character, alphabet, random);
}

/** `varyCharacter` without checks. */
export function variantOf(character: Character, alphabet: Alphabet, random: RandomStream): Character {
  const first = chooseChange(character, random);
  const once = first.make(character, alphabet, random);
  if (!chance(TWICE, random)) return once;
  return chooseChange(once, random, first).make(once, alphabet, random);
}
