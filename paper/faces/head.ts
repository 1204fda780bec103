import { ellipsoid, ellipsoidOf, intersect, join, smoothStep, sphere } from './distance.js';
import type { FaceIdentity } from './identity.js';

/**
 * Solid of a stand-in head. It looks along +z, y is up, and +x is on the right of a picture taken from the front.
 * The crown is at about y = 1.15, the chin at −1.1, and the axis x = z = 0 goes through the ears' height and the neck.
 */
export interface Head {
  /** Signed distance to the nearer of skin (with clothes) and hair. */
  distance(x: number, y: number, z: number): number;
  /** Distance to the skin minus distance to the hair: positive where hair is visible. */
  hairiness(x: number, y: number, z: number): number;
}

/** All of the head and shoulders lies within this distance of the axis x = z = 0. */
export const HEAD_RADIUS = 1.62;

/** Signed distance to a part of the body, given the distance to the skull at that point. */
type Part = (skull: number, x: number, y: number, z: number) => number;

/** Builds a head. Mirrored parts are evaluated once, on |x| with its crease rounded. */
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
    // Ears lean back, and are evaluated only near them.
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
    // No hair below the hairline, which leans to the side of the parting, or in front of the temples.
    const above = y - 0.7 - line - lean * x + 0.25 * x * x;
    const behind = (short ? 0.3 : 0.36) - z - 0.16 * y;
    const within = -join(-above, -behind, 0.3);
    // Hair grows thicker away from the hairline, so that it does not look like a cap, and toward the crown.
    const growth = smoothStep(-0.04, 0.34, within);
    const height = short ? 0.35 + 0.65 * smoothStep(-0.1, 0.9, y) : 0.7 + 0.3 * smoothStep(-0.1, 0.9, y);
    let d = top + 0.03 - (volume * height + 0.03) * growth;
    if (style === 'long') {
      d = join(d, intersect(ellipsoid(fall, x, y, z), -within, 0.1), 0.25);
    } else if (short) {
      // It ends at the neck, rises toward the ears and leaves them free.
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

/** Positions of features that are both shaped and painted, in the head's coordinates. */
export interface Landmarks {
  /** Height of the eyes. */
  readonly eyeY: number;
  /** Height between the lips. */
  readonly lipY: number;
  /** Height of the tip of the nose. */
  readonly noseY: number;
}

const NOSE_TOP = 0.1;

export function landmarksOf({ mouth, nose }: FaceIdentity): Landmarks {
  return { eyeY: 0.04, lipY: -0.6 + mouth.height, noseY: NOSE_TOP - 0.4 * nose.length };
}

/**
 * Adds cheeks, brows, eyes, nose and mouth to the bare head.
 *
 * @returns a function of the distance to the bare head and a point, with |x| beside x
 */
function shapeFront(
  identity: FaceIdentity,
): (body: number, x: number, ax: number, y: number, z: number) => number {
  const { cheeks, nose, eyes, mouth } = identity;
  const { eyeY, lipY, noseY } = landmarksOf(identity);
  const cheek = ellipsoidOf([0.36, -0.22, 0.46], [0.25, 0.26, 0.24 + cheeks]);
  const brow = ellipsoidOf([0.26, 0.2, 0.66], [0.3, 0.09, 0.15]);
  const socket = ellipsoidOf([eyes.spacing, eyeY, 0.95], [0.2, 0.12, 0.2]);
  const muzzle = ellipsoidOf([0, lipY, 0.68], [0.24 * mouth.width, 0.17, 0.15]);
  const upperLip = ellipsoidOf([0, lipY + 0.045, 0.77], [0.2 * mouth.width, 0.055 * mouth.fullness, 0.075]);
  const lowerLip = ellipsoidOf([0, lipY - 0.055, 0.75], [0.17 * mouth.width, 0.063 * mouth.fullness, 0.08]);
  const rise = 0.2 * nose.height;
  const run = NOSE_TOP - noseY;
  const square = run * run + rise * rise;
  const wingZ = 0.8 + 0.3 * rise;

  return (body, x, ax, y, z) => {
    let d = join(body, ellipsoid(cheek, ax, y, z), 0.22);
    if (y > -0.3) {
      d = join(d, ellipsoid(brow, ax, y, z), 0.16);
      d = intersect(d, -ellipsoid(socket, ax, y, z), 0.16);
      d = join(d, sphere(ax - eyes.spacing, y - eyeY, z - 0.6, 0.2), 0.03);
    }
    // The bridge of the nose is a cone with rounded ends: the nearest point on its axis, then the radius there.
    const ny = y - NOSE_TOP;
    const nz = z - 0.79;
    const along = Math.min(1, Math.max(0, (nz * rise - ny * run) / square));
    const radius = (0.07 + 0.035 * along) * (0.5 + 0.5 * nose.width);
    d = join(d, sphere(x, ny + along * run, nz - along * rise, radius), 0.13);
    if (y > -0.15) return d;
    d = join(d, sphere(ax - 0.1 * nose.width, y - noseY + 0.02, z - wingZ, 0.06), 0.1);
    d = join(d, ellipsoid(muzzle, x, y, z), 0.14);
    d = join(d, ellipsoid(upperLip, x, y, z), 0.04);
    return join(d, ellipsoid(lowerLip, x, y, z), 0.04);
  };
}
