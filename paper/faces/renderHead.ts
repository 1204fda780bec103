import { cameraBefore, HALF_HEIGHT, type Pose } from './camera.js';
import { smoothStep } from './distance.js';
import { HEAD_RADIUS, shapeHead } from './head.js';
import type { FaceIdentity } from './identity.js';
import { type Light, lightDirection, shadePoint } from './light.js';
import { paintHead } from './surface.js';

/** Side of a tile in pixels. Its rays start where a cone around all of them would touch something. */
const TILE = 4;
const MAX_STEPS = 48;
const NOTHING = Number.POSITIVE_INFINITY;

/**
 * Draws one identity by ray marching, one ray a pixel. The shapes are built once; each call draws a picture of `size` × `size`
 * bytes, row by row.
 */
export function headRenderer(identity: FaceIdentity, size: number): (pose: Pose, light: Light) => Uint8Array {
  const head = shapeHead(identity);
  const paint = paintHead(head, identity);
  const { distance } = head;
  const pixel = (2 * HALF_HEIGHT) / size;
  const ray = new Float64Array(3);

  return (pose, light) => {
    const camera = cameraBefore(pose);
    const [ox, oy, oz] = camera.origin;
    const lamp = lightDirection(light);

    /** Distance along the ray at which a cone of this radius first touches something. */
    const reach = (radius: number): number => {
      const dx = ray[0]!;
      const dy = ray[1]!;
      const dz = ray[2]!;
      // Intersection with the upright cylinder around the head.
      const wide = HEAD_RADIUS + radius;
      const a = dx * dx + dz * dz;
      const b = ox * dx + oz * dz;
      const within = b * b - a * (ox * ox + oz * oz - wide * wide);
      if (within <= 0) return NOTHING;
      const last = (Math.sqrt(within) - b) / a;
      let t = -(Math.sqrt(within) + b) / a;
      while (t < last) {
        const d = distance(ox + t * dx, oy + t * dy, oz + t * dz) - radius;
        if (d < 0.02) return t;
        t += 0.9 * d;
      }
      return NOTHING;
    };

    const trace = (start: number, behind: number): number => {
      const dx = ray[0]!;
      const dy = ray[1]!;
      const dz = ray[2]!;
      let t = start;
      let at = start;
      let nearest = NOTHING;
      for (let step = 0; step < MAX_STEPS && t < start + 2 * HEAD_RADIUS; step++) {
        const d = distance(ox + t * dx, oy + t * dy, oz + t * dz);
        if (d < nearest) {
          nearest = d;
          at = t;
        }
        if (d < 0.002) break;
        t += d;
      }
      // A ray that passes within a pixel of the surface shows part of the edge.
      const cover = 1 - smoothStep(0, 0.95 * pixel, nearest);
      if (cover === 0) return behind;
      const x = ox + at * dx;
      const y = oy + at * dy;
      const z = oz + at * dz;
      const seen = shadePoint(head, paint(x, y, z, pixel), lamp, ray, x, y, z, 0.35 * pixel);
      return behind + (seen - behind) * cover;
    };

    const bytes = new Uint8Array(size * size);
    for (let top = 0; top < size; top += TILE) {
      for (let left = 0; left < size; left += TILE) {
        const middle = TILE / 2 - size / 2;
        camera.aim((left + middle) * pixel, -(top + middle) * pixel, ray);
        const start = reach((0.71 * TILE + 1) * pixel);
        for (let row = top; row < Math.min(size, top + TILE); row++) {
          for (let column = left; column < Math.min(size, left + TILE); column++) {
            const right = (column + 0.5 - size / 2) * pixel;
            const up = (size / 2 - row - 0.5) * pixel;
            let value = background(right, up);
            if (start < NOTHING) {
              camera.aim(right, up, ray);
              value = trace(start, value);
            }
            bytes[row * size + column] = Math.round(255 * value);
          }
        }
      }
    }
    return bytes;
  };
}

/** Gray wall, slightly darker toward the corners. */
function background(right: number, up: number): number {
  return 0.68 - (0.06 * (right * right + up * up)) / (HALF_HEIGHT * HALF_HEIGHT);
}
