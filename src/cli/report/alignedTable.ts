import type { Comparison } from '../../evaluate/result.js';
import { points, verdictOf } from './figures.js';

/** A cell, and its text with color codes, which take no width. */
export interface Cell {
  readonly text: string;
  readonly shown?: string;
}

/** Lines of a table for a terminal: header, rule, rows. The first column is left-aligned, all others right-aligned. */
export function alignedTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.text.length)),
  );
  const pad = ({ text, shown = text }: Cell, column: number) => {
    const gap = ' '.repeat(widths[column]! - text.length);
    return column === 0 ? shown + gap : gap + shown;
  };
  return [
    header.map((text, column) => pad({ text }, column)).join('  '),
    widths.map((width) => '─'.repeat(width)).join('──'),
    ...rows.map((row) => row.map(pad).join('  ')),
  ].map((line) => line.trimEnd());
}

/** Text in green or red, by terminal codes. */
export function inColor(text: string, better: boolean): string {
  return `\u001b[${better ? 32 : 31}m${text}\u001b[0m`;
}

/** How a table is drawn. */
export interface TableStyle {
  /** Color what is clear of zero, and draw a bar for each gain. Default: false. */
  readonly color?: boolean;
  /** Characters of a line, which bars and classifiers side by side must fit. Default: 80. */
  readonly columns?: number;
}

/** How a table is drawn, all settled: `bar` is the width of a bar for the difference `full`, 0 without bars. */
export interface Drawing {
  readonly color: boolean;
  readonly bar: number;
  readonly full: number;
}

/** Text of a comparison, in color where it is clear of zero. */
export function compared(comparison: Comparison | undefined, { color }: Drawing): Cell {
  if (comparison === undefined) return { text: '' };
  const text = points(comparison);
  if (!color || verdictOf(comparison) === 'open') return { text };
  return { text, shown: inColor(text, comparison.difference > 0) };
}

const EIGHTHS = ' ▏▎▍▌▋▊▉';

/** A bar as long as a difference, in its color; faint where it is not clear of zero. No cell without bars. */
export function barOf(comparison: Comparison | undefined, { bar, full }: Drawing): Cell[] {
  if (bar === 0) return [];
  const eighths = Math.round((8 * bar * Math.abs(comparison?.difference ?? 0)) / full);
  const drawn = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!.trim();
  const text = drawn.padEnd(bar);
  if (comparison === undefined || drawn === '') return [{ text }];
  const verdict = verdictOf(comparison);
  const inked = verdict === 'open' ? `\u001b[2m${drawn}\u001b[0m` : inColor(drawn, verdict === 'better');
  return [{ text, shown: inked + text.slice(drawn.length) }];
}

/** Title of a column of bars. No cell without bars. */
export const titleOfBars = ({ bar }: Drawing): string[] => (bar === 0 ? [] : ['gain'.padEnd(bar)]);

/** Widths of bars, the best first. */
const BARS = [12, 8, 5];
/** Least difference that a whole bar stands for. */
const LEAST = 0.01;

/** The first drawing of a table that fits the line, else the last; without color the plain one. */
export function fitting(
  shown: readonly Comparison[],
  { color = false, columns = 80 }: TableStyle,
  drawings: readonly ((drawing: Drawing) => string[])[],
): string[] {
  const full = Math.max(LEAST, ...shown.map(({ difference }) => Math.abs(difference)));
  const plain = { color, bar: 0, full };
  if (!color || shown.length === 0) return drawings[0]!(plain);
  const tables = [
    ...drawings.flatMap((draw) => BARS.map((bar) => () => draw({ color, bar, full }))),
    () => drawings.at(-1)!(plain),
  ];
  // Rules are as wide as the table.
  const fits = (lines: string[]) => lines.every((line) => !line.startsWith('─') || line.length <= columns);
  for (const table of tables) {
    const lines = table();
    if (fits(lines)) return lines;
  }
  return tables.at(-1)!();
}
