import { randomStream } from '../../src/core/random.js';

/** Pose of a head, in degrees, and its shift in the picture. */
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
/** Half the height of the picture, and the height of its center. */
export const HALF_HEIGHT = 1.44;
const MIDDLE = -0.13;

/** Camera in front of a posed head, in the head's coordinates. */
export interface Camera {
  readonly origin: readonly [x: number, y: number, z: number];
  /**
   * Direction of the ray through a point of the picture plane, which contains the axis. The center is (0, 0).
   *
   * @param ray receives the unit vector
   */
  aim(right: number, up: number, ray: Float64Array): void;
}

/** Camera for a pose: a head nods about its ears, turns, then leans. */
export function cameraBefore({ yaw, pitch = 0, roll = 0, shift = [0, 0] }: Pose): Camera {
  const [cy, sy, cp, sp, cr, sr] = [yaw, -pitch, -roll].flatMap((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return [Math.cos(angle), Math.sin(angle)];
  }) as [number, number, number, number, number, number];
  // The inverse of roll · yaw · pitch maps the camera's coordinates to the head's.
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

/** Standard deviations between takes of a head at the same yaw. */
const DEVIATIONS = { yaw: 2.5, pitch: 3, roll: 2, shift: 0.012 };

/**
 * Pose of one take, which varies a little around the yaw.
 *
 * @param amount 0 holds every head exactly; 1 is natural
 * @param keys name of the take's random stream, so that it does not depend on what else is rendered
 */
export function takePose(yaw: number, amount: number, ...keys: readonly (number | string)[]): Pose {
  if (amount === 0) return { yaw };
  const stream = randomStream(...keys);
  const off = (deviation: number) => amount * deviation * Math.max(-2.2, Math.min(2.2, stream.normal()));
  return {
    yaw: yaw + off(DEVIATIONS.yaw),
    pitch: off(DEVIATIONS.pitch),
    roll: off(DEVIATIONS.roll),
    shift: [off(DEVIATIONS.shift), off(DEVIATIONS.shift)],
  };
}
