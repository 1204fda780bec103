const peers = { stock: 'stock wasm', native: 'native', pytorch: 'PyTorch' };

const digits = (value) => value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0);
const line = (cells) => `| ${cells.join(' | ')} |`;

/** A result of `run.mjs --json` as a Markdown table, with what it needs to be read below. */
export function kernelTable({ machine, rounds, limit, arithmetic, rows }) {
  const there = Object.keys(peers).filter((peer) => rows.some((row) => row[peer] !== null));
  const header = [
    'case',
    'ours, ms',
    ...there.map((peer) => peers[peer]),
    ...there.map((peer) => `${peers[peer]} / ours`),
    ...['GFLOP/s', 'of the limit'],
  ];
  const cells = rows.map((row) => [
    ...[row.name, digits(row.ours)],
    ...there.map((peer) => (row[peer] === null ? '–' : digits(row[peer]))),
    ...there.map((peer) => (row[peer] === null ? '–' : `${digits(row[peer] / row.ours)}×`)),
    ...(row.gflops === null
      ? ['–', '–']
      : [digits(row.gflops), `${((100 * row.gflops) / limit).toFixed(0)} %`]),
  ]);
  const rule = ['---', ...header.slice(1).map(() => '--:')];
  const instruction = arithmetic === 'fma' ? 'fused multiply-adds' : 'multiplications and additions';
  return [
    ...[header, rule, ...cells].map(line),
    '',
    `Medians of ${rounds} rounds on one thread of ${machine.cpu}, Node ${machine.versions.node}; above 1× ours is faster. GFLOP/s count the`,
    'multiplications and additions of a plain sum, without taps in padding, over our time.',
    `The limit, ${digits(limit)} GFLOP/s, is that of a loop of ${instruction} in registers alone. Minimal filtering needs fewer than a plain`,
    'sum, so a convolution can exceed it.',
  ].join('\n');
}
