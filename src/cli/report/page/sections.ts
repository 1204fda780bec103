import { formatShape } from '../../../core/image.js';
import { armTitle, keyArms } from '../../../evaluate/arms/arms.js';
import { protocols } from '../../../evaluate/protocols.js';
import type { ArmResult } from '../../../evaluate/result.js';
import { leakText } from '../evaluationTable.js';
import { count, counted, estimated, percent, points, verdictOf } from '../figures.js';
import { type Html, html, type Inside, markup } from '../html.js';
import { differenceFigure } from '../plots/differenceFigure.js';
import { dotFigure } from '../plots/dotFigure.js';
import { scatterFigure } from '../plots/scatterFigure.js';
import {
  type ClassifierRows,
  classifiersOf,
  commandLine,
  episodesOf,
  type ReportParts,
  type ShownEvaluation,
  settingOf,
  strip,
} from './pageParts.js';

/** Accuracy of each arm, and its differences from the references. */
export function accuracySection({ evaluation }: ReportParts): Html {
  const arms = [...new Set(evaluation.results.map(({ arm }) => arm))];
  return html`<p>With and without images that were made.</p>
<p class="setting">${settingOf(evaluation)}</p>
<p>The arms learn from the same ${counted(evaluation.shots, 'labeled image')} a class in each episode and are asked the same queries. Intervals
hold 95 %, over ${counted(episodesOf(evaluation), 'episode')}; differences are paired by episode.</p>
<details><summary>What the arms are</summary><dl>${arms.map((arm) => html`<dt>${arm}</dt><dd>${armTitle(arm)}</dd>`)}</dl></details>
${classifiersOf(evaluation).map((part) => classifierPart(part, evaluation))}
${evaluation.leaks === undefined ? '' : html`<p>${leakText(evaluation.leaks)}</p>`}
${evaluation.command === undefined ? '' : commandLine(evaluation.command)}
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

/** Largest number of classes of a matrix; with more, only the most frequent mistakes are listed. */
const MATRIX_CLASSES = 20;
/** Number of mistakes listed below a matrix. */
const LISTED_MISTAKES = 5;

/** Confusion matrices: real images alone, the best other arm, and the rest in a fold. */
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
  const alone = held.filter(({ arm }) => arm === keyArms.realImages.name);
  const others = held.filter(({ arm }) => arm !== keyArms.realImages.name);
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
  return html`<div class="matrix"><p>${title}</p>${names.length <= MATRIX_CLASSES ? grid(counts, names, `${arm}, ${classifier}`) : ''}${mistakes(counts, names)}</div>`;
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
    const cells = row.map((cell, predicted) => {
      const share = total === 0 ? 0 : cell / total;
      return html`<td class="${predicted === own ? 'right ' : ''}s${Math.round(10 * share)}" title="${count(cell)} of ${count(total)}">${cell === 0 ? html`<span class="hidden">0</span>` : Math.round(100 * share)}</td>`;
    });
    return html`<tr><th scope="row"><bdi>${names[own]}</bdi></th>${cells}</tr>
`;
  })}</tbody></table></div>`;
}

/** The most frequent mistakes, as shares of the query images of their class. */
function mistakes(counts: NonNullable<ArmResult['confusion']>, names: readonly string[]): Html {
  const found = counts.flatMap((row, own) => {
    const total = row.reduce((sum, cell) => sum + cell, 0);
    return row.flatMap((cell, predicted) =>
      predicted === own || cell === 0 ? [] : [{ own, predicted, cell, total }],
    );
  });
  const most = found.sort((a, b) => b.cell / b.total - a.cell / a.total).slice(0, LISTED_MISTAKES);
  if (most.length === 0) return html`<p>No mistakes.</p>`;
  return html`<p class="faint">Most often: ${most.map(({ own, predicted, cell, total }, i) => html`${i === 0 ? '' : '; '}<bdi>${names[own]}</bdi> taken for <bdi>${names[predicted]}</bdi> (${count(cell)} of ${count(total)})`)}</p>`;
}

/** Largest number of sample images in all, and of one class. */
const [SAMPLES, SAMPLES_PER_CLASS] = [160, 8];
/** Largest number of classes in the table of the data. */
const DATA_CLASSES = 40;
/** Largest number of faulty files that are listed. */
const LISTED_FILES = 20;
/** Heights of images on the screen, in pixels. */
const [SAMPLE_HEIGHT, HALLUCINATION_HEIGHT] = [48, 72];

