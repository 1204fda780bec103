import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline, pipelineFromJSON } from '../../../src/augment/pipeline/pipeline.js';
import type { PipelineStep } from '../../../src/augment/pipeline/steps.js';
import { imagesOf, type LabeledImage, packImages } from '../../../src/core/image.js';
import { randomStream } from '../../../src/core/random.js';
import type { ImageArm } from '../../../src/evaluate/arms/arm.js';
import { armNamed } from '../../../src/evaluate/arms/arms.js';
import { pipelineArm } from '../../../src/evaluate/arms/pipelineArm.js';
import type { Model } from '../../../src/models/model.js';
import { arriving, expectIdentical, shape } from '../../augment/hallucinated.js';
import { through } from '../../augment/images.js';
import { onWasm, tinyModel } from '../../models/tiny.js';
import { expectNoLeak } from '../../tensors.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel();
});
afterAll(() => model.dispose());

const support = packImages(arriving(['a', 'b', 'a', 'b', 'a', 'b']), shape, ['a', 'b']);
const real = [...imagesOf(support)];
const EPISODE = 11;
const options = () => ({
  model,
  teachers: [],
  perClass: 5,
  mix: 0.5,
  trust: 0.5,
  detail: 0,
  background: 'black' as const,
  seed: EPISODE,
});
const enlarged = (steps: readonly PipelineStep[], seed = 3, mix = 0.5) =>
  pipelineArm('mine', pipeline(steps, { seed }).toJSON()).enlarge(support, { ...options(), mix });
const trainingOf = (
  steps: readonly PipelineStep[],
  seed = 3,
  mix = 0.5,
  plan = { steps: 6, batchSize: 8 },
) => [...firstOf(plan.steps * plan.batchSize, enlarged(steps, seed, mix).training(plan))];
function* firstOf<T>(count: number, items: Iterable<T>) {
  let taken = 0;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
const decoded = (image: LabeledImage) => image.provenance?.model !== undefined;
const pixels = (list: readonly LabeledImage[]) => new Set(list.map((image) => image.pixels.join()));

const hallucinating: PipelineStep = { do: 'hallucinate', perClass: 5 };
const moving: PipelineStep = { do: 'geometric', transforms: [{ name: 'affine' }] };

describe('a pipeline as an arm', () => {
  it('gives the KNN the support set and all that the pipeline makes, but nothing of the support set twice', async () => {
    const steps = [hallucinating, { ...moving, copies: 2, keepOriginals: true }];
    const references = enlarged(steps).references();
    const seed = randomStream(EPISODE, 'pipeline', 3).integer(2 ** 31);
    const emitted = await through(real, pipeline(steps, { model, seed }).operator);
    expect(emitted.length).toBe(3 * 16);
    expectIdentical(
      references.slice(6),
      emitted.filter(({ provenance }) => provenance !== undefined),
    );
    expect(references.slice(0, 6)).toEqual(real);
    expect(references.length).toBe(3 * 16);
  });

  it('gives it the same as an arm of this package that does the same', () => {
    const arm = pipelineArm('mine', pipeline([{ ...hallucinating, seed: EPISODE }]).toJSON());
    const [mine, theirs] = [arm, armNamed('atnl') as ImageArm].map((each) =>
      each.enlarge(support, options()),
    );
    expectIdentical(mine!.references().slice(6), theirs!.references().slice(6));
    const plan = { steps: 4, batchSize: 8 };
    const [own, other] = [mine!, theirs!].map((each) => [...firstOf(32, each.training(plan))]);
    expectIdentical(own!, other!);
  });

  it('draws for each episode anew, and alike for pipelines of one seed', () => {
    const first = enlarged([hallucinating]).references();
    const arm = pipelineArm('mine', pipeline([hallucinating], { seed: 3 }).toJSON());
    const other = arm.enlarge(support, { ...options(), seed: EPISODE + 1 }).references();
    expect(pixels([...first.slice(6), ...other.slice(6)]).size).toBe(20);
    expectIdentical(enlarged([hallucinating, { do: 'shuffle', window: 1 }]).references(), first);
    expect(pixels([...first, ...enlarged([hallucinating], 4).references()]).size).toBe(26);
  });

  it('mixes for the CNN by whether a model made an image', () => {
    for (const [mix, made] of [
      [0, 0],
      [0.25, 2],
      [1, 8],
    ] as const) {
      const images = trainingOf([hallucinating], 3, mix);
      for (let start = 0; start < 48; start += 8)
        expect(images.slice(start, start + 8).filter(decoded).length).toBe(made);
    }
    // Without hallucinations all images come from the others.
    expect(trainingOf([moving]).filter(decoded)).toEqual([]);
    const share = trainingOf([hallucinating, moving], 3, 0.25).filter(decoded).length;
    expect(share).toBe(12);
  });

  it('runs the steps behind the last hallucination on every image that is drawn, afresh', () => {
    const images = trainingOf([hallucinating, moving]);
    expect(pixels(images).size).toBe(48);
    expect(images.every(({ provenance }) => provenance!.path.endsWith('affine'))).toBe(true);
    // Steps before it make the pool, once: 6 real images, 6 moved ones, and 5 of each class.
    const pool = trainingOf([{ ...moving, keepOriginals: true }, hallucinating], 3, 0.5, {
      steps: 20,
      batchSize: 8,
    });
    expect(pixels(pool).size).toBe(22);
  });

  it('spreads several copies of an image, and lets steps that hold all back end', () => {
    const copied = trainingOf([{ ...moving, copies: 8 }]);
    const neighbours = copied.filter((image, i) => image.label === copied[i + 1]?.label).length;
    expect(neighbours).toBeLessThan(40);
    expect(trainingOf([{ do: 'shuffle', window: 1e12 }]).length).toBe(48);
    expect(trainingOf([{ do: 'balanceClasses' }, { do: 'cutmix', window: 1e12 }]).length).toBe(48);
  });

  it('gives the CNN soft labels', () => {
    const images = trainingOf([{ do: 'mixup', alpha: 9 }]);
    expect(images.some(({ labels }) => labels?.length === 2)).toBe(true);
  });

  it('says the same every time, and leaves no tensor', async () => {
    const steps: PipelineStep[] = [hallucinating, moving, { do: 'mixup' }];
    const [one, two] = await expectNoLeak(() => [trainingOf(steps), trainingOf(steps)]);
    expectIdentical(two!, one!);
  });
});

it('armNamed finds pipelines, and lists them among the names', () => {
  const pipelines = [{ name: 'mine', pipeline: pipelineFromJSON(pipeline([moving]).toJSON()).toJSON() }];
  expect(armNamed('mine', pipelines).name).toBe('mine');
  expect(armNamed('atnl', pipelines).name).toBe('atnl');
  expect(() => armNamed('yours', pipelines)).toThrow(
    expect.objectContaining({
      message: 'there is no arm named yours',
      hint: expect.stringMatching(/none, .*, mine\./),
    }),
  );
});
