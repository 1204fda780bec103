/** How a head is held, in degrees, and where it is in the picture. */
export interface Pose {
  /** −90 … 90: 0 looks into the camera, positive to the right of the picture. */
  readonly yaw: number;
  /** Positive looks up. Default 0. */
  readonly pitch?: number;
  /** Positive leans to the right of the picture. Default 0. */
  readonly roll?: number;
  /** Shift right and up, as shares of the picture's side. Default none. */
  readonly shift?: readonly [right: number, up: number];
}

/** Distance of the camera from the axis that heads turn about. */
const DISTANCE = 7.5;
/** Half of the height that the picture shows, and the height of its middle. */
export const HALF_HEIGHT = 1.44;
const MIDDLE = -0.13;

/** A camera before a head that is held in some pose. Everything is in the head's coordinates. */
export interface Camera {
  readonly origin: readonly [x: number, y: number, z: number];
  /**
   * Direction of the ray through a place of the picture plane, which goes through the axis: its middle is (0, 0).
   *
   * @param ray takes the unit vector
   */
  aim(right: number, up: number, ray: Float64Array): void;
}

/** A head nods about its ears, turns, then leans. */
export function cameraBefore({ yaw, pitch = 0, roll = 0, shift = [0, 0] }: Pose): Camera {
  const [cy, sy, cp, sp, cr, sr] = [yaw, -pitch, -roll].flatMap((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return [Math.cos(angle), Math.sin(angle)];
  }) as [number, number, number, number, number, number];
  // The inverse of roll · yaw · pitch takes the camera's coordinates to the head's.
  const [xx, xy, xz] = [cr * cy, sr * cy, -sy];
  const [yx, yy, yz] = [-sr * cp + cr * sy * sp, cr * cp + sr * sy * sp, cy * sp];
  const [zx, zy, zz] = [sr * sp + cr * sy * cp, -cr * sp + sr * sy * cp, cy * cp];
  const [right, up] = [-2 * HALF_HEIGHT * shift[0], -2 * HALF_HEIGHT * shift[1]];
  return {
    origin: [xz * DISTANCE, yz * DISTANCE + MIDDLE, zz * DISTANCE],
    aim: (toRight, toUp, ray) => {
      const px = toRight + right;
      const py = toUp + up;
      const unit = 1 / Math.sqrt(px * px + py * py + DISTANCE * DISTANCE);
      ray[0] = (xx * px + xy * py - xz * DISTANCE) * unit;
      ray[1] = (yx * px + yy * py - yz * DISTANCE) * unit;
      ray[2] = (zx * px + zy * py - zz * DISTANCE) * unit;
    },
  };
}
