import { refuse } from '../../core/checks.js';
import { checkFields, checkFlag, fieldsOf, listOf, numberFrom } from '../../core/kindChecks.js';
import type { RandomStream } from '../../core/random.js';
import { chance, checkRandom, factor, pick } from './chances.js';
import {
  checkSubStroke,
  inventSubStroke,
  type Matrix,
  type SubStroke,
  type SubStrokePreferences,
  scaled,
  subStrokeShapes,
  transformed,
} from './subStroke.js';

/** What the characters of an invented alphabet have in common. All shares are in [0, 1]. */
export interface Alphabet extends SubStrokePreferences {
  /** Sub-strokes that come again and again in its characters, turned and mirrored. */
  readonly library: readonly SubStroke[];
  /** How often each is taken: weights. */
  readonly frequencies: readonly number[];
  /** Share of sub-strokes that are not of the library. */
  readonly unusual: number;
  /** Weights of characters of 1, 2, … strokes. */
  readonly strokes: readonly number[];
  /** Weights of strokes of 1, 2, … sub-strokes. */
  readonly subStrokes: readonly number[];
  /** Share of strokes that begin at, end at or cross one before. */
  readonly joined: number;
  /** True if strokes that are not joined lie on a grid of 3 by 3. */
  readonly onGrid: boolean;
  /** Share of strokes that repeat their first sub-strokes: humps, waves, zigzags. */
  readonly repeating: number;
  /** Share of strokes that are like one before: parallels. */
  readonly parallel: number;
  /** Share of characters that are variants of another one. */
  readonly variants: number;
}

/** Weights of a usual alphabet, and the standard deviation of the logarithm by which one differs from it. */
const USUAL = {
  shapes: { line: 0.36, arc: 0.22, wave: 0.08, loop: 0.08, hook: 0.08, spline: 0.13, corner: 0.05 },
  strokes: [0.24, 0.34, 0.22, 0.13, 0.07],
  subStrokes: [0.45, 0.28, 0.17, 0.1],
};
const DIFFERENCE = { shapes: 0.8, strokes: 0.7, subStrokes: 0.6, frequencies: 0.7 };

/** Ranges in which a share is uniform. */
const SHARES = {
  upright: [0.3, 0.9],
  joined: [0.45, 0.9],
  unusual: [0.05, 0.5],
  repeating: [0, 0.35],
  parallel: [0, 0.3],
  variants: [0.25, 0.65],
} as const;

/** Fewest and most sub-strokes in the library of an alphabet. */
const LIBRARY = [3, 11] as const;

/**
 * Invents the style of an alphabet. Its characters are made by `inventCharacter`.
 *
 * ```ts
 * const alphabet = inventAlphabet(randomStream(7, 'alphabet'));
 * ```
 */
export function inventAlphabet(random: RandomStream): Alphabet {
  checkRandom(random, 'inventAlphabet');
  const around = (weights: readonly number[], deviation: number) =>
    weights.map((weight) => weight * factor(deviation, random));
  const share = (name: keyof typeof SHARES) => random.uniform(...SHARES[name]);
  const weights = around(Object.values(USUAL.shapes), DIFFERENCE.shapes);
  const shapes = Object.fromEntries(
    Object.keys(USUAL.shapes).map((shape, i) => [shape, weights[i]!]),
  ) as unknown as Alphabet['shapes'];
  const preferences = { shapes, upright: share('upright') };
  const [fewest, most] = LIBRARY;
  const library = Array.from({ length: fewest + random.integer(most - fewest + 1) }, () =>
    inventSubStroke(preferences, random.uniform(0.25, 1), random),
  );
  return {
    ...preferences,
    library,
    frequencies: library.map(() => factor(DIFFERENCE.frequencies, random)),
    unusual: share('unusual'),
    strokes: around(USUAL.strokes, DIFFERENCE.strokes),
    subStrokes: around(USUAL.subStrokes, DIFFERENCE.subStrokes),
    joined: share('joined'),
    onGrid: chance(0.5, random),
    repeating: share('repeating'),
    parallel: share('parallel'),
    variants: share('variants'),
  };
}

/** Shares of mirror images and turns of the library's sub-strokes. */
const TURNS: readonly (readonly [share: number, by: Matrix])[] = [
  [0.5, [1, 0, 0, 1]],
  [0.15, [-1, 0, 0, 1]],
  [0.1, [1, 0, 0, -1]],
  [0.07, [-1, 0, 0, -1]],
  [0.1, [0, 1, 1, 0]],
  [0.08, [0, -1, 1, 0]],
];
const SHARES_OF_TURNS = TURNS.map(([share]) => share);

/** A sub-stroke as a character of this alphabet has it. */
export function takeSubStroke(alphabet: Alphabet, random: RandomStream): SubStroke {
  if (chance(alphabet.unusual, random)) return inventSubStroke(alphabet, random.uniform(0.2, 1), random);
  const known = alphabet.library[pick(alphabet.frequencies, random)]!;
  const turned = transformed(known, TURNS[pick(SHARES_OF_TURNS, random)]![1]);
  const sized = scaled(turned, factor(0.2, random) * (chance(0.2, random) ? 0.55 : 1));
  return chance(0.3, random) ? transformed(sized, [factor(0.3, random), 0, 0, 1]) : sized;
}

const checkShareIn = numberFrom(0, 1);
/** Largest weight: sums of weights stay finite. */
const checkWeight = numberFrom(1e-9, 1e9);

/** Throws a `UsageError` unless a value is an alphabet. */
export function checkAlphabet(value: Alphabet, of: string): void {
  const name = `${of}: alphabet`;
  const { library, frequencies } = checkFields(name, value, {
    library: listOf(checkSubStroke, 1),
    frequencies: listOf(checkWeight),
    shapes: fieldsOf(Object.fromEntries(subStrokeShapes.map((shape) => [shape, checkWeight]))),
    strokes: listOf(checkWeight, 1),
    subStrokes: listOf(checkWeight, 1),
    onGrid: checkFlag,
    upright: checkShareIn,
    joined: checkShareIn,
    unusual: checkShareIn,
    repeating: checkShareIn,
    parallel: checkShareIn,
    variants: checkShareIn,
  });
  if (frequencies.length !== library.length) {
    refuse('frequencies', frequencies, `a list of ${library.length}, as its library`, name);
  }
}
