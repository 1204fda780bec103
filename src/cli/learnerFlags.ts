import { type Command, Option } from 'commander';
import { UsageError } from '../core/errors.js';
import { type LearnerName, type LearnerOptions, learnerNames } from '../training/learners/registry.js';
import { numberBetween, wholeNumber } from './flags.js';

/** Every option that some learner has. */
type OptionName = { [Name in LearnerName]: keyof LearnerOptions[Name] & string }[LearnerName];

/** The learner that a command line names, and its options as far as they are given. */
export type LearnerFlags = { readonly learner: LearnerName } & {
  readonly [Name in OptionName]?: string | number;
};

const optionsByLearner: { readonly [Name in LearnerName]: readonly (keyof LearnerOptions[Name] & string)[] } =
  {
    ae: [],
    vae: ['beta'],
    vaeTripletLoss: ['beta', 'margin', 'lambda'],
    aae: ['units', 'priorDeviation'],
    acai: ['lambda', 'gamma'],
    atnl: ['semantics', 'range', 'margin', 'lambda', 'negative', 'noise'],
  };

const LARGEST = 1e6;

/** `priorDeviation` as `--prior-deviation`. */
const flagOf = (option: string) => `--${option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;

/** Adds `--learner` and the options of all learners, which have no defaults here: each learner knows its own. */
export function addLearnerFlags(command: Command): Command {
  const number = (flags: string, description: string, low: number, high: number) =>
    new Option(flags, description).argParser(numberBetween(low, high));
  const options = [
    new Option('--learner <name>', 'what is learnt').choices(learnerNames).default('atnl'),
    new Option('--semantics <name>', 'how labels are read (atnl: nominal)').choices([
      'nominal',
      'ordinal',
      'circular',
    ]),
    number(
      '--range <value>',
      'largest difference of labels (ordinal) or a full turn (circular) (atnl: 9)',
      1e-9,
      1e9,
    ),
    number(
      '--margin <value>',
      'margin of triplets (atnl: 1 radian at semantic distance 1; vaeTripletLoss: 1)',
      0,
      LARGEST,
    ),
    number(
      '--lambda <weight>',
      'weight beside the reconstruction: of triplets (atnl, vaeTripletLoss: 80), of the critic (acai: 0.5)',
      0,
      LARGEST,
    ),
    new Option('--negative <name>', 'whose angle to the negative counts (atnl: anchor)').choices([
      'anchor',
      'positive',
    ]),
    number(
      '--noise <radians>',
      'how far codes are moved before they are decoded in training (atnl: 0)',
      0,
      Math.PI,
    ),
    number('--beta <weight>', 'weight of the divergence from the prior (vae, vaeTripletLoss: 1)', 0, LARGEST),
    number('--gamma <share>', "share of the image in the critic's real examples (acai: 0.2)", 0, 1),
    new Option('--units <n>', "units of the discriminator's hidden layers (aae: 100)").argParser(
      wholeNumber(1),
    ),
    number('--prior-deviation <value>', 'standard deviation of the prior (aae: 1)', 1e-6, LARGEST),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

/** The options that were given for the learner. Throws a `UsageError` for one that belongs to another learner. */
export function learnerOptions(flags: LearnerFlags): LearnerOptions[LearnerName] {
  const own: readonly OptionName[] = optionsByLearner[flags.learner];
  const all = new Set<OptionName>(Object.values(optionsByLearner).flat());
  const given = [...all].filter((name) => flags[name] !== undefined);
  const stranger = given.find((name) => !own.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`the learner ${flags.learner} has no ${flagOf(stranger)}`, {
      hint: own.length === 0 ? 'It has no options.' : `Its options: ${own.map(flagOf).join(', ')}.`,
    });
  }
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

/** A learner's options as words of a command line. */
export function wordsOf(options: Readonly<Record<string, string | number>>): (string | number)[] {
  return Object.entries(options).flatMap(([name, value]) => [flagOf(name), value]);
}