/** Numbers and samples of each class, and faulty files. */
export function dataSection({ title, data }: Pick<ReportParts, 'title' | 'data'>): Html {
  const { found, notes, checked } = data;
  const { images, classes, sides, coloured } = found;
  const splits = ['train', 'val', 'test', 'all'].filter((split) =>
    classes.some((own) => Object.hasOwn(own.images, split)),
  ) as (keyof (typeof classes)[number]['images'])[];
  const shown = classes.slice(0, DATA_CLASSES);
  const each = Math.min(SAMPLES_PER_CLASS, Math.max(2, Math.floor(SAMPLES / shown.length)));
  const rest = classes.slice(DATA_CLASSES).map((own) => Object.values(own.images).reduce((a, b) => a + b, 0));
  const size = sides[0] === sides[1] ? `${sides[0]} pixels` : `${sides[0]} to ${sides[1]} pixels`;
  const colors = coloured === 0 ? 'gray' : coloured === images ? 'in color' : `${count(coloured)} in color`;
  return html`<p>${title}: ${counted(images, 'image')} of ${counted(classes.length, 'class', 'classes')}; ${size} a side; ${colors}.
${notes.map((note) => html` ${note}`)}</p>
<div class="wide" role="region" aria-label="Images of each class" tabindex="0"><table>
<caption>Images of each class, and the first of them</caption>
<thead><tr><th scope="col">class</th>${splits.map((split) => html`<th scope="col" class="number">${split === 'all' ? 'images' : split}</th>`)}<th scope="col">for example</th></tr></thead>
<tbody>${shown.map(({ label, images: own }, i) => {
    const samples = (found.samples[i] ?? []).slice(0, each);
    return html`<tr><th scope="row"><bdi>${label}</bdi></th>${splits.map((split) => html`<td class="number">${count(own[split] ?? 0)}</td>`)}<td>${samples.length === 0 ? '' : strip([samples], `${counted(samples.length, 'image')} of the class ${label}`, SAMPLE_HEIGHT)}</td></tr>
`;
  })}</tbody></table></div>
${rest.length === 0 ? '' : html`<p>${counted(rest.length, 'more class', 'more classes')} with ${count(Math.min(...rest))} to ${count(Math.max(...rest))} images each are not shown.</p>`}
${checked ? faultsOf(found) : ''}`;
}

/** What is wrong with images, or may be; the last ones only where there are some. */
function faultsOf(found: ReportParts['data']['found']): Html[] {
  const { bad, duplicates, leaks, alike, leftOut, passedOver, plain, dark, contradicting, tolerated } = found;
  const isSplit = found.classes.some(({ images }) =>
    Object.keys(images).some((name) => name === 'test' || name === 'val'),
  );
  const sets = (all: readonly (readonly string[])[], sign: string) => all.map((names) => names.join(sign));
  const reasons = (files: readonly { readonly name: string; readonly reason: string }[]) =>
    files.map(({ name, reason }) => `${name}: ${reason}`);
  const maybe: [string, string[]][] = [
    ['not used', reasons(passedOver)],
    ['read in spite of damage', reasons(tolerated)],
    [
      'left out, as a class with too few images that differ',
      leftOut.map(({ label, images }) => `${label}: ${counted(images, 'image')}`),
    ],
    ['the same pixels in different classes, so a label is wrong', sets(contradicting, ' = ')],
    ['of a single color', [...plain]],
    [
      'black but for little; if that is ink on transparency, set its background (--background white)',
      [...dark],
    ],
  ];
  return [
    listed(
      'cannot be read and were left out',
      bad.map(({ reason }) => reason),
    ),
    listed('there more than once, byte for byte', sets(duplicates, ' = ')),
    isSplit
      ? listed('nearly the same picture, or one group, in train and another split', sets(leaks, ' ≈ '))
      : listed('nearly the same picture more than once, and so held out together', sets(alike, ' ≈ ')),
    ...maybe.filter(([, lines]) => lines.length > 0).map(([what, lines]) => listed(what, lines)),
  ];
}

/** List of lines about images, in a fold. */
function listed(what: string, lines: readonly string[]): Html {
  if (lines.length === 0) return html`<p class="faint">${what}: none</p>`;
  const rest = lines.length - LISTED_FILES;
  return html`<details open><summary>${what}: ${count(lines.length)}</summary><ul>${lines
    .slice(0, LISTED_FILES)
    .map(
      (line) => html`<li>${line}</li>`,
    )}${rest > 0 ? html`<li>and ${count(rest)} more; fewshot inspect lists all</li>` : ''}</ul></details>`;
}

/** Largest number of the encoder's classes that are listed. */
const LISTED_CLASSES = 20;

