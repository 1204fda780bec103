import { slerpPoint } from '../../sphere/index.js';
import { choosePair, type LatentPath } from './latentPath.js';

/** From the second sample on, by up to half the way between the two. Our reading. */
const REACH = [1, 1.5] as const;

/**
 * On the great circle through two samples of a class, past the second: what sets it apart from the first, and more of
 * that. Not from the poster.
 */
export const extrapolatePath: LatentPath = {
  name: 'extrapolate',
  samplesNeeded: 2,
  spherical: true,
  baseNeeded: 0,
  reach: REACH,
  choose(count, random) {
    const { parents, omega } = choosePair(count, random);
    return { parents, omega: REACH[0] + (REACH[1] - REACH[0]) * omega };
  },
  walk: ([from, to], omega) => slerpPoint(from!, to!, omega),
};
