import type { Background } from '../../core/background.js';
import type { ImageShape } from '../../core/image.js';
import { version } from '../../core/version.js';
import type { ImageDecoder } from '../../data/decode/decoder.js';
import type { Fit } from '../../data/resize.js';
import { byteCache, keyOf } from '../byteCache.js';
import type { StoredImage } from './catalog.js';

/** Everything but the image itself that what is kept of it depends on. */
export interface Decoding {
  readonly decoder: ImageDecoder['name'];
  readonly shape: ImageShape;
  readonly fit?: Fit | undefined;
  readonly background?: Background | undefined;
}

/** Rises when a decoder gives other pixels for the same file, or other facts are kept beside them. */
const REVISION = 3;
/** Smaller pictures are decoded in less time than a file is opened. */
const LEAST_PIXELS = 2 ** 14;

/** Parts of a key that what is decoded depends on. Other formats are decoded by sharp, whichever decoder is asked. */
export function decodingKey(
  { decoder, shape, fit, background }: Decoding,
  format: string,
): readonly unknown[] {
  const used = format === 'jpeg' || format === 'png' ? decoder : 'sharp';
  return [version, REVISION, used, shape, fit, background ?? 'black'];
}

/**
 * A cache of images that were decoded and brought to a shape, under digests of all that they depend on.
 *
 * @param folder without one, nothing is kept
 */
export function decodeCache(folder: string | undefined, decoding: Decoding, mostBytes?: number) {
  const cache = byteCache(folder, mostBytes);
  return {
    /** The cached bytes of an image, else those that `decode` gives, which are then cached. */
    async bytesOf<Other>(
      stored: StoredImage,
      decode: () => Promise<Uint8Array | Other>,
    ): Promise<Uint8Array | Other> {
      if (!cache.keeps) return decode();
      const { format, width, height } = await stored.header();
      if (format === 'array' || width * height < LEAST_PIXELS) return decode();
      const key = keyOf(decodingKey(decoding, format), stored.bytes);
      const cached = await cache.read(key);
      if (cached !== undefined) return cached;
      const made = await decode();
      if (made instanceof Uint8Array) await cache.write(key, made);
      return made;
    },
    tidy: cache.tidy,
  };
}
