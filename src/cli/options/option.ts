import { type Command, Option as CommanderOption } from 'commander';
import { commandLine } from '../../core/commandLine.js';
import { type Kind, negated } from './kinds.js';

/** An option of a command, by its name in the API and in a config. */
export interface Option {
  readonly kind: Kind<unknown>;
  /** The flag, where it is not the name in kebab case. */
  readonly flag?: string;
  /** Stands for the value in help; `path...` where a flag takes several words. */
  readonly placeholder?: string;
  readonly help: string;
  /** Help of the opposite flag. */
  readonly helpOfNo?: string;
  readonly default?: unknown;
  /** The value that counts where none is given, if the command finds it by itself. A recorded command leaves it out. */
  readonly fallback?: unknown;
  /** Says in help what counts where none is given, if `default` and `fallback` do not. */
  readonly otherwise?: string;
  readonly required?: true;
  /** Names of options that must not be given beside it. */
  readonly conflicts?: readonly string[];
  /** Names of options whose values in a config do not count beside it. */
  readonly replaces?: readonly string[];
  /** Help for the key of a config. Without it the option is no key. */
  readonly config?: string;
  /** True if the key stands at the top of a config, for all commands. */
  readonly shared?: true;
}

/** Options of a command, in the order of its help. */
export type Options = Readonly<Record<string, Option>>;

type ValueOf<One> = One extends { readonly kind: Kind<infer Value> } ? Value : never;
type IsSet<One> = One extends { readonly default: unknown } | { readonly required: true } ? true : false;
type Flat<Type> = { [Name in keyof Type]: Type[Name] };

/** Values of a command's options. Those with a default, and those that must be given, are always there. */
export type Flags<All extends Options> = Flat<
  { readonly [Name in keyof All as IsSet<All[Name]> extends true ? Name : never]: ValueOf<All[Name]> } & {
    readonly [Name in keyof All as IsSet<All[Name]> extends true ? never : Name]?: ValueOf<All[Name]>;
  }
>;

/** Values in a config that are one command's own. */
export type ConfigPart<All extends Options> = {
  readonly [Name in keyof All as All[Name] extends { readonly config: string }
    ? All[Name] extends { readonly shared: true }
      ? never
      : Name
    : never]?: ValueOf<All[Name]>;
};

/** A command's options, and how results record them. */
export interface Table<All extends Options = Options> {
  /** Name of the command. */
  readonly name: string;
  readonly options: All;
  /** Options that a recorded command spells, in its order. Results depend on no others. */
  readonly recorded: readonly (keyof All & string)[];
  /** Those that it spells even where they have their default. */
  readonly always: readonly (keyof All & string)[];
  /** Part of a config that the command reads. Default: the one of its name. */
  readonly part?: string;
}

/** Values of the options in a table. */
export type FlagsOf<One> = One extends Table<infer All> ? Flags<All> : never;

/** `perClass` as `--per-class`. */
export function flagOf(name: string, { flag }: Pick<Option, 'flag'> = {}): string {
  return flag ?? `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}

/** Name of an option as commander has it. */
export const attributeOf = (name: string, option: Option): string =>
  flagOf(name, option)
    .slice(2)
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function helpOf({ help, fallback, otherwise }: Option): string {
  const counts = otherwise ?? (typeof fallback === 'boolean' ? undefined : fallback);
  return counts === undefined ? help : `${help} (default: ${counts})`;
}

/** Adds the flags of options to a command. */
export function addOptions(command: Command, options: Options): void {
  for (const [name, option] of Object.entries(options)) {
    const { kind, placeholder, conflicts = [], helpOfNo = 'do not' } = option;
    const flag = flagOf(name, option);
    const added = new CommanderOption(kind.bare ? flag : `${flag} <${placeholder}>`, helpOf(option));
    if (kind.choices !== undefined) added.choices(kind.choices);
    else if (!kind.bare) added.argParser(kind.parse);
    if (option.default !== undefined) added.default(option.default);
    if (option.required) added.makeOptionMandatory();
    command.addOption(added.conflicts(conflicts.map((other) => attributeOf(other, options[other]!))));
    if (kind.negatable) command.option(negated(flag), helpOfNo);
  }
}

/** The values that a parsed command has for its options. */
export function flagsIn<All extends Options>(command: Command, options: All): Flags<All> {
  const found = Object.entries(options).flatMap(([name, option]) => {
    const value: unknown = command.getOptionValue(attributeOf(name, option));
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found) as Flags<All>;
}

/** The command line that gives options these values, as far as results depend on them. */
export function commandText<All extends Options>(
  { name: command, options, recorded, always }: Table<All>,
  values: { readonly [Name in keyof Flags<All>]?: Flags<All>[Name] | undefined },
  argument?: string,
): string {
  const words = recorded.flatMap((name) => {
    const option: Option = options[name]!;
    const value: unknown = (values as Readonly<Record<string, unknown>>)[name];
    const usual = option.default ?? option.fallback;
    if (value === undefined || (!always.includes(name) && String(value) === String(usual))) return [];
    return option.kind.words(flagOf(name, option), value);
  });
  return commandLine(['fewshot', command, ...(argument === undefined ? [] : [argument]), ...words]);
}
