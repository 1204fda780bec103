import { Buffer } from 'node:buffer';
import type { Label, LabeledImage } from '../../../core/image.js';
import { encodePng } from '../../../data/decode/png.js';
import type { ArmResult, Comparison, Mistakes } from '../../../evaluate/result.js';
import { leakText } from '../evaluationTable.js';
import { classifierNames, count, counted, estimated, points, verdictOf } from '../figures.js';
import { type Html, html, markup } from '../html.js';
import { dotFigure } from '../plots/dotFigure.js';
import { lineFigure } from '../plots/lineFigure.js';
import { adviceList, pageOf } from './pageFrame.js';
import {
  classifiersOf,
  commandLine,
  episodesOf,
  type ReportParts,
  type ShownEvaluation,
  settingOf,
} from './pageParts.js';
import {
  curveAdvice,
  differenceOf,
  photosAdvice,
  photosAnswer,
  recalls,
  referenceRow,
  rowName,
  shownRow,
} from './photosAdvice.js';
import { dataSection, mapSection } from './sections.js';

/** Everything that a report on photos shows. */
export interface PhotosParts
  extends Pick<
    ReportParts,
    'command' | 'seed' | 'backend' | 'versions' | 'title' | 'data' | 'map' | 'evaluation'
  > {
  readonly extractor: {
    readonly name: string;
    readonly digest: string;
    /** Lines that say what it is. */
    readonly lines: readonly string[];
  };
  /** Small versions of pictures that were mistaken, by the names of the images. Some may lack, for room. */
  readonly pictures: ReadonlyMap<string, Pick<LabeledImage, 'pixels' | 'shape'>>;
  /** Commands that go on from here, with what each does. */
  readonly next: readonly (readonly [what: string, command: string])[];
  /** Lines of a program that learns these photos. */
  readonly program: string;
}

const style = `
.answer { font-size: 1.2rem; line-height: 1.45; font-weight: 600; margin: .5rem 0 .25rem; max-width: 46rem; }
.chart svg { width: 100%; max-width: 38rem; }
.curve svg { max-width: 28rem; }
.lookup { display: grid; grid-template-columns: minmax(0, max-content) minmax(14rem, 1fr); gap: 1rem 2rem; align-items: start; }
.confusion td a { display: flex; align-items: center; justify-content: center; width: 100%; height: 2rem; color: inherit; text-decoration: underline dotted; text-underline-offset: .2em; }
.confusion td a:focus-visible { outline-offset: -2px; }
.confusion td a[aria-current] { outline: 3px solid #d55e00; outline-offset: -3px; text-decoration: none; }
.pairs section { padding: .25rem .75rem .75rem; border-left: 3px solid #d4d4d4; margin: 0 0 1.25rem; }
.pairs section:target, .scripted .pairs section { border-color: #d55e00; }
.scripted .pairs section[hidden] { display: none; }
.pairs h3 { margin: .25rem 0 .5rem; }
.shots { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; margin: 0; padding: 0; max-width: none; }
.shots li { width: 7rem; font-size: .8rem; line-height: 1.35; color: #5a5a5a; }
.shots img { width: auto; height: 6rem; max-width: 7rem; object-fit: contain; border-radius: .25rem; margin-bottom: .25rem; image-rendering: auto; }
.wide img { image-rendering: auto; }
.lines code { white-space: pre-wrap; }
pre { overflow-x: auto; padding: .75rem; background: #f4f6f8; border-radius: .3rem; margin: .6rem 0; }
@media (max-width: 40rem) { .dots { overflow-x: auto; } .dots svg { width: 31rem; max-width: none; } .shots li { width: 6rem; } }
@media (max-width: 52rem) { .lookup { grid-template-columns: minmax(0, 1fr); } }
@media print { .scripted .pairs section[hidden] { display: block; } }
`;

