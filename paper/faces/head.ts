import { ellipsoid, ellipsoidOf, intersect, join, smoothStep, sphere } from './distance.js';
import { shapeFront } from './front.js';
import type { FaceIdentity } from './identity.js';

/**
 * The solid of a stand-in head. It looks along +z, y is up, and +x is on the right of a picture taken from the front.
 * The crown is at about y = 1.15, the chin at −1.1, and the axis x = z = 0 goes through the ears' height and the neck.
 */
export interface Head {
  /** Signed distance to whatever is nearer: skin and clothes, or hair. */
  distance(x: number, y: number, z: number): number;
  /** How much nearer the hair is than the skin: positive where hair is seen. */
  hairiness(x: number, y: number, z: number): number;
}

/** All of the head and shoulders lies within this distance of the axis x = z = 0. */
export const HEAD_RADIUS = 1.62;

/** A part of the body at a point at which the skull's distance is known already. */
type Part = (skull: number, x: number, y: number, z: number) => number;

/** Mirrored parts are worked out once, on |x| with its crease rounded away. */
export function shapeHead(identity: FaceIdentity): Head {
  const [width, height, depth] = identity.skull;
  const skull = ellipsoidOf([0, 0.3, -0.15], [0.76 * width, 0.85 * height, 0.98 * depth]);
  const skin = shapeSkin(identity);
  if (identity.hair.style === 'bald') {
    return { distance: (x, y, z) => skin(ellipsoid(skull, x, y, z), x, y, z), hairiness: () => -1 };
  }
  const hair = shapeHair(identity);
  return {
    distance: (x, y, z) => {
      const d = ellipsoid(skull, x, y, z);
      return Math.min(skin(d, x, y, z), hair(d, x, y, z));
    },
    hairiness: (x, y, z) => {
      const d = ellipsoid(skull, x, y, z);
      return skin(d, x, y, z) - hair(d, x, y, z);
    },
  };
}

function shapeSkin(identity: FaceIdentity): Part {
  const { jaw, chin, ears } = identity;
  const width = identity.skull[0];
  const neck = 0.4 * identity.neck;
  const front = shapeFront(identity);
  const face = ellipsoidOf([0, -0.22, 0.12], [0.64 * jaw, 0.86, 0.7]);
  const chinTip = ellipsoidOf([0, -0.9 - chin, 0.4 + chin], [0.2 * jaw, 0.16, 0.18]);
  const shoulders = ellipsoidOf([0, -2.02, -0.4], [1.3, 0.66, 0.6]);
  const lobe = ellipsoidOf([0.81 * width, -0.02, -0.14], [0.085, 0.22 * ears, 0.13 * ears]);
  const hollow = ellipsoidOf([0.89 * width, 0.02, -0.09], [0.06, 0.13 * ears, 0.065 * ears]);
  return (skull, x, y, z) => {
    const ax = Math.sqrt(x * x + 0.0004);
    let d = join(skull, ellipsoid(face, x, y, z), 0.3);
    if (y < -0.3) {
      d = join(d, ellipsoid(chinTip, x, y, z), 0.26);
      const axis = z + 0.24 - 0.14 * y;
      d = join(d, intersect(Math.sqrt(x * x + axis * axis) - neck, y + 0.5, 0.2), 0.16);
      d = join(d, ellipsoid(shoulders, x, y, z), 0.3);
    }
    // Ears lean back; only points near them are measured against them.
    if (sphere(ax - 0.8 * width, y, z + 0.12, 0.3 * ears) < d + 0.08) {
      const lean = 0.3 * (z + 0.12);
      const ear = intersect(ellipsoid(lobe, ax, y - lean, z), -ellipsoid(hollow, ax, y - lean, z), 0.04);
      d = join(d, ear, 0.08);
    }
    return sphere(x, y + 0.22, z - 0.62, 0.62) < d + 0.22 ? front(d, x, ax, y, z) : d;
  };
}

function shapeHair({ skull, ears, hair }: FaceIdentity): Part {
  const { style, parting, line } = hair;
  const short = style === 'cropped' || style === 'short';
  const volume = style === 'cropped' ? 0.025 : short ? 0.6 * hair.volume + 0.03 : hair.volume + 0.04;
  const waves = style === 'cropped' ? 0 : hair.curl;
  const lean = 0.2 * parting;
  const ear = ellipsoidOf([0.84 * skull[0], -0.04, -0.13], [0.3, 0.27 * ears, 0.19 * ears]);
  const fall = ellipsoidOf([0, -0.62, -0.45], [0.82 * skull[0] + 0.4 * volume, 1.1, 0.48]);
  return (top, x, y, z) => {
    if (top > 1) return top - 0.4;
    // The face stays free below the hairline, which leans to the side of the parting, and before the temples.
    const above = y - 0.7 - line - lean * x + 0.25 * x * x;
    const behind = (short ? 0.3 : 0.36) - z - 0.16 * y;
    const within = -join(-above, -behind, 0.3);
    // Hair grows thicker away from the hairline, so that it does not sit there like a cap, and towards the crown.
    const growth = smoothStep(-0.04, 0.34, within);
    const height = short ? 0.35 + 0.65 * smoothStep(-0.1, 0.9, y) : 0.7 + 0.3 * smoothStep(-0.1, 0.9, y);
    let d = top + 0.03 - (volume * height + 0.03) * growth;
    if (style === 'long') {
      d = join(d, intersect(ellipsoid(fall, x, y, z), -within, 0.1), 0.25);
    } else if (short) {
      // It ends in the neck, rises towards the ears and leaves them free.
      d = intersect(d, -0.02 - y + 0.38 * z, 0.14);
      d = intersect(d, -ellipsoid(ear, Math.abs(x), y, z), 0.08);
    } else {
      d = intersect(d, -0.42 - y - 0.15 * z, 0.16);
    }
    if (waves > 0 && d < 3 * waves) {
      d += growth * waves * (Math.cos(11 * x) * Math.sin(10 * y + 3 * z) * Math.sin(11 * z) - 0.3);
    }
    return d;
  };
}
