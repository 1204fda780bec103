import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hallucinate } from '../../../src/augment/hallucinate.js';
import { pipeline, pipelineFromJSON } from '../../../src/augment/pipeline/pipeline.js';
import type { PipelineStep } from '../../../src/augment/pipeline/steps.js';
import type { Model } from '../../../src/models/model.js';
import { onWasm, tinyArchitecture, tinyModel, tinyStyled } from '../../models/tiny.js';
import { expectNoLeak } from '../../tensors.js';
import { arriving, expectIdentical } from '../hallucinated.js';
import { through } from '../images.js';
import { anySteps } from './steps.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
});
afterAll(() => model.dispose());

const images = arriving(['a', 'b', 'a', 'a', 'b', 'a']);

it('makes of a saved pipeline the same file and, bit by bit, the same images, and leaves no tensor', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, fc.maxSafeInteger(), async (steps, seed) => {
      const made = pipeline(steps, { model, seed });
      const text = JSON.stringify(made);
      const again = pipelineFromJSON(JSON.parse(text), { model });
      expect(JSON.stringify(again)).toBe(text);
      const [first, second] = await expectNoLeak(async () => [
        await through(images, made.operator),
        await through(images, again.operator),
      ]);
      expect(second!.map(({ labels }) => labels)).toEqual(first!.map(({ labels }) => labels));
      expectIdentical(second!, first!);
    }),
    { numRuns: 60 },
  );
});

it('writes options that were left out, so that defaults of another release change nothing', () => {
  const steps: PipelineStep[] = [
    { do: 'hallucinate', ratio: 2 },
    { do: 'geometric', transforms: [{ name: 'rotate', options: { degrees: 5 } }] },
    { do: 'mixup' },
    { do: 'cutmix', seed: 3 },
    { do: 'balanceClasses' },
    { do: 'shuffle', window: 9 },
  ];
  const hallucinating = (path: object) => ({
    do: 'hallucinate',
    ratio: 2,
    ...path,
    batchSize: 128,
    bankSize: 512,
    labelCheck: false,
    detail: 0,
  });
  const others = [
    {
      do: 'geometric',
      transforms: [{ name: 'rotate', options: { degrees: 5, fill: 'zero' } }],
      copies: 1,
      keepOriginals: false,
    },
    { do: 'mixup', alpha: 0.2, window: 64 },
    { do: 'cutmix', alpha: 1, window: 64, seed: 3 },
    { do: 'balanceClasses', bankSize: 256 },
    { do: 'shuffle', window: 9 },
  ];
  const written = (path: object) =>
    JSON.stringify({ schema: 'fewshot.pipeline/1', seed: 0, steps: [hallucinating(path), ...others] });
  expect(JSON.stringify(pipeline(steps, { model }))).toBe(written({ path: 'slerp' }));
  expect(JSON.stringify(pipeline(steps, { latentSpace: 'sphere' }))).toBe(written({ path: 'slerp' }));
  expect(JSON.stringify(pipeline(steps, { latentSpace: 'euclidean' }))).toBe(written({ path: 'lerp' }));
  // The path is the model's own, which is not known yet.
  expect(JSON.stringify(pipeline(steps))).toBe(written({}));
});

it("takes the model's own path in a file that names none", async () => {
  const flat = await tinyModel(1, { ...tinyArchitecture, latentSpace: 'euclidean' });
  const json = { schema: 'fewshot.pipeline/1', steps: [{ do: 'hallucinate', perClass: 3, seed: 5 }] };
  for (const [known, path] of [
    [model, 'slerp'],
    [flat, 'lerp'],
  ] as const) {
    const found = await through(images, pipelineFromJSON(json, { model: known }).operator);
    const saved = pipelineFromJSON(pipelineFromJSON(json).toJSON(), { model: known });
    expectIdentical(await through(images, saved.operator), found);
    expectIdentical(found, await through(images, hallucinate(known, { perClass: 3, seed: 5, path })));
    expectIdentical(found, await through(images, hallucinate(known, { perClass: 3, seed: 5 })));
  }
  flat.dispose();
});
