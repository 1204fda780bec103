import { scatterPoint } from '../../sphere/index.js';
import { chooseDifferences, type LatentPath } from './latentPath.js';

/** Differences that add up to one movement: enough to look like noise, few enough to be listed with an image. */
const PAIRS = 4;

/**
 * Around one sample, by noise that has the covariance of the base classes: differences of four pairs of base samples, carried
 * to it by parallel transport and added up, and a share of that is walked. A difference of two samples of a class has twice
 * the covariance of the class, which 1 / √(2 · 4) makes up for. Like `transport` it works with one sample a class, but
 * moves every way at once and not as far. Not from the poster.
 */
export const tangentPath: LatentPath = {
  name: 'tangent',
  samplesNeeded: 1,
  spherical: true,
  baseNeeded: 2 * PAIRS,
  choose: (count, random, base) => chooseDifferences(count, random, base!, PAIRS),
  walk: ([sample, ...base], omega) => scatterPoint(base, sample!, omega / Math.sqrt(2 * PAIRS)),
};
