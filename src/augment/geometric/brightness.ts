import type { ImageTransform } from './transform.js';

/** Multiplies every value by one factor, uniform in 1 ± `amount`; results stay in [0, 1]. */
export function brightness(amount = 0.2): ImageTransform {
  return {
    name: 'brightness',
    apply({ pixels }, random) {
      const factor = 1 + random.uniform(-amount, amount);
      return pixels.map((value) => Math.min(1, Math.max(0, value * factor)));
    },
  };
}
