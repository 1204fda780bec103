import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checkSeed } from '../../src/core/checks.js';
import { UsageError } from '../../src/core/errors.js';
import {
  checkFields,
  checkFlag,
  checkFloats,
  checkFunction,
  checkIterable,
  checkList,
  checkModel,
  checkStream,
  listOf,
  numberFrom,
  oneAmong,
  optional,
  whole,
} from '../../src/core/kindChecks.js';

/** The error of a check, which must be a `UsageError`. */
function refused(body: () => void): UsageError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error as UsageError;
  }
  throw new Error('nothing was refused');
}

describe('checkModel', () => {
  it('passes what encodes and decodes', () => {
    expect(() => checkModel({ encode() {}, decode() {}, imageShape: [1, 1, 1] })).not.toThrow();
  });

  it('tells who forgot to await it', () => {
    const error = refused(() => checkModel(Promise.resolve({})));
    expect(error.message).toMatch(/promise/);
    expect(error.hint).toMatch(/await loadModel/i);
  });

  it.each([null, undefined, 'mnist', {}, 7])('refuses %s', (value) => {
    expect(refused(() => checkModel(value)).hint).toMatch(/loadModel/);
  });
});

describe('what holds several values', () => {
  const stream = from([1]);

  it('tells an Observable from an iterable, and the way from one to the other', () => {
    expect(() => checkStream('images', stream)).not.toThrow();
    expect(() => checkIterable('images', new Set([1]))).not.toThrow();
    expect(refused(() => checkIterable('images', stream)).hint).toMatch(/toAsyncIterable/);
    expect(refused(() => checkStream('images', [1])).hint).toMatch(/from/);
  });

  it('is no text, and no promise', () => {
    for (const check of [checkIterable, checkList, checkStream]) {
      refused(() => check('images', 'abc'));
      expect(refused(() => check('images', Promise.resolve([]))).hint).toMatch(/await/i);
    }
  });
});

describe('checkFields', () => {
  const fields = {
    seed: checkSeed,
    count: optional(whole(1, 9)),
    share: optional(numberFrom(0, 1)),
    path: optional(oneAmong(['slerp', 'lerp'])),
    flag: optional(checkFlag),
    done: optional(checkFunction),
    names: optional(listOf(whole(), 1)),
    values: optional(checkFloats),
  };

  it('gives the object back', () => {
    const options = { seed: 1, count: 9, share: 1, path: 'lerp', flag: false, done() {}, names: [1] };
    expect(checkFields('work', options, fields)).toBe(options);
  });

  it.each([
    [{}, 'seed'],
    [{ seed: '1' }, 'seed'],
    [{ seed: 1.5 }, 'seed'],
    [{ seed: 1, count: 10 }, 'count'],
    [{ seed: 1, share: Number.NaN }, 'share'],
    [{ seed: 1, path: 'SLERP' }, 'path'],
    [{ seed: 1, flag: 'yes' }, 'flag'],
    [{ seed: 1, done: null }, 'done'],
    [{ seed: 1, names: [] }, 'names'],
    [{ seed: 1, names: [1, 2.5] }, 'names[1]'],
    [{ seed: 1, values: [0.5] }, 'values'],
  ])('names the field of %o', (options, field) => {
    const error = refused(() => checkFields('work', options as object, fields));
    expect(error.message.startsWith(`work: ${field} is `)).toBe(true);
    expect(error.options).toEqual([field]);
  });

  it.each([null, undefined, 3, 'x', [], Promise.resolve({}), Symbol('x')])(
    'refuses options that are %s',
    (value) => {
      expect(refused(() => checkFields('work', value as unknown as object, fields)).message).toMatch(
        /^work: the options/,
      );
    },
  );
});
