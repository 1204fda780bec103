import { describe, expect, it } from 'vitest';
import { armNames, defaultArms } from '../../../src/evaluate/arms/arms.js';
import { armsFor } from '../../../src/evaluate/arms/armsFor.js';
import type { Model } from '../../../src/models/model.js';

/** What arms ask of a model. */
const model = (changes: object): Model =>
  ({
    ...{ card: { name: 'own', data: {} }, imageShape: [28, 28, 1], latentSize: 8, styleSize: 2 },
    ...{ latentSpace: 'sphere', base: { classes: [Int32Array.of(0, 1)] }, ...changes },
  }) as unknown as Model;

describe('armsFor', () => {
  it('leaves all to a model that has all', () => {
    expect(armsFor(armNames, model({}))).toEqual({ arms: armNames, notes: [] });
  });

  it.each<[string, Model | undefined, string[], string]>([
    [
      'a style part',
      model({ styleSize: 0 }),
      ['restyle', 'restyle+geometric+labels'],
      'with own: codes have no style part.',
    ],
    [
      'base codes',
      model({ base: undefined }),
      ['restyle', 'restyle+geometric+labels'],
      'with own: it holds no base codes.',
    ],
    [
      'a sphere',
      model({ latentSpace: 'plane' }),
      ['atnl', 'restyle', 'restyle+geometric+labels', 'codes'],
      'with own: codes are on no sphere.',
    ],
    [
      'a style part, as encoders of episodes do',
      undefined,
      ['restyle', 'restyle+geometric+labels'],
      'with encoders of episodes: codes have no style part.',
    ],
  ])('leaves out, in one sentence, what needs more of a model without %s', (_, without, left, why) => {
    const arms = defaultArms.filter((name) => !left.includes(name));
    expect(armsFor(defaultArms, without)).toEqual({ arms, notes: [`No ${left.join(', ')} ${why}`] });
  });

  it('says the error of what lacks something else', () => {
    const { arms, notes } = armsFor(['none', 'geometric+symbols+labels'], model({ imageShape: [28, 28, 3] }));
    expect(arms).toEqual(['none']);
    expect(notes).toEqual([
      expect.stringMatching(/^No geometric\+symbols\+labels with own: invented symbols/),
    ]);
  });
});
