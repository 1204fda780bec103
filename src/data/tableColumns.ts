import { DataError } from '../core/errors.js';
import { trimmed } from '../core/names.js';

/** Where a table says what, as indices of its columns. */
export interface TableColumns {
  readonly path: number;
  /** The column of labels, or one for each class that holds a single 1 a row. */
  readonly label: number | readonly number[];
  readonly split?: number;
  readonly group?: number;
  /** A sentence on the choice, if it was none that the names alone decide. */
  readonly note?: string;
}

/** Signals that a table gives no labels to pictures: a column is missing, or all its files are. */
export class NoLabelsError extends DataError {}

/** Other names of the columns. Case, spaces, `_`, `-` and a last `s` make no difference. */
const otherNames = {
  path: ['filename', 'filepath', 'file', 'image', 'imagepath', 'imagename', 'img', 'imgpath'],
  label: ['class', 'classname', 'category', 'target', 'species'],
  split: ['subset', 'partition', 'set', 'dataset'],
  group: [],
} as const;

const keyOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[\s_-]/g, '')
    .replace(/s$/, '');

/** Columns that number the rows, as pandas writes them. */
const isNumbering = (name: string) => /^(|index|id|unnamed:.*)$/i.test(name);

/**
 * Finds the columns of a table by their names: `path`, `label`, `split`, `group`, or others that people give them. Labels may also
 * be in the only other column, or in columns that hold 0 but for a single 1 a row, which are named as the classes.
 *
 * @param first values of the first row
 * @param isSplit tells if a value names a split
 * @throws DataError naming a column that is missing, or two that could be meant; a `NoLabelsError` if one is missing
 */
export function findColumns(
  header: readonly string[],
  first: readonly unknown[],
  where: string,
  isSplit: (value: unknown) => boolean,
): TableColumns {
  const names = header.map(trimmed);
  const shown = names.join(', ').slice(0, 200);
  const find = (role: keyof typeof otherNames): number | undefined => {
    const called = (wanted: (name: string) => boolean) => [...names.keys()].filter((i) => wanted(names[i]!));
    const same = called((name) => name.toLowerCase() === role);
    const keys = [role, ...otherNames[role]].map(keyOf);
    const found = same.length > 0 ? same : called((name) => keys.includes(keyOf(name)));
    if (found.length < 2) return found[0];
    const named = [...new Set(found.map((i) => names[i]))].join(', ');
    throw new DataError(`${where}: ${found.length} columns may be the ${role}: ${named}`, {
      hint: `Call one of them ${role}, and no other.`,
    });
  };
  const path = find('path');
  if (path === undefined) {
    throw new NoLabelsError(`${where}: there is no column path among ${shown}`, {
      hint: 'Name the columns in the first line: path,label or path,label,split.',
    });
  }
  let split = find('split');
  // A column called set may be of anything; one called split may not.
  if (split !== undefined && names[split]!.toLowerCase() !== 'split' && !isSplit(first[split]))
    split = undefined;
  const group = find('group');
  const rest = {
    path,
    ...(split === undefined ? {} : { split }),
    ...(group === undefined ? {} : { group }),
  };
  const label = find('label');
  if (label !== undefined) return { ...rest, label };
  const others = [...names.keys()].filter(
    (i) => i !== path && i !== split && i !== group && !isNumbering(names[i]!),
  );
  const ones = others.filter((i) => bitOf(first[i]) === 1);
  if (others.length > 1 && ones.length === 1 && others.every((i) => bitOf(first[i]) !== undefined)) {
    const classes = others.map((i) => names[i]).join(', ');
    return { ...rest, label: others, note: `Labels are the columns that hold 1: ${classes.slice(0, 200)}` };
  }
  const [only] = others;
  if (only !== undefined && others.length === 1)
    return { ...rest, label: only, note: `Labels are in the column ${names[only]}` };
  throw new NoLabelsError(`${where}: there is no column label among ${shown}`, {
    hint: 'Name the columns in the first line: path,label or path,label,split.',
  });
}

/** The 0 or 1 that a value of a one-hot column means. */
export function bitOf(value: unknown): 0 | 1 | undefined {
  const text = trimmed(String(value)).toLowerCase();
  if (/^(1(\.0*)?|true)$/.test(text)) return 1;
  return /^(0(\.0*)?|false)$/.test(text) ? 0 : undefined;
}
