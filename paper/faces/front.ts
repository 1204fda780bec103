import { ellipsoid, ellipsoidOf, intersect, join, sphere } from './distance.js';
import type { FaceIdentity } from './identity.js';

/** Where features lie that are both shaped and painted, in the head's coordinates. */
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
 * Adds cheeks, brows, eyes, nose and mouth to the distance of the bare head.
 *
 * @returns a function of that distance and a point, with |x| beside x
 */
export function shapeFront(
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
    // The bridge of the nose is a cone with rounded ends: the nearest place on its axis, then the radius there.
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
