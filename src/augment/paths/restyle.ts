import { slerpPoint } from '../../sphere/index.js';
import { chooseDifferences, type LatentPath } from './latentPath.js';

/**
 * One sample in the style of others: its class part stays, and its style part becomes one between those of two base
 * samples of a class, on the great circle through them. Works with one sample a class, and with classes that the encoder has
 * never seen, as far as its class part says all that is theirs. Needs codes with a style part. Not from the poster.
 */
export const restylePath: LatentPath = {
  name: 'restyle',
  samplesNeeded: 1,
  spherical: true,
  baseNeeded: 2,
  styled: true,
  choose: (count, random, base) => chooseDifferences(count, random, base!, 1),
  walk([sample, from, to], omega, styleSize) {
    const styleOf = (code: Float32Array) => code.subarray(code.length - styleSize);
    const code = sample!.slice();
    // Style parts have length √½, which a slerp keeps.
    code.set(slerpPoint(styleOf(from!), styleOf(to!), omega), code.length - styleSize);
    return code;
  },
};
