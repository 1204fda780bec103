import { DataError, firstNonFinite, formatShape, type ImageShape, sizeOf } from '../core/index.js';
import type { Batch } from '../stream/index.js';

/** Throws a `DataError` unless the batch has the images and labels that the net takes. */
export function assertBatch({ xs, ys }: Batch, shape: ImageShape, classes: number): void {
  const [n, ...found] = xs.shape;
  if (found.join() !== shape.join() || ys.shape.join() !== [n, classes].join()) {
    throw new DataError(
      `a batch has images ${formatShape(found as unknown as ImageShape)} and labels ${ys.shape.join('×')}, but the net takes ` +
        `${formatShape(shape)} and ${n}×${classes}`,
    );
  }
}

/** Throws a `DataError` unless `pixels` are those of `count` images, all finite. */
export function assertPixels(pixels: Float32Array, count: number, shape: ImageShape): void {
  const size = sizeOf(shape);
  if (pixels.length !== count * size) {
    throw new DataError(
      `${count} images of ${formatShape(shape)} need ${count * size} values, not ${pixels.length}`,
    );
  }
  const bad = firstNonFinite(pixels);
  if (bad >= 0) throw new DataError(`image ${Math.floor(bad / size)} holds ${pixels[bad]}`);
}
