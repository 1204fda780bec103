import { contentOf, type FormatName, unreadable } from './formats.js';
import { jpegHeader } from './jpeg.js';
import { type ExifOrientation, swapsSides } from './pixels.js';
import { pngHeader, pngOrientation } from './png.js';
import { openBySharp, type SharpPicture } from './sharp.js';

/** Facts about a picture that need no decoding. */
export interface ImageHeader {
  readonly format: FormatName;
  /** After its orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const [GRAY, GRAY_ALPHA] = [0, 4];

/**
 * Reads the header of a picture, whose format is told by its first bytes and not by a name: at once for a PNG or JPEG.
 *
 * @throws UnsupportedFormatError for a format that cannot be read here
 * @throws DataError naming the file when it is no picture, or its header is broken or too large
 */
export function imageHeader(bytes: Uint8Array, name: string): ImageHeader | Promise<ImageHeader> {
  const content = contentOf(bytes);
  if (content.kind !== 'format') throw unreadable(bytes, name);
  const { format } = content;
  if (format === 'png') {
    const { width, height, colorType } = pngHeader(bytes, name);
    const channels = colorType === GRAY || colorType === GRAY_ALPHA ? 1 : 3;
    return upright({ format, width, height, channels }, pngOrientation(bytes));
  }
  const headerOf = ({ width, height, channels, orientation }: Omit<SharpPicture, 'decode'>) =>
    upright({ format, width, height, channels }, orientation);
  return format === 'jpeg'
    ? headerOf(jpegHeader(bytes, name))
    : openBySharp(bytes, name, format).then(headerOf);
}

const upright = (header: ImageHeader, orientation: ExifOrientation): ImageHeader =>
  swapsSides(orientation) ? { ...header, width: header.height, height: header.width } : header;
