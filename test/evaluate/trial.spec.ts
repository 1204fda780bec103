import { expect, it } from 'vitest';
import { armNames, defaultSettings, type EvaluationSettings } from '../../src/evaluate/index.js';
import { prepare, runTask } from '../../src/evaluate/trial.js';
import { expectNoLeak } from '../tensors.js';

const settings: EvaluationSettings = {
  ...defaultSettings,
  arms: armNames,
  queries: 20,
  perClass: 10,
  cnnSteps: 15,
  backend: 'wasm',
};

it('leaves no tensor behind in any arm, and says the same every time', async () => {
  const { sources, model } = await prepare(settings);
  for (const arm of armNames) {
    const task = { arm, episode: 3 };
    const first = await expectNoLeak(() => runTask({ sources, model }, task, settings));
    expect(await runTask({ sources, model }, task, settings)).toEqual(first);
    expect(first.knn).toBeGreaterThan(0.3);
    expect(first.cnn).toBeGreaterThan(0.1);
  }
  expect(() => model.dispose()).not.toThrow();
});
