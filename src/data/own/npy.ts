import { DataError } from '../../core/index.js';

/** An array of NumPy: numbers, or texts. */
export interface NpyArray {
  /** Length of each axis, outermost first. */
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: Uint8Array | Float32Array | Float64Array | readonly string[];
}

const hint = 'Save it with numpy.save or numpy.savez: numbers or texts, not objects.';

/** Bytes of a value of each type that is read, as NumPy writes them: kind and size. */
const readers: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/**
 * Parses an array in the NPY format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 * Nothing in it is executed; arrays of Python objects are refused.
 *
 * @param name the array, for messages
 * @throws DataError naming it when it is no such array, of another type, in Fortran's order, or cut short
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (what: string) => new DataError(`${name} ${what}`, { hint });
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
  const [, order, kind, size] = /'descr':\s*'([<>|=])([a-zA-Z])(\d+)'/.exec(header) ?? [];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sides = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (kind === undefined || fortran === undefined || sides === undefined)
    throw refuse('has a header that is not read');
  const shape = (sides.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  if (fortran === 'True' && shape.length > 1) throw refuse('is in Fortran’s order, which is not read');
  const width = kind === 'U' ? Number(size) * 4 : Number(size);
  const data = bytes.subarray(end);
  if (!Number.isSafeInteger(count * width) || data.length !== count * width) {
    throw refuse(
      `holds ${data.length} bytes of values, but ${shape.join('×')} of ${width} bytes are announced`,
    );
  }
  const little = order !== '>';
  const values = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (kind === 'U') {
    return {
      shape,
      values: Array.from({ length: count }, (_, i) => textAt(values, i * width, width, little)),
    };
  }
  const reader = readers[`${kind}${size}`];
  if (reader === undefined) throw refuse(`holds values of the type ${kind}${size}, which is not read`);
  if (kind === 'u' && width === 1) return { shape, values: data };
  const numbers = kind === 'f' && width === 4 ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = reader(values, i * width, little);
  return { shape, values: numbers };
}

/** A text of NumPy: four bytes a character, filled up with zeros. */
function textAt(view: DataView, at: number, width: number, little: boolean): string {
  let text = '';
  for (let i = 0; i < width; i += 4) {
    const point = view.getUint32(at + i, little);
    if (point === 0 || point > 0x10ffff) break;
    text += String.fromCodePoint(point);
  }
  return text;
}
