import { randomStream } from '../../src/core/random.js';
import type { Pose } from './camera.js';

/** How far one take of a head differs from another of the same yaw, as standard deviations. */
const DEVIATIONS = { yaw: 2.5, pitch: 3, roll: 2, shift: 0.012 };

/**
 * The pose of one take: nobody sits perfectly still or exactly where a camera expects them.
 *
 * @param amount 0 holds every head exactly; 1 is natural
 * @param keys name the take, so that it is the same whatever else is rendered
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
