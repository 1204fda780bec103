import type { ArmResult } from '../../evaluate/index.js';
import { count, counted, percent } from '../figures.js';
import { type Html, html } from '../html.js';
import { classifiersOf, episodesOf, settingOf } from './classifiers.js';
import type { ReportParts, ShownEvaluation } from './parts.js';

/** Classes of a matrix that can still be read; of more, the most frequent mistakes are listed alone. */
const MOST_CLASSES = 20;
const MOST_MISTAKES = 5;

/** What was taken for what: without augmentation, with the best arm, and folded away with all others. */
export function confusionSection({ evaluation }: ReportParts): Html {
  const { classes } = evaluation;
  if (classes === undefined) {
    return html`<p>This evaluation holds no confusion matrices: it has more than 100 classes, or was made by an earlier release. In the latter
case, run its command again.</p>`;
  }
  const names = classes.map(String);
  return html`<p class="setting">${settingOf(evaluation)}</p>
<p>Rows are the classes of query images, columns what they were taken for, in % of the row; the diagonal is right. All of ${counted(episodesOf(evaluation), 'episode')}
together.</p>
${classifiersOf(evaluation).map(({ name, rows }) => {
  const held = rows.filter((row) => row.confusion !== undefined);
  const alone = held.filter(({ arm }) => arm === 'none');
  const others = held.filter(({ arm }) => arm !== 'none');
  const best = others.reduce<ArmResult | undefined>(
    (a, b) => (a === undefined || b.mean > a.mean ? b : a),
    undefined,
  );
  const first = [...alone, ...(best === undefined ? [] : [best])];
  const rest = others.filter((row) => row !== best);
  const drawn = (row: ArmResult) =>
    matrix(row, names, name, row === best ? ', the highest of the others' : '');
  return html`<h3>${name}</h3>
<div class="matrices">${first.map(drawn)}</div>
${rest.length === 0 ? '' : html`<details><summary>${counted(rest.length, 'more arm')}: ${rest.map(({ arm }) => arm).join(', ')}</summary><div class="matrices">${rest.map(drawn)}</div></details>`}`;
})}`;
}

function matrix(
  { arm, mean, confusion }: ArmResult,
  names: readonly string[],
  classifier: string,
  about: string,
) {
  const counts = confusion!;
  const title = html`<b>${arm}</b>${about}: ${percent(mean)} % right`;
  return html`<div class="matrix"><p>${title}</p>${names.length <= MOST_CLASSES ? grid(counts, names, `${arm}, ${classifier}`) : ''}${mistakes(counts, names)}</div>`;
}

function grid(
  counts: NonNullable<ShownEvaluation['results'][number]['confusion']>,
  names: readonly string[],
  says: string,
) {
  return html`<div class="wide" role="region" aria-label="Confusion matrix of ${says}" tabindex="0"><table class="confusion">
<caption class="hidden">What queries of each class were taken for, in %: ${says}</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col"><span><bdi>${name}</bdi></span></th>`)}</tr></thead>
<tbody>${counts.map((row, own) => {
    const total = row.reduce((sum, cell) => sum + cell, 0);
    const cells = row.map((cell, place) => {
      const share = total === 0 ? 0 : cell / total;
      return html`<td class="${place === own ? 'right ' : ''}s${Math.round(10 * share)}" title="${count(cell)} of ${count(total)}">${cell === 0 ? html`<span class="hidden">0</span>` : Math.round(100 * share)}</td>`;
    });
    return html`<tr><th scope="row"><bdi>${names[own]}</bdi></th>${cells}</tr>
`;
  })}</tbody></table></div>`;
}

/** The most frequent mistakes, as shares of the class that was asked for. */
function mistakes(counts: NonNullable<ArmResult['confusion']>, names: readonly string[]): Html {
  const found = counts.flatMap((row, own) => {
    const total = row.reduce((sum, cell) => sum + cell, 0);
    return row.flatMap((cell, place) => (place === own || cell === 0 ? [] : [{ own, place, cell, total }]));
  });
  const most = found.sort((a, b) => b.cell / b.total - a.cell / a.total).slice(0, MOST_MISTAKES);
  if (most.length === 0) return html`<p>No mistakes.</p>`;
  return html`<p class="faint">Most often: ${most.map(({ own, place, cell, total }, i) => html`${i === 0 ? '' : '; '}<bdi>${names[own]}</bdi> taken for <bdi>${names[place]}</bdi> (${count(cell)} of ${count(total)})`)}</p>`;
}
