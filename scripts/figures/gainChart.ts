import { counted } from '../../src/cli/report/figures.js';
import { element, text } from '../../src/cli/report/plots/svg.js';
import { chart, WIDTH } from './chart.js';
import { shortGains } from './evaluations.js';
import { gain } from './gain.js';
import { percent } from './table.js';

/** Height of the lines above the rows, and of a row. */
const [HEAD, ROW] = [44, 64];
/** Room for names on the left, and for gains on the right. */
const [LEFT, RIGHT] = [260, 130];
/** Least accuracy of the axis, in percent. */
const FROM = 70;

const at = (share: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (100 * share - FROM)) / (100 - FROM);

/** The gains of the README as a picture: for each, the baseline as a ring, and hallucinated as a dot, on one axis. */
export function gainChart(): string {
  const rows = shortGains();
  const height = HEAD + rows.length * ROW + 8;
  const says = rows
    .map(({ images, classifier, made, baseline }) => {
      return `${classifier} on ${images}: ${percent(baseline.mean)} % to ${percent(made.mean)} %, ${gain(made, baseline)} points`;
    })
    .join('; ');
  const ticks = [70, 80, 90, 100].flatMap((tick) => [
    element('line', {
      ...{ class: 'rule', x1: at(tick / 100), x2: at(tick / 100) },
      ...{ y1: HEAD - 14, y2: height - 8 },
    }),
    text(at(tick / 100), HEAD - 22, `${tick} %`, { class: 'faint', 'text-anchor': 'middle' }),
  ]);
  const lines = rows.flatMap(({ images, shots, classifier, arm, made, baseline }, i) => {
    const y = HEAD + i * ROW + ROW / 2;
    const [from, to] = [at(baseline.mean), at(made.mean)];
    return [
      text(0, y - 12, `${classifier}, ${counted(shots, 'image')} per class`),
      text(0, y + 5, images, { class: 'faint' }),
      text(0, y + 21, arm, { class: 'faint' }),
      element('line', { class: 'line', x1: from + 7, x2: to, y1: y, y2: y }),
      element('circle', { class: 'base', cx: from, cy: y, r: 6 }),
      element('circle', { class: 'made', cx: to, cy: y, r: 7 }),
      text(WIDTH - RIGHT + 32, y + 5, gain(made, baseline), { class: 'gain' }),
    ];
  });
  const points = text(WIDTH - RIGHT + 32, HEAD - 22, 'points', { class: 'faint' });
  return chart(height, says, [...ticks, points, ...lines]);
}
