import type { ArmResult } from '../../../evaluate/result.js';
import { count } from '../figures.js';
import { type Html, html } from '../html.js';

/** Numbers of queries by true class (row) and predicted class (column). */
export type Confusion = NonNullable<ArmResult['confusion']>;

/** One kind of answer: queries of the class `own` that were taken for the class `taken`. */
export interface Cell {
  readonly own: number;
  readonly taken: number;
  /** Number of such queries, and of all of their class. */
  readonly times: number;
  readonly of: number;
}

const cellsOf = (row: readonly number[], own: number): Cell[] => {
  const of = row.reduce((sum, times) => sum + times, 0);
  return row.map((times, taken) => ({ own, taken, times, of }));
};

/** Answers that are wrong, those of the largest share of their class first. */
export const mistakesOf = (confusion: Confusion): Cell[] =>
  confusion
    .flatMap(cellsOf)
    .filter(({ own, taken, times }) => own !== taken && times > 0)
    .sort((a, b) => b.times / b.of - a.times / a.of);

function share({ times, of }: Cell): Html {
  const part = times / of;
  return html`${times === 0 ? html`<span class="hidden">0</span>` : part < 0.005 ? '<1' : Math.round(100 * part)}`;
}

/**
 * A confusion matrix in % of its rows.
 *
 * @param names of the classes
 * @param says what is shown, for screen readers
 * @param linked makes the number of a cell a link. Default: none is.
 */
export function confusionTable(
  confusion: Confusion,
  names: readonly string[],
  says: string,
  linked: (cell: Cell, number: Html) => Html = (_, number) => number,
): Html {
  const drawn = (cell: Cell) =>
    html`<td class="${cell.taken === cell.own ? 'right ' : ''}s${cell.of === 0 ? 0 : Math.round((10 * cell.times) / cell.of)}" title="${count(cell.times)} of ${count(cell.of)}">${linked(cell, share(cell))}</td>`;
  return html`<div class="wide" role="region" aria-label="Confusion matrix of ${says}" tabindex="0"><table class="confusion">
<caption class="hidden">What queries of each class were taken for, in %: ${says}</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col"><span><bdi>${name}</bdi></span></th>`)}</tr></thead>
<tbody>${confusion.map(
    (row, own) => html`<tr><th scope="row"><bdi>${names[own]}</bdi></th>${cellsOf(row, own).map(drawn)}</tr>
`,
  )}</tbody></table></div>`;
}
