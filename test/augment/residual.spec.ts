import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallucinations } from '../../src/augment/hallucinate.js';
import { decodeCodes, encodePixels } from '../../src/augment/latentCodes.js';
import { type PathName, pathNames } from '../../src/augment/paths.js';
import { replayHallucination } from '../../src/augment/replayHallucination.js';
import type { LabeledImage, Provenance } from '../../src/core/image.js';
import type { Model } from '../../src/models/model.js';
import { onWasm, tinyModel, tinyStyled } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { arriving, expectIdentical, photo, photos, recording } from './hallucinated.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
});
afterAll(() => model.dispose());

const support = arriving([...'aabbaab']);
const share = fc.double({ min: 0.01, max: 1, noNaN: true });
const path = fc.constantFrom(...pathNames);

/** The parent that an image lies nearer to. */
function parentOf({ label, provenance }: LabeledImage): LabeledImage {
  const { parents, omega } = provenance!;
  const middle = parents.length === 3 ? 2 / 3 : 0.5;
  return photo(label, parents.length > 1 && omega! >= middle ? parents[1]! : parents[0]!);
}

describe('detail', () => {
  it('is what the decoder loses of the nearer parent, laid over each drawing and cut off at 0 and 1', () => {
    fc.assert(
      fc.property(path, share, fc.integer(), (path, detail, seed) => {
        const options = { perClass: 5, path, seed };
        const drawn = [...hallucinations(model, support, options)];
        const made = [...hallucinations(model, support, { ...options, detail })];
        expect(made.map(({ provenance }) => provenance)).toEqual(
          drawn.map(({ provenance }) => ({ ...provenance, detail })),
        );
        for (const [i, image] of made.entries()) {
          const { pixels: real } = parentOf(image);
          const [again] = decodeCodes(model, encodePixels(model, [real]));
          for (const [pixel, value] of image.pixels.entries()) {
            const raised = drawn[i]!.pixels[pixel]! + detail * (real[pixel]! - again![pixel]!);
            expect(value).toBeCloseTo(Math.min(1, Math.max(0, raised)), 5);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of 1 makes the parent itself at its own place, and of 0 changes nothing', () => {
    const parents = photos('a', 2);
    const provenance: Provenance = {
      ...{ parents: [0, 1], path: 'slerp', index: 0, seed: 1, model: model.digest, angle: 1 },
    } as Provenance;
    for (const [omega, parent] of [
      [0, 0],
      [1, 1],
    ] as const) {
      const { pixels } = replayHallucination(model, parents, { ...provenance, omega, detail: 1 });
      for (const [pixel, value] of pixels.entries())
        expect(value).toBeCloseTo(parents[parent]!.pixels[pixel]!, 5);
    }
    const options = { perClass: 4, seed: 3 };
    expectIdentical(
      [...hallucinations(model, support, { ...options, detail: 0 })],
      [...hallucinations(model, support, options)],
    );
  });

  it.each<PathName>([...pathNames])(
    'by %s can be replayed bit for bit, in batches of any size',
    async (path) => {
      await expectNoLeak(() => {
        for (const labelCheck of [false, true]) {
          const options = { perClass: 9, path, labelCheck, detail: 0.7, seed: 5 };
          const made = [...hallucinations(model, support, options)];
          expectIdentical([...hallucinations(model, support, { ...options, batchSize: 2 })], made);
          const again = made.map((image) => {
            const stored = JSON.parse(JSON.stringify(image.provenance)) as Provenance;
            const parents = stored.parents.map((number) => photo(image.label, number));
            return replayHallucination(model, parents, stored);
          });
          expectIdentical(again, made);
        }
      });
    },
  );

  it('costs one decoding of each real image, and none without it', () => {
    const { recorder, decoded } = recording(model);
    void [...hallucinations(recorder, support, { perClass: 3, detail: 1 })];
    expect(decoded).toEqual([support.length, 6]);
    decoded.length = 0;
    void [...hallucinations(recorder, support, { perClass: 3 })];
    expect(decoded).toEqual([6]);
  });
});
