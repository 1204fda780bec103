import { InvalidArgumentError } from 'commander';

/** A whole number of at least `least`, as commander wants parsers. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A comma-separated list of whole numbers of at least `least`. */
export function wholeNumbers(least: number): (text: string) => number[] {
  return (text) => text.split(',').map(wholeNumber(least));
}

/** A number between two bounds, both included. */
export function numberBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high)) {
      throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** A comma-separated list of names, each of which must be known; `all` stands for every one. */
export function namesOf<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    if (text === 'all') return [...known];
    const names = [...new Set(text.split(',').map((name) => name.trim()))];
    const unknown = names.find((name) => !(known as readonly string[]).includes(name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(
        `There is no ${unknown === '' ? 'empty name' : unknown}. Known: ${known.join(', ')}.`,
      );
    }
    return names as Name[];
  };
}

/** `all`, or a whole number of at least 1. */
export function countOrAll(text: string): number | 'all' {
  return text === 'all' ? 'all' : wholeNumber(1)(text);
}