/** Shows the pictures of one cell at a time. Without it, all are listed below the matrix, and cells lead to them. */
const script = `
document.documentElement.classList.add('scripted');
const cells = [...document.querySelectorAll('a[data-pair]')];
const parts = [...document.querySelectorAll('.pairs section')];
function show(id, look) {
  for (const part of parts) part.hidden = part.id !== id;
  for (const cell of cells) {
    if (cell.dataset.pair === id) cell.setAttribute('aria-current', 'true');
    else cell.removeAttribute('aria-current');
  }
  if (!look) return;
  const part = parts.find((one) => one.id === id);
  part.querySelector('h3').focus({ preventScroll: true });
  part.scrollIntoView({ block: 'nearest' });
}
for (const cell of cells) {
  cell.addEventListener('click', (event) => {
    event.preventDefault();
    show(cell.dataset.pair, true);
  });
  cell.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const next = step && cells[cells.indexOf(cell) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    show(next.dataset.pair, false);
  });
}
for (const part of parts) {
  part.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') cells.find((cell) => cell.dataset.pair === part.id).focus();
  });
}
const asked = parts.find((part) => '#' + part.id === location.hash);
if (parts.length > 0) show((asked || parts[0]).id, false);
`;

/** Largest number of classes of a matrix; with more, only mistakes are listed. */
const MATRIX_CLASSES = 30;

const signs = {
  better: html`<span class="sign">▲<span class="hidden"> clearly better</span></span>`,
  worse: html`<span class="sign">▼<span class="hidden"> clearly worse</span></span>`,
  open: html`<span class="sign"><span class="hidden"> not clear of zero</span></span>`,
};

const signed = (found: Pick<Comparison, 'difference' | 'ci95'>) => [points(found), signs[verdictOf(found)]];

/** Accuracy by arm and classifier, with differences from the reference and from the same classifier on real codes alone. */
function accuracySection({ evaluation, data }: PhotosParts): Html {
  const photos = data.found.tested;
  const reference = referenceRow(evaluation);
  const panels = classifiersOf(evaluation).map(({ name, rows }) => ({
    title: name,
    rows: rows.map(({ arm, mean, ci95 }) => ({ name: arm, mean, ci95 })),
  }));
  const alone = (row: ArmResult) =>
    evaluation.results.find(({ arm, classifier }) => arm === 'codes' && classifier === row.classifier);
  return html`<p class="setting">${settingOf(evaluation)}</p>
<p>All rows learn from the same ${counted(evaluation.shots, 'photo')} of each thing in an episode, and are asked the same other photos. Intervals
hold 95 %, over ${counted(episodesOf(evaluation), 'episode')}: over which photos are learned from. That ${counted(photos, 'photo')} are asked moves all rows
together${photos === 0 ? '' : html`, by up to ${Math.min(50, Math.round(98 / Math.sqrt(photos)))} points`}. Differences are paired by episode, and their intervals no narrower than so many photos allow.</p>
<figure class="chart dots" role="region" aria-label="Accuracy" tabindex="0">${markup(dotFigure({ title: 'Photos that are recognized', xLabel: 'accuracy in %', panels, sharedAxis: true }))}</figure>
<details><summary>The same as a table, with differences</summary>
<div class="wide" role="region" aria-label="Accuracy of each row" tabindex="0"><table>
<caption>Accuracy in %, and differences in points. ▲ and ▼: the interval leaves zero out.</caption>
<thead><tr><th scope="col">learns from</th><th scope="col">classifier</th><th scope="col" class="number">accuracy</th><th scope="col" class="number">vs ${rowName(reference)}</th><th scope="col" class="number">vs codes, same classifier</th></tr></thead>
<tbody>${evaluation.results.map((row) => {
    const own = alone(row);
    return html`<tr><th scope="row">${row.arm}</th><td>${classifierNames[row.classifier]}</td><td class="number">${estimated(row)}</td><td class="number">${row === reference ? '' : signed(differenceOf(row, reference, photos))}</td><td class="number">${own === undefined || own === row ? '' : signed(differenceOf(row, own, photos))}</td></tr>
`;
  })}</tbody></table></div></details>
${evaluation.leaks === undefined ? '' : html`<p>${leakText(evaluation.leaks)}</p>`}
${evaluation.command === undefined ? '' : commandLine(evaluation.command)}`;
}

