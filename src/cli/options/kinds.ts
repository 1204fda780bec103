import { InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { type Background, backgroundSchema, isBackground } from '../../core/background.js';
import { isInsidePath } from '../../node/images/insidePath.js';
import { MODEL_ENDING } from '../../node/loadModel.js';

/** Kind of value that an option takes, on a command line and in a config. */
export interface Kind<Value> {
  /** Names that help lists. */
  readonly choices?: readonly string[];
  /** True for a flag without a value, which means `true`. */
  readonly bare?: true;
  /** True if `--no-…` gives `false`. */
  readonly negatable?: true;
  /** Reads a word behind a flag. `before` is the value of the same flag given earlier. */
  parse(word: string, before?: Value): Value;
  /** Words of a command line that give the value. */
  words(flag: string, value: Value): readonly unknown[];
  /** Check of the value in a config. */
  readonly schema: v.GenericSchema;
}

const flagAndValue = (flag: string, value: unknown) => [flag, value];

/** Parses by a rule that a config and a flag share, and that messages name. */
function number<Value extends number>(
  rule: string,
  isRight: (value: number) => boolean,
  schema: (message: string) => v.GenericSchema,
): Kind<Value> {
  return {
    parse(word) {
      const value = Number(word);
      if (word.trim() === '' || !isRight(value)) throw new InvalidArgumentError(`It must be ${rule}.`);
      return value as Value;
    },
    words: flagAndValue,
    schema: schema(`must be ${rule}`),
  };
}

/** A whole number. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return number(
    `a whole number ${bounds}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
    (says) => v.pipe(v.number(says), v.safeInteger(says), v.minValue(least, says), v.maxValue(most, says)),
  );
}

/** A number between two bounds, both included. */
export const within = (low: number, high: number): Kind<number> =>
  number(
    `a number from ${low} to ${high}`,
    (value) => value >= low && value <= high,
    (says) => v.pipe(v.number(says), v.minValue(low, says), v.maxValue(high, says)),
  );

/** One of two numbers. */
export const either = <const One extends number, const Other extends number>(
  one: One,
  other: Other,
): Kind<One | Other> =>
  number(
    `${one} or ${other}`,
    (value) => value === one || value === other,
    (says) => v.picklist([one, other], says),
  );

/** `all`, or a whole number of at least 1. */
export const countOrAll: Kind<number | 'all'> = {
  parse: (word) => (word === 'all' ? 'all' : whole(1).parse(word)),
  words: flagAndValue,
  schema: v.union([v.literal('all'), whole(1).schema], 'must be "all" or a whole number of at least 1'),
};

/** A flag that is given or not. */
export const given: Kind<boolean> = {
  bare: true,
  parse: () => true,
  words: (flag, value) => (value ? [flag] : []),
  schema: v.boolean('must be true or false'),
};

/** A flag with an opposite. */
export const yesOrNo: Kind<boolean> = {
  bare: true,
  negatable: true,
  parse: () => true,
  words: (flag, value) => [value ? flag : negated(flag)],
  schema: v.boolean('must be true or false'),
};

/** `--warp` as `--no-warp`. */
export const negated = (flag: string): string => flag.replace(/^--/, '--no-');

/** One of some names. */
export const oneOf = <const Name extends string>(names: readonly Name[]): Kind<Name> => ({
  choices: names,
  parse: (word) => word as Name,
  words: flagAndValue,
  schema: v.picklist(names, `must be one of ${names.join(', ')}`),
});

/** Some of some names, separated by commas; `all` stands for every one. */
export function someOf<const Name extends string>(names: readonly Name[]): Kind<readonly Name[]> {
  const says = `must be a list of some of ${names.join(', ')}`;
  return {
    parse(word) {
      if (word === 'all') return [...names];
      const found = [...new Set(word.split(',').map((name) => name.trim()))];
      const unknown = found.find((name) => !(names as readonly string[]).includes(name));
      if (unknown === undefined) return found as Name[];
      throw new InvalidArgumentError(
        `There is no ${unknown === '' ? 'empty name' : unknown}. Known: ${names.join(', ')}.`,
      );
    },
    words: (flag, value) => [flag, value.join()],
    schema: v.pipe(v.array(v.picklist(names, says), says), v.nonEmpty(says), v.maxLength(100, says)),
  };
}

/** Whole numbers, separated by commas. */
export const wholes = (least: number): Kind<readonly number[]> => ({
  parse: (word) => word.split(',').map((part) => whole(least).parse(part)),
  words: (flag, value) => [flag, value.join()],
  schema: v.pipe(
    v.array(whole(least).schema, 'must be a list of whole numbers'),
    v.nonEmpty('must name at least one number'),
    v.maxLength(16, 'must name at most 16 numbers'),
  ),
});

const TEXT = 'must be text of up to 4,096 characters, without control characters';
const textSchema = v.pipe(v.string(TEXT), v.regex(/^\P{Cc}{1,4096}$/u, TEXT));

const textLike = (schema: v.GenericSchema): Kind<string> => ({
  parse: (word) => word,
  words: flagAndValue,
  schema,
});

/** `2/8`: the second of eight shards. */
export const shard: Kind<readonly [number: number, of: number]> = {
  parse(word) {
    const [number, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(word) ?? []).slice(1).map(Number);
    if (number! >= 1 && number! <= of!) return [number!, of!];
    throw new InvalidArgumentError('It must be a shard of how many, as 2/8.');
  },
  words: (flag, value) => [flag, value.join('/')],
  schema: v.never('cannot be in a config'),
};

/** Any text. */
export const text = textLike(textSchema);

/** Names, separated by commas. */
export const names: Kind<readonly string[]> = {
  parse(word) {
    const found = [...new Set(word.split(',').map((name) => name.trim()))].filter((name) => name !== '');
    if (found.length > 0) return found;
    throw new InvalidArgumentError('It must name at least one.');
  },
  words: (flag, value) => [flag, value.join()],
  schema: v.pipe(v.array(textSchema, 'must be a list of names'), v.nonEmpty('must name at least one')),
};

/** A background: a name, or a color. */
export const background: Kind<Background> = {
  parse(word) {
    if (isBackground(word)) return word;
    throw new InvalidArgumentError('It must be black, white, edge or a color #rrggbb.');
  },
  words: flagAndValue,
  schema: backgroundSchema,
};

/** A regular expression. */
export const pattern: Kind<string> = {
  parse(word) {
    if (word !== '' && isPattern(word)) return word;
    throw new InvalidArgumentError('It must be a regular expression.');
  },
  words: flagAndValue,
  schema: v.pipe(textSchema, v.check(isPattern, 'must be a regular expression')),
};

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') !== undefined;
  } catch {
    return false;
  }
}

/** Name of a shipped model, or path of a model file. A config may not name one in a network; a command line may. */
export const modelName = textLike(
  v.pipe(
    textSchema,
    v.check((name) => !/^\w+:\/\//.test(name), 'must be a shipped name or the path of a model file'),
  ),
);

/** Model file to write. A config may not name one outside its folder, as it may come from anybody. */
export const modelOutput = textLike(
  v.pipe(
    textSchema,
    v.check(
      (path) => isInsidePath(path.replace(/^\.\//, '')) && path.toLowerCase().endsWith(MODEL_ENDING),
      'must be the path of a .safetensors file in the folder of the config or below',
    ),
  ),
);

/** Values of a flag that may be given several times, or that takes several words. */
export const several = <Value>(kind: Kind<Value>): Kind<readonly Value[]> => ({
  parse: (word, before = []) => [...before, kind.parse(word)],
  words: (flag, values) => values.flatMap((value) => [...kind.words(flag, value)]),
  schema: v.array(kind.schema),
});
