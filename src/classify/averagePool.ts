import * as tf from '@tensorflow/tfjs';

const SIDE = 2;

/**
 * 2×2 average pool with stride 2. Where the windows tile the maps exactly, its gradient is a quarter of each value
 * spread over its window: a copy, which on wasm is several times faster than the stock gradient.
 */
export function averagePool(maps: tf.Tensor4D): tf.Tensor4D {
  const [, height, width, channels] = maps.shape;
  if (height % SIDE !== 0 || width % SIDE !== 0) return tf.avgPool(maps, SIDE, SIDE, 'same');
  const pool = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([]);
    const gradFunc = (dy: tf.Tensor) =>
      tf
        .mul(dy, 1 / SIDE ** 2)
        .reshape([-1, 1, width / SIDE, 1, channels])
        .tile([1, SIDE, 1, SIDE, 1])
        .reshape(maps.shape);
    return { value: tf.avgPool(x as tf.Tensor4D, SIDE, SIDE, 'same'), gradFunc };
  });
  return pool(maps) as tf.Tensor4D;
}
