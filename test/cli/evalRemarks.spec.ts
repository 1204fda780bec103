import { describe, expect, it } from 'vitest';
import { remarksOn } from '../../src/cli/produce/evaluationSettings.js';
import { defaultSettings, type EvaluationSettings } from '../../src/evaluate/settings.js';

const settings: EvaluationSettings = {
  ...defaultSettings,
  arms: ['none', 'atnl'],
  shots: 5,
  seed: 1,
  backend: 'wasm',
};

describe('remarks on an evaluation', () => {
  it('are none where all is used', () => {
    expect(remarksOn(settings)).toEqual([]);
    for (const arm of ['codes', 'geometric+labels', 'geometric+symbols+labels'])
      expect(remarksOn({ ...settings, arms: ['none', arm], teachers: ['glyphs'] })).toEqual([]);
  });

  it('name teachers that no arm asks', () => {
    expect(remarksOn({ ...settings, arms: ['none', 'atnl'], teachers: ['glyphs', 'mnist'] })).toEqual([
      'No arm asks glyphs, mnist for labels: that is what arms on +labels, and codes, do.',
    ]);
  });

  it('name arms and pipelines that have too few images to interpolate', () => {
    const pipelines = [
      { name: 'three', pipeline: { steps: [{ do: 'hallucinate', path: 'mean' }] } },
      { name: 'moved', pipeline: { steps: [{ do: 'geometric', transforms: ['shift'] }] } },
    ] as unknown as NonNullable<EvaluationSettings['pipelines']>;
    expect(remarksOn({ ...settings, arms: ['none', 'atnl'], pipelines, shots: 1 })).toEqual([
      'With one shot there is no pair to interpolate: nothing is hallucinated for atnl, three.',
    ]);
    expect(remarksOn({ ...settings, arms: ['none', 'atnl'], pipelines, shots: 2 })).toEqual([
      '2 shots are too few to interpolate: nothing is hallucinated for three.',
    ]);
  });
});
