import { describe, expect, it } from 'vitest';
import { datasetDefaults } from '../../../src/cli/produce/dataset.js';
import { type EncoderKind, full, nameOf, numericalOrder, quick, recipeOf } from '../../reproduce/recipes.js';

const digits: EncoderKind = { data: 'mnist', learner: 'atnl', seed: 2, variant: numericalOrder };

describe('recipeOf', () => {
  it('takes the nets that suit the data, and half their filters where the run is quick', () => {
    for (const data of ['mnist', 'faces-stand-in', 'lines'] as const) {
      const { architecture } = datasetDefaults(data);
      const kind: EncoderKind = { data, learner: 'ae', seed: 1 };
      expect(recipeOf(kind, full).architecture).toEqual(architecture);
      expect(recipeOf(kind, quick).architecture).toEqual({
        ...architecture,
        filters: architecture.filters.map((count) => count / 2),
      });
    }
  });

  it('differs between learners by the learner and its options alone', () => {
    const { options: _, ...atnl } = recipeOf(digits, full);
    const { options: __, ...ae } = recipeOf({ data: 'mnist', learner: 'ae', seed: 2 }, full);
    expect({ ...atnl, learner: 'ae' }).toEqual(ae);
  });

  it('weighs the critic less on lines and in short trainings', () => {
    const acai = (data: EncoderKind['data']): EncoderKind => ({ data, learner: 'acai', seed: 1 });
    expect(recipeOf(acai('mnist'), full).options).toEqual({});
    expect(recipeOf(acai('lines'), full).options).toEqual({ lambda: 0.05 });
    expect(recipeOf(acai('mnist'), quick).options).toEqual({ lambda: 0.05 });
  });

  it('adds the options of a variant', () => {
    expect(recipeOf(digits, full).options).toMatchObject({ semantics: 'ordinal', range: 9 });
  });
});

describe('an encoder of the first images', () => {
  const first: EncoderKind = { data: 'mnist', learner: 'atnl', seed: 1, first: 54_000, base: 200 };

  it('leaves the others unseen and carries codes, at full scale', () => {
    expect(recipeOf(first, full)).toMatchObject({ limit: 54_000, base: 200 });
    expect(recipeOf(first, quick).limit).toBe(quick.limit);
    expect(recipeOf(digits, full)).toMatchObject({ base: 0 });
    expect(recipeOf(digits, full).limit).toBeUndefined();
    expect(nameOf(first)).toBe('mnist-atnl-first-54000-1');
  });
});

describe('nameOf', () => {
  it('tells kinds of encoders apart', () => {
    expect(nameOf(digits)).toBe('mnist-atnl-ordinal-2');
    expect(nameOf({ data: 'lines', learner: 'ae', seed: 1 })).toBe('lines-ae-1');
  });
});
