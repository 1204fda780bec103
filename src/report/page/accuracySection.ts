import { counted, estimated, points, verdictOf } from '../figures.js';
import { type Html, html, markup } from '../html.js';
import { differenceFigure } from '../plots/differenceFigure.js';
import { dotFigure } from '../plots/dotFigure.js';
import { armTexts } from './armTexts.js';
import { type ClassifierRows, classifiersOf, episodesOf, settingOf } from './classifiers.js';
import { commandLine } from './commandLine.js';
import type { ReportParts, ShownEvaluation } from './parts.js';

/** Accuracy of each arm, and its differences from what it is held against. */
export function accuracySection({ evaluation }: ReportParts): Html {
  const arms = [...new Set(evaluation.results.map(({ arm }) => arm))];
  return html`<p>With and without images that were made.</p>
<p class="setting">${settingOf(evaluation)}</p>
<p>The arms learn from the same ${counted(evaluation.shots, 'labelled image')} a class in each episode and are asked the same queries. Intervals
hold 95 %, over ${counted(episodesOf(evaluation), 'episode')}; differences are paired by episode.</p>
<details><summary>What the arms are</summary><dl>${arms.map((arm) => html`<dt>${arm}</dt><dd>${armTexts[arm] ?? 'a pipeline, as its file says'}</dd>`)}</dl></details>
${classifiersOf(evaluation).map((part) => classifierPart(part, evaluation))}
${commandLine(evaluation.command)}
<p class="faint">fewshot-atnl ${evaluation.versions['fewshot-atnl'] ?? 'of an unknown version'} · ${evaluation.seconds} s</p>`;
}

const signs = {
  better: html`<span class="sign">▲<span class="hidden"> clearly better</span></span>`,
  worse: html`<span class="sign">▼<span class="hidden"> clearly worse</span></span>`,
  open: html`<span class="sign"><span class="hidden"> not clear of zero</span></span>`,
};

function classifierPart({ name, rows }: ClassifierRows, evaluation: ShownEvaluation): Html {
  const comparisons = evaluation.comparisons.filter(({ classifier }) => classifier === rows[0]!.classifier);
  const references = [...new Set(comparisons.map(({ against }) => against))];
  return html`<h3>${name}</h3>
<div class="figures">
<div class="wide" role="region" aria-label="Accuracy by the ${name}" tabindex="0"><table>
<caption>Accuracy by the ${name} in %, and differences in points. ▲ and ▼: the interval leaves zero out.</caption>
<thead><tr><th scope="col">arm</th><th scope="col" class="number">accuracy</th>${references.map((against) => html`<th scope="col" class="number">vs ${against}</th>`)}</tr></thead>
<tbody>${rows.map((row) => {
    const cells = references.map((against) => {
      const found = comparisons.find((other) => other.arm === row.arm && other.against === against);
      return html`<td class="number">${found === undefined ? '' : [points(found), signs[verdictOf(found)]]}</td>`;
    });
    return html`<tr><th scope="row">${row.arm}</th><td class="number">${estimated(row)}</td>${cells}</tr>
`;
  })}</tbody></table></div>
<figure>${markup(
    dotFigure({
      title: 'Accuracy',
      xLabel: 'accuracy in %',
      panels: [{ title: name, rows: rows.map(({ arm, mean, ci95 }) => ({ name: arm, mean, ci95 })) }],
    }),
  )}</figure>
${references.map((against) => {
  const found = comparisons.filter((row) => row.against === against);
  return html`<figure>${markup(
    differenceFigure({
      title: `Differences from ${against}`,
      xLabel: 'points',
      rows: found.map(({ arm, difference, ci95 }) => ({ name: arm, difference, ci95 })),
    }),
  )}</figure>`;
})}
</div>`;
}
