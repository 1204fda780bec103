import * as v from 'valibot';
import { checkOptions, type ImageTransform, within } from './transform.js';

export interface NoiseOptions {
  /** Standard deviation of what is added to each value, 0 to 1. Default 0.05. */
  readonly deviation?: number;
}

export const noiseSchema = v.strictObject({ deviation: v.optional(within(0, 1), 0.05) });

/**
 * Adds Gaussian noise of mean 0, drawn for each value on its own; results are clipped to [0, 1].
 *
 * @throws UsageError for an option out of range
 */
export function noise(options: NoiseOptions = {}): ImageTransform {
  const checked = checkOptions('noise', noiseSchema, options);
  const { deviation } = checked;
  return {
    name: 'noise',
    options: checked,
    apply({ pixels }, random) {
      const result = new Float32Array(pixels.length);
      // Box and Muller make two normal numbers of two uniform ones; a stream's own `normal` throws the second away.
      for (let i = 0; i < pixels.length; i += 2) {
        const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.uniform()));
        const angle = 2 * Math.PI * random.uniform();
        result[i] = Math.min(1, Math.max(0, pixels[i]! + radius * Math.cos(angle)));
        if (i + 1 < pixels.length) {
          result[i + 1] = Math.min(1, Math.max(0, pixels[i + 1]! + radius * Math.sin(angle)));
        }
      }
      return result;
    },
  };
}
