import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathNames } from '../../src/augment/paths.js';
import { replayHallucination } from '../../src/augment/replayHallucination.js';
import { DataError, ModelError, UsageError } from '../../src/core/errors.js';
import type { LabeledImage, Provenance } from '../../src/core/image.js';
import type { Model } from '../../src/models/model.js';
import { onWasm, tinyModel, tinyStyled } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { arriving, expectIdentical, hallucinated, photo, streamed } from './hallucinated.js';

onWasm();

let model: Model;
let original: LabeledImage;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
  [original] = hallucinated(await streamed(model, arriving([...'aaa']), { perClass: 1 })) as [LabeledImage];
});
afterAll(() => model.dispose());

const parentsOf = ({ label, provenance }: LabeledImage) =>
  provenance!.parents.map((number) => photo(label, number));

describe('replayHallucination', () => {
  it.each([...pathNames])(
    'makes each image by %s again, bit for bit, from its parents alone',
    async (path) => {
      const images = arriving([...'abbaabbbaaabababbbaa']);
      for (const options of [
        { perClass: 40, batchSize: 16 },
        { ratio: 3, bankSize: 4, batchSize: 7 },
        { perClass: 20, labelCheck: true },
      ]) {
        const made = hallucinated(await streamed(model, images, { ...options, path, seed: 5 }));
        const again = await expectNoLeak(() =>
          made.map((image) => {
            const stored = JSON.parse(JSON.stringify(image.provenance)) as Provenance;
            return replayHallucination(model, parentsOf(image), stored);
          }),
        );
        expectIdentical(again, made);
        expect(again.map(({ shape }) => shape)).toEqual(made.map(({ shape }) => shape));
      }
    },
  );

  it('refuses the work of another model', async () => {
    const other = await tinyModel(2, tinyStyled);
    expect(() => replayHallucination(other, parentsOf(original), original.provenance!)).toThrow(
      expect.objectContaining({
        constructor: ModelError,
        message: `the image was made by the model ${model.digest.slice(0, 12)}…, but this one is ${other.digest.slice(0, 12)}…`,
      }),
    );
    other.dispose();
  });

  it.each<
    [string, Partial<Provenance>, number, typeof UsageError | typeof DataError | typeof ModelError, RegExp]
  >([
    ['a transform', { path: 'slerp+affine' }, 2, UsageError, /slerp\+affine/],
    ['no place', { omega: undefined as never }, 2, DataError, /omega/],
    ['no number as its place', { omega: Number.NaN }, 2, DataError, /omega/],
    ['more detail than all', { detail: 1.5 }, 2, DataError, /detail of 1\.5/],
    ['too few parents', {}, 1, UsageError, /made of 2 images, but 1 /],
    ['too many parents', {}, 3, UsageError, /made of 2 images, but 3 /],
    ['parents that are not listed', { parents: [1] }, 2, UsageError, /made of 1 images, but 2 /],
    ['no model', { model: undefined as never }, 2, ModelError, /without a name/],
  ])('refuses %s', (_, change, count, kind, words) => {
    const parents = [...parentsOf(original), photo('a', 0)].slice(0, count);
    const wrong = { ...original.provenance!, ...change };
    expect(() => replayHallucination(model, parents, wrong)).toThrow(
      expect.objectContaining({ constructor: kind, message: expect.stringMatching(words) }),
    );
  });

  it.each<[string, readonly [number, number] | undefined, RegExp]>([
    ['without base codes', undefined, /base codes none, but transport takes 2 of 6/],
    ['with a base code that the model has not', [0, 6], /base codes 0, 6, but transport takes 2 of 6/],
  ])('refuses a place by transport %s', async (_, base, words) => {
    const [made] = hallucinated(await streamed(model, arriving(['a']), { perClass: 1, path: 'transport' }));
    const { base: right, ...provenance } = made!.provenance!;
    expect(right).toHaveLength(2);
    const wrong = { ...provenance, ...(base === undefined ? {} : { base }) };
    expect(() => replayHallucination(model, parentsOf(made!), wrong)).toThrow(words);
  });

  it('refuses base codes for a path that has none', () => {
    const wrong = { ...original.provenance!, base: [0, 1] as const };
    expect(() => replayHallucination(model, parentsOf(original), wrong)).toThrow(/but slerp takes none/);
  });

  it('names a parent that cannot be used, and refuses parents of two classes', () => {
    const [first, second] = parentsOf(original) as [LabeledImage, LabeledImage];
    const { provenance } = original;
    const wrong = { ...second, pixels: second.pixels.with(3, Number.NaN) };
    expect(() => replayHallucination(model, [first, wrong], provenance!)).toThrow(
      new RegExp(`^image ${provenance!.parents[1]} .*NaN`),
    );
    expect(() => replayHallucination(model, [first, { ...second, label: 'b' }], provenance!)).toThrow(
      /two classes, a and b/,
    );
  });
});
