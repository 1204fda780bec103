import fc from 'fast-check';
import { pathNames } from '../../../src/augment/paths.js';
import type { PipelineStep } from '../../../src/augment/pipeline/steps.js';
import type { ImageTransform } from '../../../src/augment/transforms/transform.js';
import { allTransforms } from '../images.js';

/** Options of which any may be left out. */
const some = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

const seed = fc.maxSafeInteger();
const transforms = fc.array(fc.constantFrom<ImageTransform>(...allTransforms), {
  minLength: 1,
  maxLength: 3,
});
const amount = fc.oneof(
  fc.record({ perClass: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ ratio: fc.double({ min: 0.1, max: 2, noNaN: true }) }),
);

/** Steps that need no model. */
export const anyPlainStep: fc.Arbitrary<PipelineStep> = fc.oneof(
  fc
    .tuple(transforms, some({ copies: fc.integer({ min: 1, max: 2 }), keepOriginals: fc.boolean(), seed }))
    .map(([list, options]): PipelineStep => ({ do: 'geometric', transforms: list, ...options })),
  fc
    .tuple(
      fc.constantFrom('mixup' as const, 'cutmix' as const),
      some({
        alpha: fc.double({ min: 0.01, max: 9, noNaN: true }),
        window: fc.integer({ min: 2, max: 9 }),
        seed,
      }),
    )
    .map(([name, options]): PipelineStep => ({ do: name, ...options })),
  some({ window: fc.integer({ min: 1, max: 9 }), bankSize: fc.integer({ min: 1, max: 9 }), seed }).map(
    (options): PipelineStep => ({ do: 'balanceClasses', ...options }),
  ),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), some({ seed }))
    .map(([window, options]): PipelineStep => ({ do: 'shuffle', window, ...options })),
);

export const anyHallucinateStep: fc.Arbitrary<PipelineStep> = fc
  .tuple(
    amount,
    some({
      path: fc.constantFrom(...pathNames),
      batchSize: fc.integer({ min: 1, max: 9 }),
      bankSize: fc.integer({ min: 3, max: 9 }),
      classes: fc.subarray(['a', 'b']),
      labelCheck: fc.boolean(),
      detail: fc.double({ min: 0, max: 1, noNaN: true }),
      seed,
    }),
  )
  .map(([how, options]): PipelineStep => ({ do: 'hallucinate', ...how, ...options }));

export const anySteps = fc
  .tuple(
    fc.array(anyPlainStep, { maxLength: 2 }),
    anyHallucinateStep,
    fc.array(anyPlainStep, { maxLength: 2 }),
  )
  .map(([before, step, after]) => [...before, step, ...after]);
