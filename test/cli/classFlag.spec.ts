import { expect, it } from 'vitest';
import { classesNamed } from '../../src/cli/trainingPlan.js';

it.each([
  ['mnist', '4, 0,4', [4, 0]],
  ['fashion-mnist', 'bag,t-shirt', ['bag', 't-shirt']],
  ['faces-stand-in', '-90,15', [-90, 15]],
  ['lines', 'all', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
] as const)('the classes of %s that "%s" names are labels of the data', (data, text, labels) => {
  expect(classesNamed(text, data)).toEqual(labels);
});
