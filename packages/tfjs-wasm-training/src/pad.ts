import type { TensorInfo } from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { valuesOf } from './simd.js';

/** Zeros around the two spatial axes of NHWC images, as [before, after]. Copies row by row; the stock kernel copies values. */
export function padImages(
  backend: BackendWasm,
  x: TensorInfo,
  [top, bottom]: [number, number],
  [left, right]: [number, number],
): TensorInfo {
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const out = backend.makeOutput([images, top + height + bottom, left + width + right, channels], 'float32');
  const [source, target] = [valuesOf(backend, x), valuesOf(backend, out)];
  const row = width * channels;
  const outRow = (left + width + right) * channels;
  target.fill(0);
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * row;
      const to = (image * (top + height + bottom) + top + y) * outRow + left * channels;
      target.set(source.subarray(from, from + row), to);
    }
  }
  return out;
}
