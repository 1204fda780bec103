import type { DepthToSpaceAttrs, KernelConfig } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { composed, fallBack, viewAs, wasmKernel } from './kernel.js';

/** depthToSpace as one transpose of four axes, for which the backend has a fast path. */
export function depthToSpace(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x', DepthToSpaceAttrs>(tf.DepthToSpace, (args) => {
    const { inputs, attrs, backend } = args;
    if (attrs.dataFormat !== 'NHWC') return fallBack(stock, args);
    const [images, height, width, depth] = inputs.x.shape as [number, number, number, number];
    const block = attrs.blockSize;
    const channels = depth / block ** 2;
    return composed(backend, (run) => {
      const x = viewAs(inputs.x, [images * height, width, block, block * channels]);
      const turned = run(tf.Transpose, { x }, { perm: [0, 2, 1, 3] });
      return viewAs(turned, [images, height * block, width * block, channels]);
    });
  });
}
