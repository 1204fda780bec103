import { lerpPoint } from '../../sphere/index.js';
import { choosePair, type LatentPath } from './latentPath.js';

/** Along the straight line between two samples of a class, through the inside of the sphere: the poster's ATNL*. */
export const lerpPath: LatentPath = {
  name: 'lerp',
  samplesNeeded: 2,
  spherical: false,
  baseNeeded: 0,
  choose: choosePair,
  walk: ([from, to], omega) => lerpPoint(from!, to!, omega),
};
