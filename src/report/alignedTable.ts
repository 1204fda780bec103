/** A cell, and how it looks with colours, which take no room. */
export interface Cell {
  readonly text: string;
  readonly shown?: string;
}

/** Lines of a table for a terminal: a header, a rule, the rows. The first column is set to the left, all others to the right. */
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

/** A text in green or red, as terminals take it. */
export function coloured(text: string, better: boolean): string {
  return `\u001b[${better ? 32 : 31}m${text}\u001b[0m`;
}
