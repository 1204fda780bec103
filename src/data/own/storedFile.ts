import { imageHeader } from '../decode/imageHeader.js';
import type { StoredImage } from './catalog.js';

/** The bytes of a PNG or JPEG file as an image that can be unpacked. `name` stands in the errors. */
export function storedFile(bytes: Uint8Array, name: string): StoredImage {
  return {
    bytes,
    header: () => imageHeader(bytes, name),
    decode: (decoder) => decoder.decode(bytes, name),
  };
}
