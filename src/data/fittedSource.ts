import type { ImageShape } from '../core/image.js';
import { type ImageSource, storedSource, toBytes } from './imageSource.js';
import { type Fit, fitTo } from './resize.js';

/** A source whose images are brought to a shape when they are first asked for, and kept as 8-bit pixels. */
export function fittedSource(source: ImageSource, shape: ImageShape, fit: Fit): ImageSource {
  const kept = new Map<number, Uint8Array>();
  const read = (index: number): Uint8Array => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const bytes = toBytes(fitTo(source.images([index]), shape, fit).pixels);
    kept.set(index, bytes);
    return bytes;
  };
  return storedSource(read, shape, source.labels, source.classes);
}
