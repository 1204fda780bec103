import { DataError } from '../../core/errors.js';
import { isJpeg, jpegHeader } from './jpeg.js';
import { type ExifOrientation, swapsSides } from './pixels.js';
import { pngHeader, pngOrientation } from './png.js';

/** Facts about a picture that need no decoding. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg';
  /** After its orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const [GRAY, GRAY_ALPHA] = [0, 4];

/** True for bytes that begin as a PNG does. */
export const isPng = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;

/**
 * Reads the header of a PNG or JPEG, told apart by their first bytes and not by a name.
 *
 * @throws DataError naming the file when it is neither, or its header is broken or too large
 */
export function imageHeader(bytes: Uint8Array, name: string): ImageHeader {
  if (isJpeg(bytes)) {
    const { width, height, channels, orientation } = jpegHeader(bytes, name);
    return { format: 'jpeg', ...upright(width, height, orientation), channels };
  }
  if (!isPng(bytes)) throw neither(bytes, name);
  const { width, height, colorType } = pngHeader(bytes, name);
  return {
    ...{ format: 'png', ...upright(width, height, pngOrientation(bytes)) },
    channels: colorType === GRAY || colorType === GRAY_ALPHA ? 1 : 3,
  };
}

const upright = (width: number, height: number, orientation: ExifOrientation) =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height };

/** The error for bytes that are no picture. */
export function neither(bytes: Uint8Array, name: string): DataError {
  return new DataError(`${name} is neither PNG nor JPEG${bytes.length === 0 ? ': it is empty' : ''}`, {
    hint: 'Save it as one of them, or take it out of the folder.',
  });
}
