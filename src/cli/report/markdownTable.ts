/** A Markdown table; all columns but the first `names` are right-aligned. A bar in a cell is escaped. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  names = 1,
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = header.map((_, column) => (column < names ? '---' : '--:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
