import { carryPoint } from '../../sphere/index.js';
import { chooseDifferences, type LatentPath } from './latentPath.js';

/**
 * From one sample along a difference that two base samples of one class show: the tangent from the one to the other is
 * carried to the sample by parallel transport, and a share of it is walked. It moves how samples of a class differ from
 * classes that the encoder knows to others, and works with one sample a class. Not from the poster.
 */
export const transportPath: LatentPath = {
  name: 'transport',
  samplesNeeded: 1,
  spherical: true,
  baseNeeded: 2,
  choose: (count, random, base) => chooseDifferences(count, random, base!, 1),
  walk: ([sample, from, to], omega) => carryPoint(from!, to!, sample!, omega),
};
