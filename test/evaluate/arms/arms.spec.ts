import { describe, expect, it } from 'vitest';
import { makesImages } from '../../../src/evaluate/arms/arm.js';
import {
  armNamed,
  armNames,
  arms,
  armTitle,
  defaultArms,
  references,
} from '../../../src/evaluate/arms/arms.js';

const namesOf = (chosen: readonly { readonly name: string }[]) => chosen.map(({ name }) => name);

describe('arms', () => {
  it.each([...armNames])('%s is found by its name, and has a title', (name) => {
    expect(armNamed(name).name).toBe(name);
    expect(armTitle(name)).not.toBe(armTitle('a pipeline of somebody'));
  });

  it('have names of their own', () => {
    expect(new Set(armNames).size).toBe(armNames.length);
  });

  it('say which of them an evaluation has by default, and which are references', () => {
    expect(defaultArms).toEqual([
      ...['none', 'variants', 'lerp', 'atnl', 'geometric', 'restyle', 'restyle+geometric+labels', 'codes'],
    ]);
    expect(references).toEqual(['none', 'affine', 'geometric']);
  });

  it('say which of them hallucinate, and from how many images of a class', () => {
    expect(namesOf(arms.filter((arm) => makesImages(arm) && !arm.hallucinates))).toEqual([
      ...['none', 'variants', 'affine', 'geometric', 'geometric+labels', 'geometric+symbols+labels'],
    ]);
    expect(namesOf(arms.filter((arm) => !makesImages(arm)))).toEqual([
      'codes',
      'codes+views',
      'codes+transport',
    ]);
    const needing = (samples: number) =>
      namesOf(arms.filter(({ samplesNeeded }) => samplesNeeded === samples));
    expect(needing(2)).toEqual(['lerp', 'atnl', 'atnl+affine', 'extrapolate', 'atnl+geometric']);
    expect(needing(3)).toEqual(['mean']);
  });

  it('say what they need of a model', () => {
    for (const { name, needsStyle, needsBase, asksTeachers } of arms) {
      expect(needsStyle, name).toBe(name.startsWith('restyle'));
      expect(needsBase, name).toBe(/^(restyle|transport|tangent|codes.*transport)/.test(name));
      expect(asksTeachers, name).toBe(name === 'codes' || name.endsWith('+labels'));
    }
  });

  it('that are pipelines say the same of themselves', () => {
    const pipelines = [
      {
        name: 'mine',
        pipeline: {
          ...({ schema: 'fewshot.pipeline/1', seed: 0 } as const),
          steps: [
            { do: 'hallucinate', path: 'restyle' },
            { do: 'hallucinate', path: 'mean' },
          ] as const,
        },
      },
      {
        name: 'moved',
        pipeline: { schema: 'fewshot.pipeline/1', seed: 0, steps: [{ do: 'mixup' }] } as const,
      },
    ];
    expect(armNamed('mine', pipelines)).toMatchObject({
      ...{ hallucinates: true, samplesNeeded: 1, needsStyle: true, needsBase: true, asksTeachers: false },
    });
    expect(armNamed('moved', pipelines)).toMatchObject({ hallucinates: false, needsBase: false });
  });
});
