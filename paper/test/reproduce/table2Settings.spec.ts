import { describe, expect, it } from 'vitest';
import { armNames } from '../../../src/evaluate/arms/arms.js';
import { assertSettings } from '../../../src/evaluate/assertSettings.js';
import { protocolNames } from '../../../src/evaluate/protocols.js';
import { full, quick } from '../../reproduce/recipes.js';
import { table2Settings } from '../../reproduce/table2Settings.js';

const whole = table2Settings(full, 'wasm');
const small = table2Settings(quick, 'wasm');

describe('table2Settings', () => {
  it.each([
    ['full', whole],
    ['quick', small],
  ])('can all be carried out: %s', (_, evaluations) => {
    for (const settings of evaluations) {
      expect(() => assertSettings(settings)).not.toThrow();
      expect(armNames).toEqual(expect.arrayContaining([...settings.arms]));
      expect(protocolNames).toContain(settings.protocol);
    }
  });

  it.each([
    ['full', whole],
    ['quick', small],
  ])('judge nothing twice: %s', (_, evaluations) => {
    const judged = evaluations.flatMap(({ protocol, model, shots, k, arms, classifiers }) =>
      arms.flatMap((arm) =>
        classifiers.map((name) => [protocol, model, shots, arm, name, name === 'knn' ? k : ''].join()),
      ),
    );
    expect(new Set(judged).size).toBe(judged.length);
  });

  it('take episodes, queries and the backend from the scale and the lab, and one seed', () => {
    for (const settings of whole) {
      expect(settings).toMatchObject({ episodes: 20, queries: 'all', seed: 301, backend: 'wasm' });
    }
    for (const settings of small) {
      expect(settings).toMatchObject({ episodes: 1, queries: 20, seed: 301 });
    }
    const armsOf = (all: typeof whole) => all.reduce((sum, { arms }) => sum + arms.length, 0);
    expect(armsOf(small)).toBeLessThan(armsOf(whole) / 2);
  });

  it("have the poster's arms at 10 shots and k = 10 at either scale, with both classifiers", () => {
    for (const evaluations of [whole, small]) {
      const found = evaluations.find(({ protocol, shots, k }) => protocol === 'paper' && shots * k === 100);
      expect(found?.arms).toEqual(expect.arrayContaining(['none', 'variants', 'atnl']));
      expect(found?.classifiers).toEqual(['knn', 'cnn']);
    }
  });

  it('hallucinate less where there are more real images, on novel classes', () => {
    const novel = whole.filter(({ protocol }) => protocol === 'novel');
    for (const name of ['mnist-01234', 'mnist-56789']) {
      const own = novel.filter(({ model }) => model === name);
      expect(own.map(({ shots, mix }) => [shots, mix]).sort(([a], [b]) => a! - b!)).toEqual([
        [1, 0.5],
        [1, 0.5],
        [5, 0.1],
        [10, 0.1],
        [20, 0.1],
      ]);
    }
    for (const { model, ways, shots, k, cnnSteps, trust } of novel) {
      expect([ways, k, cnnSteps]).toEqual([model === 'glyphs' ? 10 : 5, 1, 1500]);
      expect(trust).toBe(shots === 1 ? 1 : 0.5);
    }
  });

  it('with teachers judge the CNN alone, on episodes that those without have judged before', () => {
    const taught = whole.filter(({ teachers }) => teachers !== undefined);
    expect(taught.map(({ model, teachers }) => [model, teachers])).toEqual([
      ['mnist-01234', ['glyphs']],
      ['mnist-56789', ['glyphs']],
    ]);
    for (const { protocol, model, shots, classifiers, arms } of taught) {
      expect(classifiers).toEqual(['cnn']);
      expect(arms.every((arm) => arm.endsWith('+labels'))).toBe(true);
      const before = whole.slice(
        0,
        whole.findIndex((other) => other.teachers && other.model === model),
      );
      const same = before.filter((other) => other.model === model && other.protocol === protocol);
      expect(same.find((other) => other.shots === shots)!.arms).toContain('geometric');
    }
  });

  it('cover the shots of a plot with every arm that it shows', () => {
    const unseen = ['none', 'geometric', 'atnl+geometric', 'restyle+geometric+labels', 'codes'];
    const armsOf = {
      'mnist-plain': ['none', 'affine', 'geometric', 'atnl', 'transport+geometric'],
      'mnist-01234': unseen,
      'mnist-56789': unseen,
    };
    for (const [name, drawn] of Object.entries(armsOf)) {
      const own = whole.filter(
        ({ protocol, model, k }) => protocol !== 'shots-only' && model === name && k === 1,
      );
      for (const arm of drawn) {
        const shots = own.filter(({ arms }) => arms.includes(arm)).map((settings) => settings.shots);
        expect(shots.sort((a, b) => a - b)).toEqual(
          name === 'mnist-plain' ? [1, 2, 5, 10, 20] : [1, 5, 10, 20],
        );
      }
    }
  });
});
