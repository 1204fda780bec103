import { from, type Observable, type OperatorFunction, of } from 'rxjs';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { geometric } from '../../../src/augment/geometric.js';
import { hallucinate } from '../../../src/augment/hallucinate.js';
import type { DroppedHallucination } from '../../../src/augment/hallucinateOptions.js';
import { cutmix, mixup } from '../../../src/augment/mixing.js';
import { pipeline } from '../../../src/augment/pipeline/pipeline.js';
import type { PipelineStep } from '../../../src/augment/pipeline/steps.js';
import { rotate } from '../../../src/augment/transforms/affine.js';
import { sometimes } from '../../../src/augment/transforms/combine.js';
import { flip } from '../../../src/augment/transforms/flip.js';
import { noise } from '../../../src/augment/transforms/intensity.js';
import type { ImageTransform } from '../../../src/augment/transforms/transform.js';
import { UsageError } from '../../../src/core/errors.js';
import type { LabeledImage } from '../../../src/core/image.js';
import type { Model } from '../../../src/models/model.js';
import { balanceClasses } from '../../../src/stream/balanceClasses.js';
import { shuffleWith } from '../../../src/stream/shuffleWith.js';
import { onWasm, tinyModel, tinyStyled } from '../../models/tiny.js';
import { arriving, expectIdentical } from '../hallucinated.js';
import { through } from '../images.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
});
afterAll(() => model.dispose());

const images = arriving(['a', 'b', 'a', 'a', 'b', 'a', 'a']);
const made = (steps: readonly PipelineStep[], seed = 0) =>
  through(images, pipeline(steps, { model, seed }).operator);
const seedsOf = (list: readonly LabeledImage[]) => [
  ...new Set(list.map(({ provenance }) => provenance?.seed)),
];

