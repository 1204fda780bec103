import { slerpPoint } from '../../sphere/index.js';
import { choosePair, type LatentPath } from './latentPath.js';

/** Along the great circle through two samples of a class: ATNL's spherical semantic interpolation (poster, figure 4). */
export const slerpPath: LatentPath = {
  name: 'slerp',
  samplesNeeded: 2,
  spherical: true,
  baseNeeded: 0,
  choose: choosePair,
  walk: ([from, to], omega) => slerpPoint(from!, to!, omega),
};
