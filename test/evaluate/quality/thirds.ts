import type { ImageShape } from '../../../src/core/image.js';
import { randomStream } from '../../../src/core/random.js';
import { type ImageSource, setSource } from '../../../src/data/imageSource.js';
import { tinyArchitecture } from '../../models/tiny.js';

export const classes = ['top', 'middle', 'bottom'];

/** Noise with a bright third, whose name is the class. Default shape: that of tiny models. */
export function thirds(
  count: number,
  seed: number,
  shape: ImageShape = tinyArchitecture.imageShape,
): ImageSource {
  const random = randomStream(seed, 'thirds');
  const size = shape[0] * shape[1];
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Float32Array.from(
    { length: count * size },
    (_, at) =>
      random.uniform(0, 0.5) +
      (Math.floor((3 * (at % size)) / size) === labels[Math.floor(at / size)] ? 0.4 : 0),
  );
  return setSource({ pixels, shape, labels, classes });
}
