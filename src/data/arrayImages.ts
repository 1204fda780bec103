import { DataError } from '../core/errors.js';
import { assertPixelCount } from './decode/pixels.js';
import { countOf, isNumeric, type NpyArray, numbersOf, withAxes, withLastParted } from './npy.js';

/** An array whose axes are images, rows, columns and channels: 1 gray, 2 gray and opacity, 3 RGB, 4 RGB and opacity. */
export interface ImageArray {
  readonly array: NpyArray;
  /** How the axes were read, if they could mean something else. */
  readonly note?: string;
}

const LAYOUT_HINT =
  'Images are n×h×w, n×h×w×c or n×c×h×w numbers, where c is 1, 3, or 4 with opacity; or rows of square images.';

/**
 * Finds out what the axes of an array of images are: by `layout` if it is given, else by their lengths.
 *
 * @throws DataError naming the array when it is none of images, or `layout` has to say what its axes are
 */
export function imageArray(array: NpyArray, name: string, layout?: 'nhwc' | 'nchw'): ImageArray {
  const { shape, kind } = array;
  const called = `${name} is ${shape.join('×') || 'a single value'}`;
  if (!isNumeric(array)) {
    const what = kind === 'O' ? 'Python objects' : 'texts';
    throw new DataError(`${called} of ${what}, but images are numbers`, {
      hint: 'Bring all images to one size, and save them as one array of bytes.',
    });
  }
  const found = axesOf(array, called, layout);
  if (found === undefined || found.array.shape[0] === 0) {
    throw new DataError(
      `${called}, which are no images${layout === undefined ? '' : ` in the layout ${layout}`}`,
      {
        hint: LAYOUT_HINT,
        ...(layout === undefined ? {} : { option: 'layout' }),
      },
    );
  }
  const [, height = 0, width = 0] = found.array.shape;
  assertPixelCount(width, height, name);
  return found;
}

function axesOf(
  array: NpyArray,
  called: string,
  layout: 'nhwc' | 'nchw' | undefined,
): ImageArray | undefined {
  const { shape } = array;
  if (shape.length === 2) return fromRows(array, layout);
  if (shape.length === 3)
    return { array: { ...array, shape: [...shape, 1], strides: [...array.strides, 0] } };
  if (shape.length !== 4) return undefined;
  const [, first = 0, rows = 0, last = 0] = shape;
  const chosen = layout ?? layoutOf(first, rows, last);
  if (chosen === 'either') {
    throw new DataError(`${called}, whose channels may be its second axis or its last`, {
      hint: 'Set layout to nhwc if channels are last, to nchw if they are second.',
      option: 'layout',
    });
  }
  if (chosen === undefined || !isChannels(chosen === 'nchw' ? first : last)) return undefined;
  const laid = chosen === 'nchw' ? withAxes(array, [0, 2, 3, 1]) : array;
  const notes = [
    ...(chosen === 'nchw' && layout === undefined ? ['the second axis is read as channels'] : []),
    ...(laid.shape[3]! % 2 === 0 ? [`the last of ${laid.shape[3]} channels is read as opacity`] : []),
  ];
  return { array: laid, ...(notes.length === 0 ? {} : { note: notes.join(', ') }) };
}

const isChannels = (side: number) => side >= 1 && side <= 4;

function layoutOf(first: number, rows: number, last: number): 'nhwc' | 'nchw' | 'either' | undefined {
  if (!isChannels(first)) return isChannels(last) ? 'nhwc' : undefined;
  if (!isChannels(last)) return 'nchw';
  // In either order, such images have the same pixels, or a single one.
  return first === 1 && (last === 1 || rows === 1) ? 'nhwc' : 'either';
}

/** Images whose values are in one row: gray and square, or square in three channels. */
function fromRows(array: NpyArray, layout: 'nhwc' | 'nchw' | undefined): ImageArray | undefined {
  const length = array.shape[1]!;
  const side = Math.sqrt(length);
  if (length > 1 && Number.isInteger(side)) {
    return {
      array: withLastParted(array, [side, side, 1]),
      note: `rows of ${length} values are read as images of ${side}×${side}`,
    };
  }
  const third = Math.sqrt(length / 3);
  if (length < 12 || !Number.isInteger(third)) return undefined;
  if (layout === 'nchw') return { array: withAxes(withLastParted(array, [3, third, third]), [0, 2, 3, 1]) };
  return {
    array: withLastParted(array, [third, third, 3]),
    ...(layout === undefined
      ? {
          note: `rows of ${length} values are read as images of ${third}×${third}×3; if channel comes after channel, set layout to nchw`,
        }
      : {}),
  };
}

