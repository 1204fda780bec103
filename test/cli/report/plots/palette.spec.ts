import { describe, expect, it } from 'vitest';
import { palette } from '../../../../src/cli/report/plots/svg.js';

/**
 * How linear RGB looks to people without one kind of cones: Machado, Oliveira and Fernandes (2009), "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.
 */
const visions = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const times = (matrix: readonly (readonly number[])[], values: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * values[i]!, 0));

/** sRGB to CIELAB (D65), as a vision sees it. */
function lab(color: string, vision: readonly (readonly number[])[]): number[] {
  const linear = [1, 3, 5].map((from) => {
    const value = Number.parseInt(color.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const seen = times(vision, linear).map((value) => Math.min(1, Math.max(0, value)));
  const toXyz = [
    [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505],
    [0.2126, 0.7152, 0.0722],
    [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089],
  ];
  const [x, y, z] = times(toXyz, seen).map((t) =>
    t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116,
  );
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

const apart = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, i) => value - b[i]!));

describe('palette', () => {
  // A difference of 2.3 can just be seen side by side; the colors of Okabe and Ito alone keep 16.
  it.each(Object.entries(visions))(
    'has colors of names that are far apart, on white too: %s',
    (_, vision) => {
      const colors = [...palette('categorical', 10), '#ffffff'].map((color) => lab(color, vision));
      for (const [i, a] of colors.entries()) {
        for (const b of colors.slice(i + 1)) expect(apart(a, b)).toBeGreaterThan(15);
      }
    },
  );

  it.each(Object.entries(visions))(
    'has colors of an order that grow lighter all the way: %s',
    (_, vision) => {
      const lightness = palette('ordinal', 13).map((color) => lab(color, vision)[0]!);
      for (const [i, value] of lightness.slice(1).entries()) expect(value).toBeGreaterThan(lightness[i]! + 2);
    },
  );
});
