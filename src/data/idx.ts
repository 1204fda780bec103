import { checkCount } from '../core/checks.js';
import { DataError } from '../core/errors.js';
import { checkBytes, checkText } from '../core/kindChecks.js';

/** An array of bytes in the IDX format, as MNIST and its relatives are published. */
export interface IdxArray {
  /** Length of each axis, outermost first: `[count, height, width]` for images, `[count]` for labels. */
  readonly dimensions: readonly number[];
  /** The values, row by row: a view of the bytes that were parsed, not a copy. */
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;
const hint = 'Download the file again; if it ends in .gz, unpack it first.';

/**
 * Parses IDX bytes: two zero bytes, the value type, the number of axes, each axis as a big-endian 32-bit length,
 * then the values.
 *
 * @param bytes the whole file
 * @param file its name, for messages
 * @param axes number of axes that it must have: 3 for images, 1 for labels
 * @throws DataError naming the file when the magic number is wrong, or bytes are missing or left over.
 */
export function parseIdx(bytes: Uint8Array, file: string, axes: number): IdxArray {
  checkBytes('bytes', bytes, 'parseIdx');
  checkText('file', file, 'parseIdx');
  checkCount('axes', axes, { most: 255, of: 'parseIdx' });
  const header = 4 + 4 * axes;
  if (bytes.length < header) {
    throw new DataError(`${file} is truncated: ${bytes.length} bytes, but its header alone needs ${header}`, {
      hint,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expected = (unsignedByte << 8) | axes;
  if (magic !== expected) {
    throw new DataError(
      `${file} starts with ${hex(magic)}, but an IDX file of bytes with ${axes} axes starts with ${hex(expected)}`,
      { hint },
    );
  }
  const dimensions = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = header + dimensions.reduce((product, length) => product * length, 1);
  if (bytes.length !== size) {
    const fault = bytes.length < size ? 'is truncated' : 'has trailing bytes';
    throw new DataError(
      `${file} ${fault}: ${bytes.length} bytes, but ${dimensions.join('×')} values and the header are ${size}`,
      { hint },
    );
  }
  return { dimensions, values: bytes.subarray(header) };
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}
