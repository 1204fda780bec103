import type { Head } from './head.js';
import type { Surface } from './surface.js';

/** Direction of a light, in degrees around and above the front of the head. It does not move with the camera. */
export interface Light {
  /** 0 is in front of the face; positive is on the side that shows at positive yaws. */
  readonly azimuth: number;
  /** 0 is level with the face, 90 above the crown. */
  readonly elevation: number;
}

/** Seven lights around the head, from the front to both sides. */
export const standardLights: readonly Light[] = [
  { azimuth: 0, elevation: 15 },
  { azimuth: -25, elevation: 20 },
  { azimuth: 25, elevation: 20 },
  { azimuth: -50, elevation: 15 },
  { azimuth: 50, elevation: 15 },
  { azimuth: -75, elevation: 10 },
  { azimuth: 75, elevation: 10 },
];

/** Unit vector from the head toward the light, in the head's coordinates. */
export function lightDirection({ azimuth, elevation }: Light): readonly [number, number, number] {
  const [around, up] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  // Positive yaws show the side at −x.
  return [-Math.sin(around) * Math.cos(up), Math.sin(up), Math.cos(around) * Math.cos(up)];
}

/**
 * Light that a point of the head sends along a ray, in [0, 1], as a gray value of a picture (gamma 2): one broad lamp with soft
 * shadows, ambient light that is weaker in hollows, and a highlight.
 */
export function shadePoint(
  { distance }: Head,
  { shade, gloss }: Surface,
  light: readonly [number, number, number],
  ray: Float64Array,
  x: number,
  y: number,
  z: number,
  h: number,
): number {
  const [lx, ly, lz] = light;
  const dx = ray[0]!;
  const dy = ray[1]!;
  const dz = ray[2]!;
  // Gradient from the corners of a tetrahedron smaller than a pixel. It is mirrored for the other half of the head, so that a
  // symmetric head is shaded alike on both sides.
  const w = x < 0 ? -h : h;
  const d1 = distance(x + w, y - h, z - h);
  const d2 = distance(x - w, y - h, z + h);
  const d3 = distance(x - w, y + h, z - h);
  const d4 = distance(x + w, y + h, z + h);
  let nx = x < 0 ? d2 + d3 - d1 - d4 : d1 + d4 - d2 - d3;
  let ny = d3 + d4 - d1 - d2;
  let nz = d2 + d4 - d1 - d3;
  const norm = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
  nx *= norm;
  ny *= norm;
  nz *= norm;
  const room = distance(x + 0.14 * nx, y + 0.14 * ny, z + 0.14 * nz) / 0.14;
  const open = 0.45 + 0.55 * Math.min(1, Math.max(0, room));
  const facing = Math.max(0, -(nx * dx + ny * dy + nz * dz));
  const ambient = (0.2 + 0.06 * ny + 0.14 * facing) * open;

  const towards = nx * lx + ny * ly + nz * lz;
  let clear = 1;
  if (towards > -0.1) {
    // Smallest distance along the ray to the lamp, relative to the length of the ray.
    for (let s = 0.08; s < 0.7 && clear > 0.02; s *= 1.75) {
      const d = distance(x + 0.03 * nx + s * lx, y + 0.03 * ny + s * ly, z + 0.03 * nz + s * lz);
      clear = Math.min(clear, Math.max(0, 0.15 + (5 * d) / s));
    }
  }
  const direct = Math.max(0, (towards + 0.15) / 1.15) * clear;
  const hx = lx - dx;
  const hy = ly - dy;
  const hz = lz - dz;
  const half = Math.max(0, (nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz));
  // half²⁴ by products only, which are equal on every machine.
  const half4 = half * half * half * half;
  const half8 = half4 * half4;
  const shine = half8 * half8 * half8;
  return Math.sqrt(Math.min(1, shade * (1.05 * direct + ambient) + 0.5 * gloss * clear * shine));
}