/** The smallest and the largest finite value of arrays. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** The smallest and the largest finite value. */
export function spanOf(array: NpyArray): Span {
  const read = numbersOf(array);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = countOf(array) - 1; at >= 0; at--) {
    const value = read(at);
    if (value < least && value !== Number.NEGATIVE_INFINITY) least = value;
    if (value > most && value !== Number.POSITIVE_INFINITY) most = value;
  }
  return { least, most };
}

/** Values that are black and white. */
export interface Shades {
  readonly black: number;
  readonly white: number;
  /** A sentence on the choice, if the type of the values alone does not tell. */
  readonly note?: string;
}

/** Share of the way from black to white that values may lie beyond, by rounding; they are clipped. */
const BEYOND = 1e-3;
/** Floats up to this value are too dark to be shades from 0 to 255. */
const DARK = 32;

/**
 * Chooses the values that are black and white by the type and the span of all values: bytes go from 0 to 255, `uint16` to 65,535,
 * floats to 1, unless no value, or one beyond, tells otherwise.
 *
 * @throws DataError naming the arrays and their span when that is none of shades
 */
export function shadesOf(
  { kind, width }: Pick<NpyArray, 'kind' | 'width'>,
  { least, most }: Span,
  name: string,
): Shades {
  const within = (black: number, white: number) => {
    const more = BEYOND * (white - black);
    return least >= black - more && most <= white + more;
  };
  const from = (black: number, white: number): Shades => ({
    ...{ black, white },
    note: `values go from ${shown(least)} to ${shown(most)}; ${black} is read as black and ${white} as white`,
  });
  if (kind === 'b' || most < least) return { black: 0, white: 1 };
  if (kind === 'f') {
    if (within(0, 1)) return { black: 0, white: 1 };
    if (within(0, 255) && most > DARK) return from(0, 255);
    if (within(-1, 1) && least < -0.5 - BEYOND) return from(-1, 1);
  } else if (least >= 0) {
    if (most === 1) return from(0, 1);
    if (most <= 255) return width === 1 ? { black: 0, white: 255 } : from(0, 255);
    if (kind === 'u' && width === 2) return from(0, 65_535);
  }
  const type = `${{ u: 'uint', i: 'int', f: 'float' }[kind as 'u' | 'i' | 'f']}${8 * width}`;
  throw new DataError(
    `${name} holds ${type} values from ${shown(least)} to ${shown(most)}, which are no shades of a picture`,
    {
      hint: `If ${shown(least)} is black and ${shown(most)} white, save (images - ${shown(least)}) / ${shown(most - least)}; or bring them to uint8 from 0 to 255.`,
    },
  );
}

const shown = (value: number) => String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));

/** Images of an array, one by one. */
export interface ImageReader {
  /** Bytes of an image's values, in the order that they are stored in. */
  bytesOf(index: number): Uint8Array;
  /** Values of an image, row by row, channels last, where `most` is white. */
  valuesOf(
    index: number,
    name: string,
  ): { readonly values: Uint8Array | Float32Array; readonly most: number };
}

/** Reads images of an array that {@link imageArray} gives, whatever the order of its values. */
export function imageReader(array: NpyArray, { black, white }: Shades): ImageReader {
  const { data, width, shape, strides, kind } = array;
  const [, rows = 0, columns = 0, channels = 0] = shape;
  const [perImage = 0, perRow = 0, perColumn = 0, perChannel = 0] = strides;
  const size = rows * columns * channels;
  const read = numbersOf(array);
  const together = perImage === size;
  const asStored =
    together &&
    perRow === columns * channels &&
    perColumn === channels &&
    (channels === 1 || perChannel === 1);

  /** Calls `use` for each value, with its position. */
  const each = (index: number, use: (position: number, i: number) => void): void => {
    let i = 0;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const at = index * perImage + y * perRow + x * perColumn;
        for (let c = 0; c < channels; c++) use(at + c * perChannel, i++);
      }
    }
  };
  const bytesOf = (index: number): Uint8Array => {
    if (together) return data.subarray(index * size * width, (index + 1) * size * width);
    const bytes = new Uint8Array(size * width);
    each(index, (position, i) =>
      bytes.set(data.subarray(position * width, (position + 1) * width), i * width),
    );
    return bytes;
  };
  return {
    bytesOf,
    valuesOf(index, name) {
      if (kind === 'u' && width === 1 && asStored && white === 255)
        return { values: bytesOf(index), most: 255 };
      const values = new Float32Array(size);
      each(index, (position, i) => {
        const value = read(position);
        if (!Number.isFinite(value)) {
          const [y, x] = [Math.floor(i / (columns * channels)), Math.floor(i / channels) % columns];
          throw new DataError(
            `${name} holds ${value} in row ${y}, column ${x}, which numpy.nan_to_num replaces`,
            {
              hint: 'Replace what is no number, or take the image out.',
            },
          );
        }
        values[i] = Math.min(1, Math.max(0, (value - black) / (white - black)));
      });
      return { values, most: 1 };
    },
  };
}
