import { getFloat16 } from '@petamoriken/float16';
import { DataError } from '../core/errors.js';

/** A NumPy array as it is stored. */
export interface NpyArray {
  /** Kind of its values, as NumPy calls it: `b` bool, `u` and `i` whole numbers, `f` floats, `U` and `S` texts, `O` objects. */
  readonly kind: 'b' | 'u' | 'i' | 'f' | 'U' | 'S' | 'O';
  /** Bytes of a value. */
  readonly width: number;
  /** True if the low byte of a value comes first. */
  readonly little: boolean;
  /** Length of each axis, outermost first. */
  readonly shape: readonly number[];
  /** Values to go on for the next along each axis. */
  readonly strides: readonly number[];
  /** All values; of objects, a pickle. */
  readonly data: Uint8Array;
}

/** Where labels and pixels can be, for hints. */
const HINT = 'Save it again with numpy.savez: numbers or texts, of one type, not objects.';

/** What else NumPy can save, by its kind. */
const otherKinds: Readonly<Record<string, string>> = {
  c: 'complex numbers',
  V: 'structures of several fields',
  M: 'dates',
  m: 'durations',
};

/** Sizes in bytes of the numbers that are read. */
const widths: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  u: [1, 2, 4, 8],
  i: [1, 2, 4, 8],
  f: [2, 4, 8],
};

/**
 * Parses an array in the NPY format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 *
 * @param name the array, for messages
 * @throws DataError naming it when it is no such array, is truncated, or holds what is neither number nor text nor object
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (what: string, hint = HINT) => new DataError(`${name} ${what}`, { hint });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (bytes.length < 12 || magic !== '\x93NUMPY') throw refuse('is no array in the NPY format');
  const version = view.getUint8(6);
  if (version < 1 || version > 3)
    throw refuse(`is of version ${version} of the NPY format, which is not read`);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw refuse('is cut short in its header');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, Math.min(end, start + 10_000)));
  const fields = /'descr':\s*\[(.*)\]/.exec(header)?.[1];
  if (fields !== undefined) {
    const names = [...fields.matchAll(/\('([^']+)',/g)].map(([, field]) => field);
    throw refuse(
      `holds ${otherKinds.V}: ${names.join(', ')}`,
      `Save one of its fields as an array, such as array["${names[0]}"].`,
    );
  }
  const [, order, kind = '', size] = /'descr':\s*'([<>|=])([a-zA-Z])(\d*)(?:\[\w+\])?'/.exec(header) ?? [];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sides = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (kind === '' || fortran === undefined || sides === undefined)
    throw refuse('has a header that is not read');
  const other = otherKinds[kind];
  if (other !== undefined) throw refuse(`holds ${other}, which are not read`);
  if (!['U', 'S', 'O'].includes(kind) && !widths[kind]?.includes(Number(size)))
    throw refuse(`holds values of the type ${kind}${size}, which is not read`);
  const shape = (sides.match(/\d+/g) ?? []).map(Number);
  const width = kind === 'U' ? Number(size) * 4 : Number(size);
  const data = bytes.subarray(end);
  const length = countOf({ shape }) * width;
  if (kind !== 'O' && (!Number.isSafeInteger(length) || data.length !== length)) {
    throw refuse(
      `holds ${data.length} bytes of values, but ${shape.join('×')} of ${width} bytes are announced`,
    );
  }
  const strides = fortran === 'True' ? stridesOf([...shape].reverse()).reverse() : stridesOf(shape);
  return { kind: kind as NpyArray['kind'], width, little: order !== '>', shape, strides, data };
}

/** True for an array of numbers or bools. */
export const isNumeric = ({ kind }: Pick<NpyArray, 'kind'>): boolean => kind in widths;

/** Number of values of an array. */
export const countOf = ({ shape }: Pick<NpyArray, 'shape'>): number =>
  shape.reduce((product, side) => product * side, 1);

/** Strides of an array whose last axis is innermost. */
function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** The same values with other axes: each entry of `axes` is one of the array. */
export const withAxes = (array: NpyArray, axes: readonly number[]): NpyArray => ({
  ...array,
  shape: axes.map((axis) => array.shape[axis]!),
  strides: axes.map((axis) => array.strides[axis]!),
});

/** The same values with the last axis parted into several. */
export function withLastParted(array: NpyArray, sides: readonly number[]): NpyArray {
  const step = array.strides.at(-1)!;
  return {
    ...array,
    shape: [...array.shape.slice(0, -1), ...sides],
    strides: [...array.strides.slice(0, -1), ...stridesOf(sides).map((stride) => stride * step)],
  };
}

/** Reads the number at a position. Whole numbers beyond 2⁵³ are rounded; a bool is 0 or 1. */
export function numbersOf({ kind, width, little, data }: NpyArray): (position: number) => number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [low, high] = little ? [0, 4] : [4, 0];
  const readers: Readonly<Record<string, (at: number) => number>> = {
    b1: (at) => Number(data[at] !== 0),
    u1: (at) => data[at]!,
    i1: (at) => view.getInt8(at),
    u2: (at) => view.getUint16(2 * at, little),
    i2: (at) => view.getInt16(2 * at, little),
    u4: (at) => view.getUint32(4 * at, little),
    i4: (at) => view.getInt32(4 * at, little),
    u8: (at) => view.getUint32(8 * at + low, little) + 2 ** 32 * view.getUint32(8 * at + high, little),
    i8: (at) => view.getUint32(8 * at + low, little) + 2 ** 32 * view.getInt32(8 * at + high, little),
    f2: (at) => getFloat16(view, 2 * at, little),
    f4: (at) => view.getFloat32(4 * at, little),
    f8: (at) => view.getFloat64(8 * at, little),
  };
  return readers[`${kind}${width}`]!;
}

/**
 * Reads the text at a position, of an array of texts.
 *
 * @throws TypeError where bytes are not UTF-8
 */
export function textsOf({ kind, width, little, data }: NpyArray): (position: number) => string {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (kind === 'S') {
    return (position) => {
      let end = (position + 1) * width;
      while (end > position * width && data[end - 1] === 0) end--;
      return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(position * width, end));
    };
  }
  return (position) => {
    // Four bytes a character, padded with zeros.
    let text = '';
    for (let i = 0; i < width; i += 4) {
      const point = view.getUint32(position * width + i, little);
      if (point === 0 || point > 0x10ffff) break;
      text += String.fromCodePoint(point);
    }
    return text;
  };
}

/** The whole number at a position as a text, exact up to 64 bits. */
export function wholeTextOf(array: NpyArray): (position: number) => string {
  const read = numbersOf(array);
  if (array.width < 8) return (position) => String(read(position));
  const view = new DataView(array.data.buffer, array.data.byteOffset, array.data.byteLength);
  return array.kind === 'u'
    ? (position) => String(view.getBigUint64(8 * position, array.little))
    : (position) => String(view.getBigInt64(8 * position, array.little));
}