describe('pipeline', () => {
  it.each<[PipelineStep, () => OperatorFunction<LabeledImage, LabeledImage>]>([
    [{ do: 'geometric', transforms: [noise()], seed: 0 }, () => geometric(noise())],
    [
      { do: 'geometric', transforms: [rotate(), { name: 'noise' }], copies: 2, keepOriginals: true, seed: 4 },
      () => geometric([rotate(), noise()], { copies: 2, keepOriginals: true, seed: 4 }),
    ],
    [{ do: 'mixup', seed: 0 }, () => mixup()],
    [{ do: 'mixup', seed: 2, alpha: 3, window: 2 }, () => mixup({ seed: 2, alpha: 3, window: 2 })],
    [{ do: 'cutmix', seed: 0 }, () => cutmix()],
    [{ do: 'cutmix', seed: 2, alpha: 3, window: 2 }, () => cutmix({ seed: 2, alpha: 3, window: 2 })],
    [{ do: 'balanceClasses', seed: 0 }, () => balanceClasses()],
    [
      { do: 'balanceClasses', window: 3, bankSize: 1, seed: 5 },
      () => balanceClasses({ window: 3, bankSize: 1, seed: 5 }),
    ],
    [{ do: 'shuffle', window: 3, seed: 9 }, () => shuffleWith({ seed: 9, window: 3 })],
    [{ do: 'hallucinate', perClass: 3, seed: 0 }, () => hallucinate(model, { perClass: 3 })],
    [
      { do: 'hallucinate', ratio: 2, path: 'lerp', bankSize: 2, classes: ['a'], labelCheck: true, seed: 6 },
      () =>
        hallucinate(model, {
          ratio: 2,
          path: 'lerp',
          bankSize: 2,
          classes: ['a'],
          labelCheck: true,
          seed: 6,
        }),
    ],
  ])('does by %j what the operator does, with its defaults', async (step, operator) => {
    expectIdentical(await made([step]), await through(images, operator()));
  });

  it('passes images through the steps in their order', async () => {
    const found = await made([
      { do: 'shuffle', window: 4, seed: 1 },
      { do: 'geometric', transforms: [flip({ probability: 1 })], seed: 2 },
      { do: 'mixup', seed: 3 },
    ]);
    const one = await through(images, shuffleWith({ seed: 1, window: 4 }));
    const two = await through(one, geometric(flip({ probability: 1 }), { seed: 2 }));
    expectIdentical(found, await through(two, mixup({ seed: 3 })));
  });

  it('gives each step that names none a seed of its own, by its kind and number alone', async () => {
    const noisy: PipelineStep = { do: 'geometric', transforms: [noise()] };
    const seeds = async (...args: Parameters<typeof made>) => seedsOf(await made(...args));
    const [first] = await seeds([noisy]);
    expect(await seeds([noisy], 1)).not.toEqual([first]);
    expect(await seeds([{ do: 'balanceClasses', window: 100 }, noisy])).toEqual([first]);
    const [second] = await seeds([noisy, noisy]);
    expect(second).not.toBe(first);
    expect(await seeds([{ ...noisy, seed: 8 }, noisy])).toEqual([second]);
    expect(await seeds([noisy, { ...noisy, seed: 8 }])).toEqual([8]);
    expect(await seeds([{ do: 'mixup' }])).not.toEqual([first]);
  });

  it('tells of its steps, one operator each, and keeps its seed', async () => {
    const steps: PipelineStep[] = [
      { do: 'shuffle', window: 3 },
      { do: 'geometric', transforms: [{ name: 'noise' }] },
    ];
    const { steps: known, operators, operator, seed } = pipeline(steps, { seed: 5 });
    expect(known[0]).toEqual({ do: 'shuffle', window: 3 });
    expect(known[1]).toMatchObject({ do: 'geometric', copies: 1, transforms: [{ name: 'noise' }] });
    expect(seed).toBe(5);
    const [one, two, ...more] = operators;
    expect(more).toEqual([]);
    expectIdentical(await through(await through(images, one!), two!), await through(images, operator));
  });

  it('can be made and saved without a model, and says which step needs one when it is run', () => {
    const bare = pipeline([{ do: 'mixup' }, { do: 'hallucinate', perClass: 2 }]);
    expect(bare.toJSON().steps[1]).toMatchObject({ do: 'hallucinate', perClass: 2 });
    expect(() => from(images).pipe(bare.operator)).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: 'step 2 (hallucinate) needs a model, and none was given',
        hint: expect.stringMatching(/loadModel/),
      }),
    );
  });

  it('tells onDrop of what a label check drops', async () => {
    const dropped: DroppedHallucination[] = [];
    const steps: PipelineStep[] = [
      { do: 'hallucinate', perClass: 1, labelCheck: (list) => list.map(({ label }) => label === 'a') },
    ];
    const { operator } = pipeline(steps, { model, onDrop: (drop) => dropped.push(drop) });
    expect((await through(images, operator)).length).toBe(images.length + 1);
    expect(dropped).toEqual([{ label: 'b', index: 0, attempts: 8 }]);
  });

  it('leaves an option out that is undefined', () => {
    const step = { do: 'mixup', alpha: undefined, seed: undefined } as never;
    expect(pipeline([step]).toJSON()).toEqual(pipeline([{ do: 'mixup' }]).toJSON());
  });

  const own: ImageTransform = {
    name: 'invert',
    options: {},
    apply: ({ pixels }) => pixels.map((value) => 1 - value),
  };
  const deep = Array.from({ length: 8 }).reduce<ImageTransform>((inner) => sometimes(inner), flip());

  it.each<[string, PipelineStep, RegExp, RegExp]>([
    [
      'a check in code',
      { do: 'hallucinate', perClass: 1, labelCheck: (list) => list.map(() => true) },
      /^step 2 \(hallucinate\): labelCheck is a function, which cannot be saved$/,
      /labelCheck: true/,
    ],
    [
      'a transform of one’s own',
      { do: 'geometric', transforms: [flip(), own] },
      /^step 2 \(geometric\), transforms\[1\] cannot be saved: there is no transform named invert$/,
      /affine/,
    ],
    [
      'transforms deeper than a file may have them',
      { do: 'geometric', transforms: [deep] },
      /^step 2 \(geometric\), transforms\[0\]\.options\.transform.* more than 8 deep/,
      /Remove/,
    ],
  ])('runs %s, but does not save it', async (_what, step, message, hint) => {
    const found = pipeline([{ do: 'shuffle', window: 2 }, step], { model });
    expect((await through(images, found.operator)).length).toBeGreaterThanOrEqual(images.length);
    expect(() => JSON.stringify(found)).toThrow(UsageError);
    expect(() => found.toJSON()).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) }),
    );
  });

  it('refuses no steps, too many, and what is no list', () => {
    const steps = (n: number) => Array.from({ length: n }, (): PipelineStep => ({ do: 'mixup' }));
    expect(() => pipeline([])).toThrow(/^a pipeline has 1 to 64 steps, not 0$/);
    expect(() => pipeline(steps(65))).toThrow(/^a pipeline has 1 to 64 steps, not 65$/);
    expect(pipeline(steps(64)).operators.length).toBe(64);
    expect(() => pipeline({} as never)).toThrow(UsageError);
    expect(() => pipeline(steps(1), { seed: 0.5 })).toThrow(/^seed is 0\.5, but must be a whole number$/);
  });

  it('is an operator on images, made of steps whose options are checked by their types', () => {
    const { operator } = pipeline([{ do: 'mixup' }]);
    expectTypeOf(of(images[0]!).pipe(operator)).toEqualTypeOf<Observable<LabeledImage>>();
    // @ts-expect-error: there is no such option
    expect(() => pipeline([{ do: 'mixup', copies: 2 }])).toThrow(UsageError);
    // @ts-expect-error: shuffle needs a window
    expect(() => pipeline([{ do: 'shuffle' }])).toThrow(UsageError);
  });
});
