import { createHash } from 'node:crypto';
import type { ImageSource } from '../data/imageSource.js';

/** SHA-256 of the images, labels and classes of some sources, each of which counts once. */
export function digestOfSources(...sources: readonly ImageSource[]): string {
  const hash = createHash('sha256');
  for (const source of new Set(sources)) {
    const { pixels, labels, shape } = source.images();
    hash.update(JSON.stringify([source.classes, shape]));
    for (const { buffer, byteOffset, byteLength } of [labels, pixels]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}