/** Accuracy by number of photos. */
function curveSection({ evaluation, data }: PhotosParts): Html {
  const { curve = [] } = evaluation;
  const lines = curve.filter(({ points: all }) => all.length > 0);
  if (lines.length === 0 || lines.every(({ points: all }) => all.length < 2)) {
    return html`<p>There is no curve: each thing has too few photos to learn from fewer of them.</p>`;
  }
  const figure = lineFigure({
    title: 'Accuracy by number of photos',
    ...{ xLabel: 'photos of each thing to learn from', yLabel: 'accuracy in %', legendTitle: 'learns from' },
    ...{ columns: 1, legendBelow: true },
    panels: [
      {
        title: '',
        lines: lines.map((line) => ({
          name: rowName(line),
          points: line.points.map(({ shots, mean, ci95 }) => ({ x: shots, mean, ci95 })),
        })),
      },
    ],
  });
  return html`<figure class="chart curve">${markup(figure)}</figure>
${adviceList(curveAdvice({ evaluation, photos: data.found.tested }))}
<p class="faint">From the photos at hand: fewer of them to learn from, the same ones asked, ${counted(lines[0]!.episodes, 'episode')}. The curve ends where your
photos end; what more of them would bring is not measured, and is not guessed here.</p>
<p class="setting">${settingOf(evaluation)}</p>`;
}

/** Pictures of one pair of classes that were mistaken. */
interface MistakenPair {
  readonly id: string;
  readonly truth: Label;
  readonly predicted: Label;
  readonly pictures: Mistakes['pictures'];
}

/** Mistaken pictures by pair of classes: the pairs with most mistakes first. */
function pairsOf({ classes = [], mistakes }: ShownEvaluation): MistakenPair[] {
  const pairs = new Map<string, MistakenPair['pictures'][number][]>();
  for (const picture of mistakes?.pictures ?? []) {
    const id = `pair-${classes.indexOf(picture.truth)}-${classes.indexOf(picture.predicted)}`;
    pairs.set(id, [...(pairs.get(id) ?? []), picture]);
  }
  const timesOf = ({ pictures }: MistakenPair) => pictures.reduce((sum, { times }) => sum + times, 0);
  return [...pairs]
    .map(([id, pictures]) => ({
      ...{ id, pictures },
      truth: pictures[0]!.truth,
      predicted: pictures[0]!.predicted,
    }))
    .sort((a, b) => timesOf(b) - timesOf(a));
}

/** The matrix of one row, whose cells lead to the pictures, and the pictures. */
function mistakesSection({ evaluation, pictures, data }: PhotosParts): Html {
  const { classes } = evaluation;
  const row = shownRow({ evaluation, photos: data.found.tested });
  const pairs = pairsOf(evaluation);
  const names = (classes ?? []).map(String);
  const held = row.confusion !== undefined && names.length <= MATRIX_CLASSES;
  const listed = recalls(row, classes).filter(({ right, of }) => right < of);
  return html`<p class="setting">${rowName(row)} · ${settingOf(evaluation)}</p>
${held ? html`<p>Rows are what photos show, columns what they were taken for, in % of the row; the diagonal is right. A number that is underlined leads to the very photos.</p>` : ''}
${row.confusion === undefined ? '' : listed.length === 0 ? html`<p>No mistakes: every photo that was asked for was recognized.</p>` : html`<p class="faint">Least recognized: ${listed.slice(0, 5).map(({ label, right, of }, i) => html`${i === 0 ? '' : '; '}<bdi>${String(label)}</bdi> (${count(right)} of ${count(of)})`)}</p>`}
<div class="lookup">
${held ? matrix(row, names, pairs) : ''}
<div class="pairs">${pairs.map((pair) => pairPart(pair, pictures))}</div>
</div>`;
}

