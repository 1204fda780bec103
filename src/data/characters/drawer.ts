import { checkFields, numberFrom, optional } from '../../core/kindChecks.js';
import type { RandomStream } from '../../core/random.js';
import { checkRandom, factor } from './chances.js';

/** Somebody who draws characters: what all drawings of one hand share. */
export interface Drawer {
  /** Pixels to the right for each pixel upward by which upright lines lean. */
  readonly slant: number;
  /** Logarithm of width over height, beside what is meant. */
  readonly aspect: number;
  /** Turn of the page, in radians. */
  readonly rotation: number;
  /** Half the width of the pen's line, in 32nds of the image's side. */
  readonly pen: number;
  /** How much corners are rounded, in [0, 1]. */
  readonly smoothness: number;
  /** How much drawings differ from what is meant: 1 is usual. */
  readonly carelessness: number;
  /** How far strokes meet, along each other, from where they are meant to: 1 is usual. Default 1. */
  readonly misses?: number;
}

/** Standard deviations of what differs from drawer to drawer. */
export const HANDS = { slant: 0.14, aspect: 0.16, rotation: 0.09, carelessness: 0.35 };
/** Thinnest and broadest pen. */
const PENS = [0.35, 1.6] as const;

/**
 * Invents a drawer.
 *
 * ```ts
 * const drawer = inventDrawer(randomStream(7, 'drawer', 0));
 * ```
 */
export function inventDrawer(random: RandomStream): Drawer {
  checkRandom(random, 'inventDrawer');
  return {
    slant: random.normal(0, HANDS.slant),
    aspect: random.normal(0, HANDS.aspect),
    rotation: random.normal(0, HANDS.rotation),
    pen: random.uniform(...PENS),
    smoothness: random.uniform(),
    carelessness: factor(HANDS.carelessness, random),
  };
}

/** A drawer who differs from what is meant by another share, in all that care can change. */
export const moreCareless = (drawer: Drawer, by: number): Drawer => ({
  ...drawer,
  carelessness: drawer.carelessness * by,
  misses: (drawer.misses ?? 1) * by,
});

/** Throws a `UsageError` unless a value is a drawer. */
export function checkDrawer(value: Drawer, of: string): void {
  checkFields(`${of}: drawer`, value, {
    slant: numberFrom(-10, 10),
    aspect: numberFrom(-5, 5),
    rotation: numberFrom(-100, 100),
    pen: numberFrom(0.01, 16),
    smoothness: numberFrom(0, 1),
    carelessness: numberFrom(0, 100),
    misses: optional(numberFrom(0, 100)),
  });
}