/** The encoder's card. */
export function encoderSection({ encoder: { card, digest } }: ReportParts): Html {
  const { architecture, data, objective, scores, versions } = card;
  const classes =
    data.classes.length <= LISTED_CLASSES
      ? data.classes.map(String).join(', ')
      : `${count(data.classes.length)} classes, from ${data.classes[0]} to ${data.classes.at(-1)}`;
  const beside = [
    ...(data.composed === undefined ? [] : [`${count(data.composed)} classes composed of them`]),
    ...(data.invented === undefined ? [] : [`${count(data.invented)} invented symbols`]),
    ...(data.glyphs === undefined ? [] : [`${count(data.glyphs)} letters and signs of fonts`]),
  ];
  const agreed = Object.entries(protocols).find(([name]) => name === card.protocol)?.[1].encoder;
  const pairs = (record: Readonly<Record<string, string | number | boolean>>) =>
    Object.entries(record)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const rows: (readonly [string, Inside])[] = [
    ['name', card.name],
    ['learner', [card.learner, ...(Object.keys(objective).length === 0 ? [] : [`, ${pairs(objective)}`])]],
    [
      'has seen',
      `${count(data.images)} images of ${data.name} (${data.split}), ${data.labelled ? 'with' : 'without'} labels: ${[classes, ...beside].join('; ')}`,
    ],
    ['protocol', [card.protocol, ...(agreed === undefined ? [] : [`: ${agreed}`])]],
    ['takes', `images of ${formatShape(architecture.imageShape)}`],
    [
      'code',
      `${architecture.latentSize} values, ${architecture.latentSpace === 'sphere' ? 'on the unit sphere' : 'anywhere'}`,
    ],
    ...Object.entries(scores).map(([name, value]): [string, string] => [name, String(value)]),
    ['SHA-256', html`<code>${digest}</code>`],
    ['made by', html`<code>${card.command}</code>`],
    ['seed', String(card.seed)],
    ['versions', pairs(versions)],
  ];
  return html`<table class="facts"><caption>The encoder's card; scores are of its own training, on its own test images</caption>
<tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
}

/** Hallucinations between two real images of each class. */
export function hallucinationSection({ hallucinations }: ReportParts): Html {
  if ('missing' in hallucinations) return html`<p>There are none: ${hallucinations.missing}</p>`;
  const { path, omegas, detail, rows, command, leftOut } = hallucinations;
  return html`<h3>Beside their parents</h3>
<p>In each row: a real image, what the decoder draws on the way to another one of its class along ${path}, and
that other image. Places on the way: ω = ${omegas.map((omega) => omega.toFixed(2)).join(', ')}.${
    detail === 0
      ? ''
      : html` What the decoder loses of the nearer image lies over each drawing (<code>--detail ${detail}</code>).`
  }${leftOut === 0 ? '' : ` ${counted(leftOut, 'more class', 'more classes')} are not shown.`}</p>
<div class="wide" role="region" aria-label="Hallucinations of each class" tabindex="0"><table><caption>Real image, hallucinations, real image</caption>
<thead><tr><th scope="col">class</th><th scope="col">parent A · hallucinations · parent B</th></tr></thead>
<tbody>${rows.map(
    ({ label, from, made, to }) =>
      html`<tr><th scope="row"><bdi>${label}</bdi></th><td>${strip([[from], made, [to]], `A real image of the class ${label}, ${made.length} hallucinations on the way, another real image`, HALLUCINATION_HEIGHT)}</td></tr>
`,
  )}</tbody></table></div>
${commandLine(command)}
<p class="faint">Real images may be of those that the encoder has learnt from. Nothing is judged here: look whether what lies between
two images still looks like its class.</p>`;
}

/** Codes in two dimensions. */
export function mapSection({ map }: Pick<ReportParts, 'map'>): Html {
  if ('missing' in map) return html`<p>There is no map: ${map.missing}</p>`;
  const { method, figure, trustworthiness, command, leftOut } = map;
  const points = figure.panels[0]!.points.length;
  return html`<figure class="map">${markup(scatterFigure(figure))}
<figcaption>Codes of ${counted(points, 'image')} by ${method}, as many of each class. Trustworthiness ${trustworthiness.toFixed(3)}
with 12 neighbours: 1 where all neighbours in the map are neighbours among the codes. How far apart two clusters are, and how
large one is, means little.${leftOut === 0 ? '' : ` ${counted(leftOut, 'more class', 'more classes')} are not drawn: colours tell ten apart.`}</figcaption></figure>
${command === undefined ? '' : commandLine(command)}`;
}
