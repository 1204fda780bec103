import { meanPoint } from '../../sphere/index.js';
import { chooseThree, type LatentPath } from './latentPath.js';

/**
 * The Fréchet mean of three samples of a class with the weights 1 − ω, ω / 2 and ω / 2: from the first sample at 0 by way of
 * the middle of all three at 2/3 to the middle of the other two. It fills the triangle that slerps draw the edges of. Not
 * from the poster.
 */
export const meanPath: LatentPath = {
  name: 'mean',
  samplesNeeded: 3,
  spherical: true,
  baseNeeded: 0,
  choose: chooseThree,
  walk: (codes, omega) => meanPoint(codes, [1 - omega, omega / 2, omega / 2]),
};
