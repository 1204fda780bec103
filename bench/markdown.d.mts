/** A result file of the bench as a Markdown table. */
export function markdownTable(result: { rows: readonly object[] }): string;
