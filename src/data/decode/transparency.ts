import { type Background, colorOf, lumaOf } from '../../core/background.js';
import type { Pixels } from './pixels.js';

/** Values as a file stores them, row by row, channels last. */
export interface StoredValues {
  readonly values: Uint8Array | Uint16Array | Float32Array;
  readonly width: number;
  readonly height: number;
  /** 1 gray, 2 gray with alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** The largest value, which is 1 or opaque. */
  readonly most: number;
  /** A color, or a shade, that is transparent everywhere. */
  readonly clear?: ArrayLike<number> | undefined;
}

/** Treatment of a picture when it is decoded. */
export interface DecodeOptions {
  /**
   * Color that transparency is laid over. `edge` is black or white, whichever differs more from the mean of what is visible.
   * Default `black`.
   */
  readonly background?: Background | undefined;
}

/** Values in [0, 1] without alpha, over a background. Gray stays gray unless it has transparency and the background a color. */
export function laidOver(stored: StoredValues, { background = 'black' }: DecodeOptions = {}): Pixels {
  const { values, width, height, channels, most } = stored;
  const colors = channels < 3 ? 1 : 3;
  const count = width * height;
  const alphaAt = alphaOf(stored);
  const alpha = alphaAt === undefined ? undefined : aboutAlpha(stored, alphaAt);
  if (alphaAt === undefined || alpha === undefined) {
    const pixels = new Float32Array(count * colors);
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < colors; c++) pixels[i * colors + c] = values[i * channels + c]! / most;
    }
    return { pixels, shape: [height, width, colors] };
  }
  const behind = colorOf(background) ?? (alpha.luma < 0.5 ? [1, 1, 1] : [0, 0, 0]);
  const gray = behind.every((value) => value === behind[0]);
  const made = colors === 1 && gray ? 1 : 3;
  const pixels = new Float32Array(count * made);
  for (let i = 0; i < count; i++) {
    const share = alphaAt(i);
    for (let c = 0; c < made; c++) {
      const value = values[i * channels + (colors === 1 ? 0 : c)]! / most;
      pixels[i * made + c] = value * share + behind[c]! * (1 - share);
    }
  }
  return { pixels, shape: [height, width, made], alpha };
}

/** Opacity of each pixel in [0, 1]; `undefined` if the file tells none. */
function alphaOf({ values, channels, most, clear }: StoredValues): ((pixel: number) => number) | undefined {
  const colors = channels < 3 ? 1 : 3;
  if (channels > colors) return (pixel) => values[pixel * channels + colors]! / most;
  if (clear?.length !== colors) return undefined;
  return (pixel) => {
    for (let c = 0; c < colors; c++) if (values[pixel * channels + c] !== clear[c]) return 1;
    return 0;
  };
}

/** What a picture's transparency is like; `undefined` if it is opaque. */
function aboutAlpha(
  { values, width, height, channels, most }: StoredValues,
  alphaAt: (pixel: number) => number,
): Pixels['alpha'] {
  const count = width * height;
  let [opaque, light] = [0, 0];
  for (let i = 0; i < count; i++) {
    const share = alphaAt(i);
    const at = i * channels;
    const luma = channels < 3 ? values[at]! : lumaOf([values[at]!, values[at + 1]!, values[at + 2]!]);
    opaque += share;
    light += share * luma;
  }
  if (opaque === count) return undefined;
  return { clear: 1 - opaque / count, luma: opaque === 0 ? 0.5 : light / (opaque * most) };
}
