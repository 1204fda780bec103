import { readFileSync } from 'node:fs';

/** A file of `paper/results`, as JSON. */
export function readResult<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../paper/results/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** A Markdown table. Columns but the first are aligned to the right where `align` says nothing else. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align: string = `l${'r'.repeat(header.length - 1)}`,
): string {
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`;
  const rule = header.map((_, column) => (align[column] === 'r' ? '--:' : '---'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

/** A text in a fence, without the spaces at its ends. */
export const fenced = (text: string) => `\`\`\`text\n${text.trim()}\n\`\`\``;

/** `1.23`, with a true minus sign, and none before zero. */
export function decimal(value: number, digits: number): string {
  const size = Math.abs(value).toFixed(digits);
  return value < 0 && Number(size) !== 0 ? `−${size}` : size;
}

/** A share in percent: `12.3`. */
export const percent = (share: number, digits = 1) => decimal(100 * share, digits);

/** A difference of shares in points: `+1.2`. */
export const points = (share: number) => {
  const text = percent(share);
  return share > 0 && Number(text) !== 0 ? `+${text}` : text;
};
