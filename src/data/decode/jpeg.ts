import jpeg from 'jpeg-js';
import type { Pixels } from '../pixels.js';
import { fromYcc } from './fromYcc.js';
import { damaged, type JpegHeader, jpegHeader } from './jpegHeader.js';
import { orient } from './orient.js';

/** Of what a file grows to while it is decoded; its pixels are counted before. */
const MOST_MEGABYTES = 2048;
const APP13 = 0xed;

/**
 * Decodes a baseline or progressive JPEG and turns it as its EXIF orientation says. Gray files have 1 channel and all
 * others 3; colour profiles are left alone.
 *
 * @param name the file, for messages
 * @throws DataError naming the file when it is no JPEG, is damaged, or has more than 2²⁶ pixels
 */
export function decodeJpeg(bytes: Uint8Array, name: string): Pixels {
  const header = jpegHeader(bytes, name);
  try {
    return orient(unpacked(bytes, header), header.orientation);
  } catch (cause) {
    throw damaged(name, cause);
  }
}

function unpacked(bytes: Uint8Array, { width, height, channels, ycc, adobe }: JpegHeader): Pixels {
  let file = bytes;
  if (ycc !== undefined && adobe !== undefined) {
    // The decoder would turn colours by itself, and repeat those of left out pixels in blocks.
    file = bytes.slice();
    file[adobe] = APP13;
  }
  const image = jpeg.decode(file, {
    ...{ useTArray: true, formatAsRGBA: false, tolerantDecoding: false },
    ...(ycc === undefined ? {} : { colorTransform: false }),
    maxMemoryUsageInMB: MOST_MEGABYTES,
  });
  if (image.width !== width || image.height !== height) throw new Error('it has two sizes');
  return ycc === undefined
    ? bytePixels(image.data, width, height, 3, channels)
    : fromYcc(image.data, width, height, ycc);
}

/** 8-bit values as floats. Of `stored` channels that are there, the first `channels` are kept. */
export function bytePixels(
  data: Uint8Array,
  width: number,
  height: number,
  stored: number,
  channels: 1 | 3,
): Pixels {
  const pixels = new Float32Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[i * stored + c]! / 255;
  }
  return { pixels, shape: [height, width, channels] };
}
