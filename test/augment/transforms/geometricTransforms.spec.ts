import { describe, expect, it } from 'vitest';
import { affine, rotate } from '../../../src/augment/transforms/affine.js';
import { compose, oneOf, sometimes } from '../../../src/augment/transforms/combine.js';
import { erase } from '../../../src/augment/transforms/erase.js';
import { flip } from '../../../src/augment/transforms/flip.js';
import {
  geometricTransforms,
  transformFromJSON,
  transformToJSON,
} from '../../../src/augment/transforms/geometricTransforms.js';
import type { ImageTransform } from '../../../src/augment/transforms/transform.js';
import { DataError, FewshotError, UsageError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import { allTransforms, randomImage } from '../images.js';

function errorOf(body: () => unknown): FewshotError {
  try {
    body();
  } catch (error) {
    if (error instanceof FewshotError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('transformToJSON and transformFromJSON', () => {
  it('know every transform', () => {
    const kinds = allTransforms.map((transform) => transform.kind ?? transform.name);
    expect(Object.keys(geometricTransforms).sort()).toEqual([...kinds].sort());
  });

  it.each(allTransforms.map((transform) => [transform.name, transform] as const))(
    'make %s again, which draws the same',
    (_name, transform) => {
      const data = JSON.parse(JSON.stringify(transformToJSON(transform)));
      const again = transformFromJSON(data);
      expect({ ...again, apply: null }).toEqual({ ...transform, apply: null });
      for (let seed = 0; seed < 5; seed++) {
        const image = randomImage(seed, [7, 6, 3]);
        expect(again.apply(image, randomStream(seed))).toEqual(transform.apply(image, randomStream(seed)));
      }
    },
  );

  it('write every option, nested ones too', () => {
    expect(transformToJSON(rotate())).toEqual({ name: 'rotate', options: { degrees: 15, fill: 'zero' } });
    expect(transformToJSON(compose('mine', flip(), sometimes(oneOf(flip({ axis: 'vertical' })))))).toEqual({
      name: 'compose',
      options: {
        name: 'mine',
        transforms: [
          { name: 'flip', options: { axis: 'horizontal', probability: 0.5 } },
          {
            name: 'sometimes',
            options: {
              transform: {
                name: 'oneOf',
                options: { transforms: [{ name: 'flip', options: { axis: 'vertical', probability: 0.5 } }] },
              },
              probability: 0.5,
            },
          },
        ],
      },
    });
  });

  it('fill in what is left out, and refuse an empty text in the place of a name', () => {
    expect(transformFromJSON({ name: 'erase' }).options).toEqual(erase().options);
    expect(transformFromJSON({ name: 'affine', options: { shear: 0 } }).options).toEqual(
      affine({ shear: 0 }).options,
    );
    expect(() => compose('')).toThrow(UsageError);
  });

  const named = (options: unknown, name = 'rotate') => ({ name, options });

  it.each<[unknown, RegExp, RegExp]>([
    [
      named({ degrees: 200 }),
      /^rotate: degrees is 200, but must be a number from 0 to 180$/,
      /: degrees, fill\./,
    ],
    [
      named({ degrees: '9' }),
      /^rotate: degrees is 9, but must be a number from 0 to 180$/,
      /: degrees, fill\./,
    ],
    [named({ degrees: Number.NaN }), /^rotate: degrees is NaN, but must be /, /degrees/],
    [named({ angle: 3 }), /^rotate: there is no option angle$/, /: degrees, fill\./],
    [
      named({ fill: 'green' }),
      /^rotate: fill is green, but must be zero, black, white, edge or a color/,
      /fill/,
    ],
    [named(3), /^rotate: the options must be an object, not 3$/, /degrees/],
    [named({ amount: 1 }, 'scale'), /^scale: amount is 1, but must be a number from 0 to below 1$/, /amount/],
    [
      named({ margin: 1.5 }, 'crop'),
      /^crop: margin is 1\.5, but must be a whole number from 0 to 1000$/,
      /margin/,
    ],
    [named({ sigma: [2, 1] }, 'blur'), /^blur: sigma is \[2,1\], but must be two numbers .* first$/, /sigma/],
    [named({ sigma: 2 }, 'blur'), /^blur: sigma is 2, but must be two numbers .* first$/, /sigma/],
    [named({ area: [0, 2] }, 'erase'), /^erase: area is \[0,2\], but must be two numbers .*$/, /aspect/],
    [
      named({ transforms: [] }, 'oneOf'),
      /^oneOf: transforms is \[\], but must be at least one transform$/,
      /transforms/,
    ],
    [
      named({ transforms: [3] }, 'oneOf'),
      /^oneOf: transforms is \[3\], but must be a transform/,
      /transforms/,
    ],
    [named({}, 'sometimes'), /^sometimes: the option transform is missing$/, /transform, probability/],
    [
      named({ degrees: 1 }, 'spin'),
      /^there is no transform named spin$/,
      /Transforms: affine, blur, .*sometimes/,
    ],
    [named({}, 'toString'), /^there is no transform named toString$/, /Transforms/],
  ])('refuse %j, say what is wrong, and list what there is', (data, message, hint) => {
    const error = errorOf(() => transformFromJSON(data));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it('name the inner transform that is wrong', () => {
    const data = named({ name: 'x', transforms: [named({}), named({ degrees: -1 })] }, 'compose');
    expect(errorOf(() => transformFromJSON(data)).message).toMatch(/^rotate: degrees/);
  });

  it.each([null, 'rotate', 3, {}, { name: 3 }, [], { name: 'rotate', degrees: 3 }])(
    'refuse %j, which is no transform',
    (data) => {
      expect(() => transformFromJSON(data)).toThrow(DataError);
    },
  );

  it('refuse to write a transform that could not be made again', () => {
    const own: ImageTransform = {
      name: 'invert',
      options: {},
      apply: ({ pixels }) => pixels.map((v) => 1 - v),
    };
    for (const transform of [own, compose('mine', flip(), own), sometimes(own)]) {
      expect(() => transformToJSON(transform)).toThrow(/^there is no transform named invert$/);
    }
  });

  it('check options in the same way when a transform is made by hand', () => {
    expect(() => rotate({ degrees: -1 })).toThrow(
      /^rotate: degrees is -1, but must be a number from 0 to 180$/,
    );
    expect(() => rotate({ angle: 1 } as never)).toThrow(UsageError);
  });
});
