import { contentOf, unreadable } from './formats.js';
import { decodeJpeg, jpegHeader } from './jpeg.js';
import { orient, type Pixels } from './pixels.js';
import { decodePng } from './png.js';
import { installedSharp, openBySharp, type Sharp, sharpOptions } from './sharp.js';
import { type DecodeOptions, laidOver } from './transparency.js';

/** Decoder of JPEGs. PNGs are always decoded in JavaScript, and formats other than these two by sharp. */
export type DecoderName = 'javascript' | 'sharp';

/** Decodes pictures, whose format is told by their first bytes. */
export interface ImageDecoder {
  readonly name: DecoderName;
  /**
   * @throws UnsupportedFormatError for a format that cannot be read here
   * @throws DataError naming the file when it is no picture, is damaged, or has more than 2²⁶ pixels
   */
  decode(bytes: Uint8Array, name: string, options?: DecodeOptions): Promise<Pixels>;
}

type DecodeJpeg = (bytes: Uint8Array, name: string) => Pixels | Promise<Pixels>;

function decoderWith(name: DecoderName, jpeg: DecodeJpeg): ImageDecoder {
  return {
    name,
    async decode(bytes, file, options) {
      const content = contentOf(bytes);
      if (content.kind !== 'format') throw unreadable(bytes, file);
      if (content.format === 'jpeg') return jpeg(bytes, file);
      if (content.format === 'png') return decodePng(bytes, file, options);
      return (await openBySharp(bytes, file, content.format)).decode(options);
    },
  };
}

/** A decoder whose PNGs and JPEGs have the same pixels everywhere, as they are decoded in JavaScript. */
export const javascriptDecoder: ImageDecoder = decoderWith('javascript', decodeJpeg);

/**
 * The decoder by sharp if that package is installed beside this one, else the one in JavaScript. sharp is faster on large
 * photos. Resized for an encoder, its pixels differ by up to 2/255.
 */
export async function fastestDecoder(): Promise<ImageDecoder> {
  const sharp = await installedSharp();
  return sharp === undefined ? javascriptDecoder : decoderWith('sharp', jpegBySharp(sharp));
}

function jpegBySharp(sharp: Sharp): DecodeJpeg {
  return async (bytes, name) => {
    const { width, height, channels, orientation, colors, junk } = jpegHeader(bytes, name);
    // sharp converts inks by a profile of its own.
    if (colors === 'cmyk' || colors === 'ycck') return decodeJpeg(bytes, name);
    const found = await sharp(bytes, { ...sharpOptions, failOn: 'truncated' })
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch(() => undefined);
    // What it refuses may be read by other rules, and if not, it is damaged.
    if (found === undefined || junk) return decodeJpeg(bytes, name);
    const { data, info } = found;
    const values = info.channels > channels ? data.filter((_, i) => i % info.channels < channels) : data;
    return orient(laidOver({ values, width, height, channels, most: 255 }), orientation);
  };
}
