import type { TensorInfo } from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Taps } from './geometry.js';
import { addressOf, simdOf, valuesOf } from './simd.js';

/** Along one axis: what each target position reads, and how far one tap moves in the source and in the filter. */
export interface Slide {
  tapsAt(position: number): Taps;
  sourceStep: number;
  filterStep: number;
}

/** A filter sliding over images: conv2d forwards, or its gradient backwards. All tensors are NHWC. */
export interface SlidingFilter {
  source: TensorInfo;
  target: TensorInfo;
  filter: TensorInfo;
  /** `in-out`: the filter is [h, w, source channels, target channels]; `out-in`: the last two are swapped. */
  filterLayout: 'in-out' | 'out-in';
  vertical: Slide;
  horizontal: Slide;
}

/**
 * Computes the target one position at a time, all images of the batch together: they see the same taps there, so the
 * borders need no padding, and an image is a row of one matrix product.
 */
export function slideFilter(backend: BackendWasm, pass: SlidingFilter): void {
  const { source, target, filter, vertical, horizontal } = pass;
  const simd = simdOf(backend);
  const [images, sourceHeight, sourceWidth, sourceChannels] = source.shape as [
    number,
    number,
    number,
    number,
  ];
  const [, targetHeight, targetWidth, targetChannels] = target.shape as [number, number, number, number];
  const [sourceAt, filterAt, targetAt] = [source, filter, target].map((tensor) =>
    addressOf(backend, tensor),
  ) as [number, number, number];
  const sourcePixel = sourceChannels * 4;
  const targetPixel = targetChannels * 4;
  const tapBytes = sourceChannels * targetPixel;
  const filterRow = filter.shape[1]! * tapBytes;
  const byDot = pass.filterLayout === 'out-in';
  // Neighbouring taps that are neighbours in both operands make one longer sum.
  const merged = !byDot && horizontal.sourceStep === 1 && horizontal.filterStep === 1;
  const across = Array.from({ length: targetWidth }, (_, column) => horizontal.tapsAt(column));
  const sourceSteps = [vertical.sourceStep * sourceWidth * sourcePixel, horizontal.sourceStep * sourcePixel];
  const filterSteps = [vertical.filterStep * filterRow, horizontal.filterStep * tapBytes];
  // A stride wider than the filter skips positions altogether, which then hold zero.
  if (!everyPositionReads(vertical, targetHeight) || !everyPositionReads(horizontal, targetWidth)) {
    valuesOf(backend, target).fill(0);
  }

  for (let row = 0; row < targetHeight; row++) {
    const down = vertical.tapsAt(row);
    across.forEach((along, column) => {
      if (down.count * along.count === 0) return;
      simd.contract(byDot ? 'dot' : 'sum', {
        a: sourceAt + (down.from * sourceWidth + along.from) * sourcePixel,
        b: filterAt + down.tap * filterRow + along.tap * tapBytes,
        c: targetAt + (row * targetWidth + column) * targetPixel,
        rows: images,
        columns: targetChannels,
        aRow: sourceHeight * sourceWidth * sourcePixel,
        cRow: targetHeight * targetWidth * targetPixel,
        counts: merged
          ? [1, down.count, along.count * sourceChannels]
          : [down.count, along.count, sourceChannels],
        aSteps: merged ? [0, sourceSteps[0]!, 4] : [sourceSteps[0]!, sourceSteps[1]!, 4],
        bSteps: merged
          ? [0, filterSteps[0]!, targetPixel]
          : [filterSteps[0]!, filterSteps[1]!, byDot ? 4 : targetPixel],
        bColumn: byDot ? sourcePixel : 4,
        accumulate: false,
      });
    });
  }
}

function everyPositionReads(slide: Slide, positions: number): boolean {
  for (let position = 0; position < positions; position++)
    if (slide.tapsAt(position).count === 0) return false;
  return true;
}
