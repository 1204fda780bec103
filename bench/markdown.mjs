/**
 * A result file of the bench as the Markdown table of docs/speed.md.
 *
 *   node bench/markdown.mjs paper/results/bench.json
 */
import { readFileSync } from 'node:fs';
import { formatNumber } from './table.mjs';

const heading = ['case', 'backend', 'here', 'peer', 'there', 'ratio of times [lowest, highest]'];

export function markdownTable({ rows }) {
  const cells = rows.map(({ name, backend, unit, ours, peer, theirs, ratio, ratioSpread: [low, high] }) => [
    name,
    backend,
    `${formatNumber(ours)} ${unit}`,
    peer,
    `${formatNumber(theirs)} ${unit}`,
    `${ratio.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
  ]);
  const line = (words) => `| ${words.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...cells.map(line)].join('\n');
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  console.log(markdownTable(JSON.parse(readFileSync(process.argv[2], 'utf8'))));
}
