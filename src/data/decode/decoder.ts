import { isPng, neither } from './imageHeader.js';
import { bytePixels, damaged, decodeJpeg, isJpeg, jpegHeader } from './jpeg.js';
import { MOST_PIXELS, orient, type Pixels } from './pixels.js';
import { decodePng } from './png.js';

/** Decoder of JPEGs; PNGs are always decoded in JavaScript. */
export type DecoderName = 'javascript' | 'sharp';

/** Decodes PNGs and JPEGs, told apart by their first bytes. */
export interface ImageDecoder {
  readonly name: DecoderName;
  /** @throws DataError naming the file when it is neither, is damaged, or has more than 2²⁶ pixels */
  decode(bytes: Uint8Array, name: string): Promise<Pixels>;
}

type DecodeJpeg = (bytes: Uint8Array, name: string) => Pixels | Promise<Pixels>;

function decoderWith(name: DecoderName, jpeg: DecodeJpeg): ImageDecoder {
  return {
    name,
    async decode(bytes, file) {
      if (isJpeg(bytes)) return jpeg(bytes, file);
      if (isPng(bytes)) return decodePng(bytes, file);
      throw neither(bytes, file);
    },
  };
}

/** A decoder in JavaScript that gives the same pixels everywhere. */
export const javascriptDecoder: ImageDecoder = decoderWith('javascript', decodeJpeg);

/** The part of sharp that is used here. It is no dependency, so its own types may be missing. */
type Sharp = (
  bytes: Uint8Array,
  options: object,
) => {
  raw(): { toBuffer(options: object): Promise<{ data: Uint8Array; info: { channels: number } }> };
};

/**
 * The decoder by sharp if that package is installed beside this one, else the one in JavaScript. sharp is faster on large
 * photos. Resized for an encoder, its pixels differ by up to 2/255.
 */
export async function fastestDecoder(): Promise<ImageDecoder> {
  // No literal, so that neither the compiler nor a bundler looks for it.
  const found = await import(['sharp'].join('')).catch(() => undefined);
  return found === undefined ? javascriptDecoder : decoderWith('sharp', jpegBySharp(found.default as Sharp));
}

function jpegBySharp(sharp: Sharp): DecodeJpeg {
  return async (bytes, name) => {
    const { width, height, channels, orientation } = jpegHeader(bytes, name);
    try {
      const options = { limitInputPixels: MOST_PIXELS, failOn: 'truncated', ignoreIcc: true };
      const { data, info } = await sharp(bytes, options).raw().toBuffer({ resolveWithObject: true });
      return orient(bytePixels(data, width, height, info.channels, channels), orientation);
    } catch (cause) {
      throw damaged(name, cause);
    }
  };
}