function matrix(row: ArmResult, names: readonly string[], pairs: readonly MistakenPair[]): Html {
  const says = rowName(row);
  const shown = new Set(pairs.map(({ id }) => id));
  return html`<div class="wide" role="region" aria-label="Confusion matrix of ${says}" tabindex="0"><table class="confusion">
<caption class="hidden">What photos of each thing were taken for, in %: ${says}</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col"><span><bdi>${name}</bdi></span></th>`)}</tr></thead>
<tbody>${row.confusion!.map((cells, own) => {
    const total = cells.reduce((sum, cell) => sum + cell, 0);
    return html`<tr><th scope="row"><bdi>${names[own]}</bdi></th>${cells.map((cell, other) => {
      const share = total === 0 ? 0 : cell / total;
      const id = `pair-${own}-${other}`;
      const number = html`${cell === 0 ? html`<span class="hidden">0</span>` : share < 0.005 ? '<1' : Math.round(100 * share)}`;
      const inside = shown.has(id)
        ? html`<a href="#${id}" data-pair="${id}" aria-label="${names[own]} taken for ${names[other]}: ${count(cell)} of ${count(total)}. Show the photos">${number}</a>`
        : number;
      return html`<td class="${other === own ? 'right ' : ''}s${Math.round(10 * share)}" title="${count(cell)} of ${count(total)}">${inside}</td>`;
    })}</tr>
`;
  })}</tbody></table></div>`;
}

function pairPart(
  { id, truth, predicted, pictures: own }: MistakenPair,
  pictures: PhotosParts['pictures'],
): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h3 id="${id}-title" tabindex="-1"><bdi>${String(truth)}</bdi> taken for <bdi>${String(predicted)}</bdi></h3>
<ul class="shots">${own.map(({ image, times, of }) => {
    const small = pictures.get(image);
    const drawn =
      small === undefined
        ? ''
        : html`<img src="data:image/png;base64,${Buffer.from(encodePng(small.pixels, small.shape)).toString('base64')}" alt="${image}" width="${small.shape[1]}" height="${small.shape[0]}">`;
    return html`<li>${drawn}<bdi>${image}</bdi>, ${count(times)} of ${counted(of, 'time')}</li>`;
  })}</ul></section>
`;
}

/** What gives the codes, and a map of them. */
function featuresSection(parts: PhotosParts): Html {
  const { name, digest, lines } = parts.extractor;
  return html`<pre class="lines"><code>${lines.join('\n')}</code></pre>
<p class="faint">${name} · SHA-256 <code>${digest}</code>. It is frozen: nothing was trained on your photos but the classifiers.</p>
${mapSection(parts)}`;
}

function nextSection({ next, program }: PhotosParts): Html {
  return html`${next.map(([what, command]) => html`<p class="command"><span>${what}</span> <code>${command}</code></p>`)}
<p>In a program:</p>
<pre role="region" aria-label="Program" tabindex="0"><code>${program}</code></pre>`;
}

/**
 * One page about photos, their codes and what classifiers make of them, with all pictures embedded and no network access. Its script
 * only shows pictures one pair of classes at a time. The page depends on the parts alone, byte by byte.
 */
export function photosPage(parts: PhotosParts): string {
  const { title, data, extractor, evaluation } = parts;
  const { images, classes } = data.found;
  const advised = html`${adviceList(photosAdvice(evaluation, data.found))}
<p class="faint">Clear: the 95 % interval of a difference, paired by episode, leaves zero out. It holds for the setting named under
<a href="#accuracy">Accuracy</a>, and for no other.</p>`;
  return pageOf({
    ...parts,
    ...{ style, script, title: `Photo report: ${title}` },
    head: html`<h1>Photo report: <bdi>${title}</bdi></h1>
<p class="answer">${photosAnswer({ evaluation, photos: data.found.tested })}</p>
<p class="faint">${settingOf(evaluation)}</p>
<ul class="facts-row">
<li><b>${count(images)}</b> ${images === 1 ? 'photo' : 'photos'}</li>
<li><b>${count(classes.length)}</b> things</li>
<li><b>${extractor.name}</b> gives their codes</li>
<li><b>${counted(evaluation.shots, 'photo')}</b> of each to learn from</li>
</ul>`,
    sections: [
      ['advice', 'What to do next', advised],
      ['accuracy', 'Accuracy', accuracySection(parts)],
      ['curve', 'What more photos bring', curveSection(parts)],
      ['mistakes', 'Mistakes', mistakesSection(parts)],
      ['data', 'Photos', dataSection(parts)],
      ['features', 'Features', featuresSection(parts)],
      ['use', 'Use it', nextSection(parts)],
    ],
  });
}
