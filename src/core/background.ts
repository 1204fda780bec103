import * as v from 'valibot';
import { UsageError } from './errors.js';
import { shown } from './shown.js';

/** Names of backgrounds; a color `#rrggbb` is one too. */
export const backgroundNames = ['black', 'white', 'edge'] as const;

/**
 * What lies where a picture has no pixels: behind transparency, in the bars around a picture of another aspect ratio, and in
 * the corners that a transform leaves. `edge` repeats the outermost pixels, and lays transparency over black or white,
 * whichever differs more from the picture.
 */
export type Background = (typeof backgroundNames)[number] | `#${string}`;

const RULE = 'must be black, white, edge or a color #rrggbb';

/** Schema of a background. */
export const backgroundSchema = v.custom<Background>(
  (value) => typeof value === 'string' && isBackground(value),
  RULE,
);

/** True for the text of a background. */
export function isBackground(text: string): text is Background {
  return (backgroundNames as readonly string[]).includes(text) || /^#[0-9a-f]{6}$/i.test(text);
}

/** Throws a `UsageError` for anything but a background. */
export function assertBackground(value: unknown): asserts value is Background {
  if (v.is(backgroundSchema, value)) return;
  throw new UsageError(`the background ${shown(value).slice(0, 40)} ${RULE}`, {
    option: 'background',
  });
}

/** Red, green and blue of a background in [0, 1]; `undefined` for `edge`, which has no color of its own. */
export function colorOf(background: Background): readonly [number, number, number] | undefined {
  if (background === 'edge') return undefined;
  if (background === 'black') return [0, 0, 0];
  if (background === 'white') return [1, 1, 1];
  const byte = (at: number) => Number.parseInt(background.slice(at, at + 2), 16) / 255;
  return [byte(1), byte(3), byte(5)];
}

/** A background in as many channels: its luma in one, else red, green and blue. `undefined` for `edge`. */
export function colorIn(background: Background, channels: number): readonly number[] | undefined {
  const color = colorOf(background);
  if (color === undefined || channels === 3) return color;
  const gray = lumaOf(color);
  return Array.from({ length: channels }, () => gray);
}

/** Luma of a color (Rec. 601), in [0, 1]. */
export const lumaOf = ([red, green, blue]: readonly [number, number, number]): number =>
  0.299 * red + 0.587 * green + 0.114 * blue;
