/** Three significant digits, but every digit before the point. */
export const formatNumber = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

const figure = (value, range) =>
  value === null ? '–' : `${formatNumber(value)} [${range.map(formatNumber).join(', ')}]`;

const line = (cells) => cells.map((cell, i) => cell.padEnd([22, 9, 9, 26, 15, 26, 0][i])).join('');

export const header = line([
  'name',
  'backend',
  'unit',
  'ours [min, max]',
  'peer',
  'theirs [min, max]',
  'ratio [min, max]',
]);

export const formatRow = ({
  name,
  backend,
  unit,
  ours,
  oursSpread,
  peer,
  theirs,
  theirsSpread,
  ratio,
  ratioSpread,
}) =>
  line([
    ...[name, backend, unit, figure(ours, oursSpread), peer],
    ...[figure(theirs, theirsSpread), figure(ratio, ratioSpread)],
  ]);
