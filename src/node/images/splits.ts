import { cleanName } from '../../core/names.js';

/** The splits of data: to learn from, to choose settings on, to test on. */
export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** What people call the splits. */
const spellings: Readonly<Record<SplitName, RegExp>> = {
  train: /^(train|training|trn)$/,
  val: /^(val|valid|validation|dev|development)$/,
  test: /^(test|testing|tst|eval|evaluation)$/,
};

/** Words that may follow: `training_set`, `test images`. */
const SUFFIX = /[-_ ]*(set|split|data|dataset|images|imgs)$/;

/** The split that a name stands for, in any case: `Train`, `testing`, `dev`, `training_set`. `undefined` for any other name. */
export function splitCalled(name: string): SplitName | undefined {
  const word = cleanName(name).toLowerCase().replace(SUFFIX, '');
  return splitNames.find((split) => spellings[split].test(word));
}
