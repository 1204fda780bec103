import { type RandomStream, randomStream } from '../../../src/core/random.js';
import type { Pixels } from '../../../src/data/decode/pixels.js';

/** Changes of a camera between two frames: shifts as shares of the side, turn in radians. */
export interface Camera {
  readonly right?: number;
  readonly down?: number;
  readonly zoom?: number;
  readonly turn?: number;
  readonly brightness?: number;
  readonly contrast?: number;
  /** Standard deviation of noise. */
  readonly noise?: number;
}

/** A scene of colored ellipses on a colored ground, drawn in unit coordinates, so that a camera can move over it. */
export function sceneOf(...keys: readonly (number | string)[]): (camera?: Camera, side?: number) => Pixels {
  const stream = randomStream('scene', ...keys);
  const color = () => [stream.uniform(), stream.uniform(), stream.uniform()];
  const ground = color();
  const blobs = Array.from({ length: 24 }, () => ({
    ...{ x: stream.uniform(-0.2, 1.2), y: stream.uniform(-0.2, 1.2) },
    ...{ wide: stream.uniform(0.04, 0.25), high: stream.uniform(0.04, 0.25), color: color() },
  }));
  const at = (x: number, y: number) =>
    blobs.findLast((blob) => ((x - blob.x) / blob.wide) ** 2 + ((y - blob.y) / blob.high) ** 2 < 1)?.color ??
    ground;
  return (camera = {}, side = 48) =>
    photograph(at, camera, side, randomStream('noise', ...keys, JSON.stringify(camera)));
}

function photograph(
  at: (x: number, y: number) => readonly number[],
  { right = 0, down = 0, zoom = 1, turn = 0, brightness = 1, contrast = 1, noise = 0.01 }: Camera,
  side: number,
  stream: RandomStream,
): Pixels {
  const pixels = new Float32Array(side * side * 3);
  const [cos, sin] = [Math.cos(turn) / zoom, Math.sin(turn) / zoom];
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      // Four samples a pixel soften the edges.
      const sum = [0, 0, 0];
      for (const [dx, dy] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ] as const) {
        const [u, v] = [(column + dx) / side - 0.5, (row + dy) / side - 0.5];
        const seen = at(cos * u - sin * v + 0.5 + right, sin * u + cos * v + 0.5 + down);
        for (let c = 0; c < 3; c++) sum[c]! += seen[c]! / 4;
      }
      for (let c = 0; c < 3; c++) {
        const value = ((sum[c]! - 0.5) * contrast + 0.5) * brightness + noise * stream.normal();
        pixels[i++] = Math.min(1, Math.max(0, value));
      }
    }
  }
  return { pixels, shape: [side, side, 3] };
}

/** An image of independent noise around a color. */
export function noiseAround(
  color: readonly number[],
  deviation: number,
  ...keys: readonly (number | string)[]
): Pixels {
  const stream = randomStream('noise', ...keys);
  const pixels = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) =>
    Math.min(1, Math.max(0, color[i % 3]! + deviation * stream.normal())),
  );
  return { pixels, shape: [64, 64, 3] };
}
