import { describe, expect, it } from 'vitest';
import { pipelineFromJSON } from '../../../src/augment/pipeline/pipeline.js';
import { FewshotError, UsageError } from '../../../src/core/errors.js';

function refusal(json: unknown): FewshotError {
  try {
    pipelineFromJSON(json);
  } catch (error) {
    if (error instanceof FewshotError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const file = (...steps: unknown[]) => ({ schema: 'fewshot.pipeline/1', steps });
const noisy = { do: 'geometric', transforms: [{ name: 'noise' }] };
const turned = (...transforms: unknown[]) => ({ do: 'geometric', transforms });
const nested = (levels: number) =>
  Array.from({ length: levels - 1 }).reduce<unknown>(
    (transform) => ({ name: 'sometimes', options: { transform } }),
    { name: 'flip' },
  );

describe('pipelineFromJSON', () => {
  it('has the seed of the file, 0 where it has none, and any other that is asked for', () => {
    expect(pipelineFromJSON(file(noisy)).seed).toBe(0);
    expect(pipelineFromJSON({ ...file(noisy), seed: 3 }).seed).toBe(3);
    expect(pipelineFromJSON({ ...file(noisy), seed: 3 }, { seed: 4 }).toJSON().seed).toBe(4);
    expect(pipelineFromJSON({ ...file(noisy), seed: 3 }, { seed: undefined } as never).seed).toBe(3);
  });

  it.each<[string, unknown, RegExp, RegExp]>([
    ['text', '{"schema":"fewshot.pipeline/1"}', /^a pipeline is an object .*, not text$/, /JSON\.parse/],
    ['nothing', null, /^a pipeline is an object .*, not null$/, /docs/],
    ['a list', [noisy], /^a pipeline is an object .*, not a list$/, /docs/],
    [
      'no version',
      { steps: [noisy] },
      /is of no version, but this release reads fewshot\.pipeline\/1$/,
      /Begin with/,
    ],
    [
      'another version',
      { ...file(noisy), schema: 'fewshot.pipeline/2' },
      /is of version fewshot\.pipeline\/2, but this release reads fewshot\.pipeline\/1$/,
      /release that saved it/,
    ],
    [
      'another key',
      { ...file(noisy), step: 1 },
      /^the pipeline: there is no option step$/,
      /schema, seed, steps/,
    ],
    [
      'a key of objects',
      JSON.parse('{"schema":"fewshot.pipeline/1","steps":[],"__proto__":1}'),
      /no option __proto__/,
      /steps/,
    ],
    ['no steps', { schema: 'fewshot.pipeline/1' }, /^the pipeline: the option steps is missing$/, /steps/],
    ['an empty list', file(), /^a pipeline has 1 to 64 steps, not 0$/, /^$/],
    [
      'one step',
      { ...file(), steps: noisy },
      /^the pipeline: steps is .*, but must be a list of steps/,
      /steps/,
    ],
    [
      'half a seed',
      { ...file(noisy), seed: 0.5 },
      /^the pipeline: seed is 0\.5, but must be a whole number$/,
      /seed/,
    ],
    [
      'a seed as text',
      { ...file(noisy), seed: '7' },
      /^the pipeline: seed is 7, but must be a whole number$/,
      /seed/,
    ],
    ['no object', file(noisy, 'mixup'), /^step 2 must be an object, not mixup$/, /"do"/],
    ['a list as a step', file([noisy]), /^step 1 must be an object, not a list$/, /"do"/],
    [
      'no do',
      file(noisy, { alpha: 1 }),
      /^step 2 does not say what to do$/,
      /balanceClasses, cutmix, .*shuffle/,
    ],
    ['an unknown step', file(noisy, { do: 'mix' }), /^step 2: there is no step named mix$/, /mixup/],
    ['a name of objects', file({ do: 'toString' }), /^step 1: there is no step named toString$/, /mixup/],
    ['a number as a name', file({ do: 7 }), /^step 1: there is no step named 7$/, /mixup/],
    [
      'an unknown option',
      file(noisy, { do: 'mixup', beta: 1 }),
      /^step 2 \(mixup\): there is no option beta$/,
      /alpha, window, seed/,
    ],
    ['a callback', file({ do: 'hallucinate', perClass: 1, onDrop: 1 }), /no option onDrop$/, /perClass/],
    [
      'a missing option',
      file({ do: 'shuffle' }),
      /^step 1 \(shuffle\): the option window is missing$/,
      /window/,
    ],
    [
      'a window of 1',
      file({ do: 'cutmix', window: 1 }),
      /^step 1 \(cutmix\): window is 1, but must be a whole number of at least 2$/,
      /./,
    ],
    [
      'an endless window',
      file({ do: 'shuffle', window: Number.POSITIVE_INFINITY }),
      /window is Infinity, but must be a whole number of at least 1$/,
      /./,
    ],
    [
      'an alpha of 0',
      file({ do: 'mixup', alpha: 0 }),
      /alpha is 0, but must be a number above 0 and up to 1000$/,
      /./,
    ],
    [
      'half a copy',
      file({ ...noisy, copies: 0.5 }),
      /^step 1 \(geometric\): copies is 0\.5, but must be a whole number of at least 1$/,
      /./,
    ],
    [
      'yes',
      file({ ...noisy, keepOriginals: 'yes' }),
      /keepOriginals is yes, but must be true or false$/,
      /./,
    ],
    [
      'no amount',
      file({ do: 'hallucinate' }),
      /^step 1 \(hallucinate\): neither perClass nor ratio is given$/,
      /perClass/,
    ],
    [
      'two amounts',
      file({ do: 'hallucinate', perClass: 1, ratio: 1 }),
      /^step 1 \(hallucinate\): both perClass and ratio are given$/,
      /perClass/,
    ],
    [
      'perClass as text',
      file({ do: 'hallucinate', perClass: '20' }),
      /perClass is 20, but must be a whole number of at least 1$/,
      /./,
    ],
    [
      'an endless ratio',
      file({ do: 'hallucinate', ratio: Number.POSITIVE_INFINITY }),
      /ratio is Infinity, but must be a number above 0$/,
      /./,
    ],
    [
      'an unknown path',
      file({ do: 'hallucinate', perClass: 1, path: 'nlerp' }),
      /path is nlerp, but must be 'slerp' or 'lerp' or 'extrapolate' or 'mean' or 'transport' or 'tangent' or 'restyle'$/,
      /./,
    ],
    [
      'a bank too small',
      file({ do: 'hallucinate', perClass: 1, bankSize: 1 }),
      /^step 1 \(hallucinate\): bankSize is 1, but must be a whole number of at least 2$/,
      /^$/,
    ],
    [
      'a class that is no label',
      file({ do: 'hallucinate', perClass: 1, classes: [null] }),
      /classes is \[null\], but must be a list of labels$/,
      /./,
    ],
    [
      'a check that is named',
      file({ do: 'hallucinate', perClass: 1, labelCheck: 'mean' }),
      /labelCheck is mean, but must be true or false, or a function$/,
      /./,
    ],
    ['no transforms', file({ do: 'geometric' }), /the option transforms is missing$/, /transforms/],
    [
      'an empty list of transforms',
      file(turned()),
      /transforms is \[\], but must be a list of at least one transform$/,
      /./,
    ],
    [
      'one transform',
      file({ do: 'geometric', transforms: { name: 'flip' } }),
      /transforms is .*, but must be a list of at least one transform/,
      /./,
    ],
    [
      'a transform that is text',
      file(turned('flip')),
      /^step 1 \(geometric\), transforms\[0\]: a transform is an object with a name, not "flip"$/,
      /rotate/,
    ],
    [
      'an option of a transform out of range',
      file(noisy, turned({ name: 'flip' }, { name: 'rotate', options: { degrees: 200 } })),
      /^step 2 \(geometric\), transforms\[1\]: rotate: degrees is 200, but must be a number from 0 to 180$/,
      /degrees, fill/,
    ],
    [
      'an option beside the name',
      file(turned({ name: 'rotate', degrees: 2 })),
      /^step 1 \(geometric\), transforms\[0\]: rotate: a transform has a name and options, but no degrees$/,
      /options/,
    ],
    [
      'an unknown transform in another',
      file(
        turned({ name: 'compose', options: { name: 'x', transforms: [{ name: 'flip' }, { name: 'spin' }] } }),
      ),
      /^step 1 \(geometric\), transforms\[0\]\.options\.transforms\[1\]: there is no transform named spin$/,
      /affine/,
    ],
    [
      'a wrong transform in one that may fail to apply',
      file(
        turned({ name: 'sometimes', options: { transform: { name: 'flip', options: { probability: 2 } } } }),
      ),
      /^step 1 \(geometric\), transforms\[0\]\.options\.transform: flip: probability is .*, but must be/,
      /axis/,
    ],
    ['transforms 9 deep', file(turned(nested(9))), /transforms are nested more than 8 deep$/, /Remove/],
    [
      'lists without end',
      JSON.parse(`{"schema":"fewshot.pipeline/1","steps":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
      /more than 32 levels/,
      /Remove/,
    ],
  ])('refuses %s, names the step and the option, and says the way out', (_what, json, message, hint) => {
    const error = refusal(json);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
    expect(error.hint ?? '').toMatch(hint);
  });

  it('takes transforms as deep as they may be, through lists too', () => {
    const lists = Array.from({ length: 7 }).reduce<unknown>(
      (transform) => ({ name: 'oneOf', options: { transforms: [transform] } }),
      { name: 'blur', options: { sigma: [0, 1] } },
    );
    for (const transform of [nested(8), lists]) {
      const saved = pipelineFromJSON(file(turned(transform))).toJSON();
      expect(pipelineFromJSON(saved).toJSON()).toEqual(saved);
    }
  });
});
