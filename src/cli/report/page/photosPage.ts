import type { Label, LabeledImage } from '../../../core/image.js';
import { codeArms } from '../../../evaluate/codes/codeArms.js';
import type { ArmResult, Mistakes } from '../../../evaluate/result.js';
import { leakText } from '../evaluationTable.js';
import { classifierNames, count, counted, estimated } from '../figures.js';
import { type Html, html, markup } from '../html.js';
import { lineFigure } from '../plots/lineFigure.js';
import { type Cell, confusionTable } from './confusionTable.js';
import { gainChart } from './gainChart.js';
import { adviceList, pageOf, type Section } from './pageFrame.js';
import {
  classifiersOf,
  commandLine,
  dataUrl,
  episodesOf,
  type ReportParts,
  type ShownEvaluation,
  settingOf,
  signed,
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
.lookup { display: grid; grid-template-columns: minmax(0, max-content) minmax(14rem, 1fr); gap: 1rem 2rem; align-items: start; }
.confusion td a { display: flex; align-items: center; justify-content: center; width: 100%; height: 2rem; color: inherit; text-decoration: underline dotted; text-underline-offset: .2em; }
.confusion td a:focus-visible { outline-offset: -2px; }
.confusion td a[aria-current] { outline: 3px solid var(--loss); outline-offset: -3px; text-decoration: none; }
.pairs section { padding: .25rem .75rem .75rem; border-left: 3px solid var(--rule); margin: 0 0 1.25rem; }
.pairs section:target, .scripted .pairs section { border-color: var(--loss); }
.scripted .pairs section[hidden] { display: none; }
.pairs h3 { margin: .25rem 0 .5rem; }
.shots { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; margin: 0; padding: 0; max-width: none; }
.shots li { width: 7rem; font-size: .8rem; line-height: 1.35; color: var(--faint); }
.shots img { width: auto; height: 6rem; max-width: 7rem; object-fit: contain; border-radius: .25rem; margin-bottom: .25rem; }
.curve svg { max-width: 28rem; }
@media (max-width: 44rem) { .shots li { width: 6rem; } }
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

/** Every row by classifier, and its gain over real codes by their prototypes. */
function chart({ evaluation, data }: PhotosParts): Html {
  const reference = referenceRow(evaluation);
  const groups = classifiersOf(evaluation).map(({ name, rows }) => ({
    title: name,
    baseline: reference.mean,
    rows: rows.map((row) => ({
      row,
      title: titleOf(row.arm),
      ...(row === reference ? {} : { gain: differenceOf(row, reference, data.found.tested) }),
    })),
  }));
  return gainChart(groups, rowName(reference));
}

const titleOf = (arm: string): string => codeArms.find(({ name }) => name === arm)?.title ?? '';

/** Accuracy by arm and classifier, with differences from the reference and from the same classifier on real codes alone. */
function accuracySection({ evaluation, data }: PhotosParts): Section {
  const photos = data.found.tested;
  const reference = referenceRow(evaluation);
  const alone = (row: ArmResult) =>
    evaluation.results.find(({ arm, classifier }) => arm === 'codes' && classifier === row.classifier);
  const over = (row: ArmResult, other: ArmResult | undefined) =>
    other === undefined || other === row ? undefined : differenceOf(row, other, photos);
  const arms = [...new Set(evaluation.results.map(({ arm }) => arm))];
  const content = html`<p class="setting">${settingOf(evaluation)}</p>
<p>All rows learn from the same ${counted(evaluation.shots, 'photo')} of each thing in an episode, and are asked the same other photos. Intervals
hold 95 %, over ${counted(episodesOf(evaluation), 'episode')}: over which photos are learned from. That ${counted(photos, 'photo')} are asked moves all rows
together${photos === 0 ? '' : html`, by up to ${Math.min(50, Math.round(98 / Math.sqrt(photos)))} points`}. Differences are paired by episode, and their intervals no narrower than so many photos allow.</p>
<div class="wide" role="region" aria-label="Accuracy of each row" tabindex="0"><table>
<caption>Accuracy in %, and differences in points. ▲ and ▼: the interval leaves zero out.</caption>
<thead><tr><th scope="col">learns from</th><th scope="col">classifier</th><th scope="col" class="number">accuracy</th><th scope="col" class="number">vs ${rowName(reference)}</th><th scope="col" class="number">vs codes, same classifier</th></tr></thead>
<tbody>${evaluation.results.map(
    (
      row,
    ) => html`<tr><th scope="row">${row.arm}</th><td>${classifierNames[row.classifier]}</td><td class="number">${estimated(row)}</td><td class="number">${signed(over(row, reference))}</td><td class="number">${signed(over(row, alone(row)))}</td></tr>
`,
  )}</tbody></table></div>
<h3>What they learn from</h3>
<dl>${arms.map((arm) => html`<dt>${arm}</dt><dd>${titleOf(arm)}</dd>`)}</dl>
${evaluation.leaks === undefined ? '' : html`<p>${leakText(evaluation.leaks)}</p>`}
${evaluation.command === undefined ? '' : commandLine(evaluation.command)}`;
  const gist = `${counted(evaluation.results.length, 'row')} in numbers, what they are, and the command`;
  return { id: 'accuracy', title: 'Accuracy', gist, content };
}

/** Accuracy by number of photos. */
function curveSection({ evaluation, data }: PhotosParts): Section {
  const about = { id: 'curve', title: 'What more photos bring' };
  const { curve = [] } = evaluation;
  const lines = curve.filter(({ points: all }) => all.length > 0);
  if (lines.length === 0 || lines.every(({ points: all }) => all.length < 2)) {
    const why = 'There is no curve: each thing has too few photos to learn from fewer of them.';
    return { ...about, gist: 'not known', content: html`<p>${why}</p>` };
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
  const told = curveAdvice({ evaluation, photos: data.found.tested });
  const content = html`<figure class="plot curve">${markup(figure)}</figure>
${adviceList(told)}
<p class="faint">From the photos at hand: fewer of them to learn from, the same ones asked, ${counted(lines[0]!.episodes, 'episode')}. The curve ends where your
photos end; what more of them would bring is not measured, and is not guessed here.</p>
<p class="setting">${settingOf(evaluation)}</p>`;
  return { ...about, gist: 'accuracy by number of photos', content };
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
function mistakesSection({ evaluation, pictures, data }: PhotosParts): Section {
  const { classes } = evaluation;
  const row = shownRow({ evaluation, photos: data.found.tested });
  const pairs = pairsOf(evaluation);
  const names = (classes ?? []).map(String);
  const held = row.confusion !== undefined && names.length <= MATRIX_CLASSES;
  const listed = recalls(row, classes).filter(({ right, of }) => right < of);
  const [least] = listed;
  const content = html`<p class="setting">${rowName(row)} · ${settingOf(evaluation)}</p>
${held ? html`<p>Rows are what photos show, columns what they were taken for, in % of the row; the diagonal is right. A number that is underlined leads to the very photos.</p>` : ''}
${row.confusion === undefined ? '' : listed.length === 0 ? html`<p>No mistakes: every photo that was asked for was recognized.</p>` : html`<p class="faint">Least recognized: ${listed.slice(0, 5).map(({ label, right, of }, i) => html`${i === 0 ? '' : '; '}<bdi>${String(label)}</bdi> (${count(right)} of ${count(of)})`)}</p>`}
<div class="lookup">
${row.confusion !== undefined && held ? confusionTable(row.confusion, names, rowName(row), linkOf(names, pairs)) : ''}
<div class="pairs">${pairs.map((pair) => pairPart(pair, pictures))}</div>
</div>`;
  const gist =
    least === undefined
      ? 'none'
      : html`<bdi>${String(least.label)}</bdi> is recognized least, ${count(least.right)} of ${count(least.of)}`;
  return { id: 'mistakes', title: 'Mistakes', gist, content, open: listed.length > 0 };
}

/** Makes the numbers of cells whose pictures are on the page lead to them. */
function linkOf(names: readonly string[], pairs: readonly MistakenPair[]) {
  const ids = new Set(pairs.map(({ id }) => id));
  return ({ own, taken, times, of }: Cell, number: Html): Html => {
    const id = `pair-${own}-${taken}`;
    return ids.has(id)
      ? html`<a href="#${id}" data-pair="${id}" aria-label="${names[own]} taken for ${names[taken]}: ${count(times)} of ${count(of)}. Show the photos">${number}</a>`
      : number;
  };
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
        : html`<img src="${dataUrl(small)}" alt="${image}" width="${small.shape[1]}" height="${small.shape[0]}">`;
    return html`<li>${drawn}<bdi>${image}</bdi>, ${count(times)} of ${counted(of, 'time')}</li>`;
  })}</ul></section>
`;
}

/** What gives the codes. */
function featuresSection({ extractor: { name, digest, lines } }: PhotosParts): Section {
  const content = html`<pre><code>${lines.join('\n')}</code></pre>
<p class="faint">${name} · SHA-256 <code>${digest}</code>. It is frozen: nothing was trained on your photos but the classifiers.</p>`;
  return { id: 'features', title: 'Features', gist: `${name} gives the codes`, content };
}

function nextSection({ next, program }: PhotosParts): Section {
  const content = html`${next.map(([what, command]) => html`<p class="command">${what} <code>${command}</code></p>`)}
<p>In a program:</p>
<pre role="region" aria-label="Program" tabindex="0"><code>${program}</code></pre>`;
  return { id: 'use', title: 'Use it', gist: 'commands and a program', content };
}

/**
 * One page about photos, their codes and what classifiers make of them, with all pictures embedded and no network access. Its script
 * only shows pictures one pair of classes at a time. The page depends on the parts alone, byte by byte.
 */
export function photosPage(parts: PhotosParts): string {
  const { data, evaluation } = parts;
  return pageOf({
    ...parts,
    ...{ style, script, kind: 'Photo report' },
    answer: photosAnswer({ evaluation, photos: data.found.tested }),
    setting: settingOf(evaluation),
    chart: chart(parts),
    advice: photosAdvice(evaluation, data.found),
    sections: [
      mistakesSection(parts),
      curveSection(parts),
      dataSection(parts),
      accuracySection(parts),
      mapSection(parts),
      featuresSection(parts),
      nextSection(parts),
    ],
  });
}
