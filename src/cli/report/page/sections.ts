import { formatShape, type LabeledImage } from '../../../core/image.js';
import { armTitle, realImages } from '../../../evaluate/arms/arms.js';
import { protocols } from '../../../evaluate/protocols.js';
import type { ArmResult } from '../../../evaluate/result.js';
import { leakText } from '../evaluationTable.js';
import { count, counted, estimated, percent } from '../figures.js';
import { type Html, html, type Inside, markup } from '../html.js';
import { scatterFigure } from '../plots/scatterFigure.js';
import { highest } from '../verdict.js';
import { confusionTable, mistakesOf } from './confusionTable.js';
import type { Section } from './pageFrame.js';
import {
  type ClassifierRows,
  classifiersOf,
  commandLine,
  episodesOf,
  type ReportParts,
  type ShownEvaluation,
  settingOf,
  signed,
  strip,
  zoomed,
} from './pageParts.js';

/** Accuracy of each arm, and its differences from the references. */
export function accuracySection({ evaluation }: ReportParts): Section {
  const arms = [...new Set(evaluation.results.map(({ arm }) => arm))];
  const content = html`<p class="setting">${settingOf(evaluation)}</p>
<p>The arms learn from the same ${counted(evaluation.shots, 'labeled image')} a class in each episode and are asked the same queries. Intervals
hold 95 %, over ${counted(episodesOf(evaluation), 'episode')}; differences are paired by episode.</p>
${classifiersOf(evaluation).map((part) => classifierPart(part, evaluation))}
<h3>What the arms are</h3>
<dl>${arms.map((arm) => html`<dt>${arm}</dt><dd>${armTitle(arm)}</dd>`)}</dl>
${evaluation.leaks === undefined ? '' : html`<p>${leakText(evaluation.leaks)}</p>`}
${evaluation.command === undefined ? '' : commandLine(evaluation.command)}
<p class="faint">fewshot-atnl ${evaluation.versions['fewshot-atnl'] ?? 'of an unknown version'} · ${evaluation.seconds} s</p>`;
  const gist = `${counted(arms.length, 'arm')} in numbers, what they are, and the command`;
  return { id: 'accuracy', title: 'Accuracy', gist, content };
}

function classifierPart({ name, rows }: ClassifierRows, evaluation: ShownEvaluation): Html {
  const comparisons = evaluation.comparisons.filter(({ classifier }) => classifier === rows[0]!.classifier);
  const references = [...new Set(comparisons.map(({ against }) => against))];
  return html`<div class="wide" role="region" aria-label="Accuracy by the ${name}" tabindex="0"><table>
<caption>Accuracy by the ${name} in %, and differences in points. ▲ and ▼: the interval leaves zero out.</caption>
<thead><tr><th scope="col">arm</th><th scope="col" class="number">accuracy</th>${references.map((against) => html`<th scope="col" class="number">vs ${against}</th>`)}</tr></thead>
<tbody>${rows.map((row) => {
    const over = (against: string) =>
      comparisons.find((other) => other.arm === row.arm && other.against === against);
    return html`<tr><th scope="row">${row.arm}</th><td class="number">${estimated(row)}</td>${references.map((against) => html`<td class="number">${signed(over(against))}</td>`)}</tr>
`;
  })}</tbody></table></div>`;
}

/** Largest number of classes of a matrix; with more, only the most frequent mistakes are listed. */
const MATRIX_CLASSES = 20;
/** Number of mistakes listed below a matrix. */
const LISTED_MISTAKES = 5;

/** Confusion matrices: real images alone, the best other arm, and the rest in a fold. */
export function confusionSection({ evaluation }: ReportParts): Section {
  const about = { id: 'confusion', title: 'Confusion matrices' };
  const { classes } = evaluation;
  if (classes === undefined) {
    const why =
      'This evaluation holds no confusion matrices: it has more than 100 classes, or was made by an earlier release. In the latter case, run its command again.';
    return { ...about, gist: 'none', content: html`<p>${why}</p>` };
  }
  const names = classes.map(String);
  const parts = classifiersOf(evaluation).map(({ name, rows }) => {
    const held = rows.filter((row) => row.confusion !== undefined);
    const alone = held.filter(({ arm }) => arm === realImages.name);
    const others = held.filter(({ arm }) => arm !== realImages.name);
    const best = highest(others);
    const first = [...alone, ...(best === undefined ? [] : [best])];
    const rest = others.filter((row) => row !== best);
    const drawn = (row: ArmResult) =>
      matrix(row, names, name, row === best ? ', the highest of the others' : '');
    return html`<h3>${name}</h3>
<div class="matrices">${first.map(drawn)}</div>
${rest.length === 0 ? '' : html`<details><summary>${counted(rest.length, 'more arm')}: ${rest.map(({ arm }) => arm).join(', ')}</summary><div class="matrices">${rest.map(drawn)}</div></details>`}`;
  });
  return {
    ...about,
    gist: 'which classes are taken for which',
    content: html`<p class="setting">${settingOf(evaluation)}</p>
<p>Rows are the classes of query images, columns what they were taken for, in % of the row; the diagonal is right. All of ${counted(episodesOf(evaluation), 'episode')}
together.</p>
${parts}`,
  };
}

function matrix(
  { arm, mean, confusion = [] }: ArmResult,
  names: readonly string[],
  classifier: string,
  about: string,
): Html {
  const most = mistakesOf(confusion).slice(0, LISTED_MISTAKES);
  const listed = most.map(
    ({ own, taken, times, of }, i) =>
      html`${i === 0 ? '' : '; '}<bdi>${names[own]}</bdi> taken for <bdi>${names[taken]}</bdi> (${count(times)} of ${count(of)})`,
  );
  return html`<div class="matrix"><p><b>${arm}</b>${about}: ${percent(mean)} % right</p>
${names.length <= MATRIX_CLASSES ? confusionTable(confusion, names, `${arm}, ${classifier}`) : ''}
${most.length === 0 ? html`<p>No mistakes.</p>` : html`<p class="faint">Most often: ${listed}</p>`}</div>`;
}

/** Largest number of sample images in all, and of one class. */
const [SAMPLES, SAMPLES_PER_CLASS] = [160, 8];
/** Largest number of classes in the table of the data. */
const DATA_CLASSES = 40;
/** Largest number of faulty files that are listed. */
const LISTED_FILES = 20;
/** Most room for the name of a class beside a row of images, about that of a letter, and gaps, in pixels. */
const [ROW_LABEL, CHARACTER, GAPS] = [140, 9, 28];
/** Heights of images on the screen, in pixels. */
const [SAMPLE_HEIGHT, HALLUCINATION_HEIGHT] = [48, 64];

/** Numbers and samples of each class, and faulty files. */
export function dataSection({ title, data }: Pick<ReportParts, 'title' | 'data'>): Section {
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
  const content = html`<p>${title}: ${counted(images, 'image')} of ${counted(classes.length, 'class', 'classes')}; ${size} a side; ${colors}.
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
  const faults = found.bad.length === 0 ? '' : `, ${count(found.bad.length)} cannot be read`;
  const gist = `${counted(images, 'image')} of ${counted(classes.length, 'class', 'classes')}${faults}`;
  return { id: 'data', title: 'Images', gist, content };
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
export function encoderSection({ encoder: { card, digest } }: ReportParts): Section {
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
  const content = html`<table class="facts"><caption>The encoder's card; scores are of its own training, on its own test images</caption>
<tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
  return { id: 'encoder', title: 'Encoder', gist: `${card.name}: what it has seen, its scores`, content };
}

const brightness = (images: readonly LabeledImage[]): number => {
  const means = images.map(({ pixels }) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length);
  return means.reduce((sum, value) => sum + value, 0) / Math.max(1, means.length);
};

const inverted = (image: LabeledImage): LabeledImage => ({
  ...image,
  pixels: image.pixels.map((value) => 1 - value),
});

/** Hallucinations between two real images of each class. Ink on paper is drawn as such, though encoders see light ink on black. */
export function hallucinationSection({ hallucinations, data }: ReportParts): Section {
  const about = { id: 'hallucinations', title: 'Hallucinated images', open: true };
  if ('missing' in hallucinations) {
    return { ...about, gist: 'none', content: html`<p>There are none: ${hallucinations.missing}</p>` };
  }
  const { path, omegas, detail, rows, command, leftOut } = hallucinations;
  const onPaper = data.drawings === true && brightness(data.found.samples.flat()) > 0.5;
  const seen = (images: readonly LabeledImage[]) => (onPaper ? images.map(inverted) : images);
  const [height, wide] = rows[0]!.from.shape;
  const longest = Math.max(...rows.map(({ label }) => String(label).length));
  const name = Math.min(ROW_LABEL, CHARACTER * longest + GAPS);
  const width = name + (wide / height) * zoomed(height, HALLUCINATION_HEIGHT) * (omegas.length + 2) + GAPS;
  const content = html`<p>In each row: a real image, what the decoder draws on the way to another one of its class along ${path}, and
that other image. Look whether what lies between them still looks like its class: nothing is judged here.</p>
<ul class="rows" style="--label: ${name}px; grid-template-columns: repeat(auto-fit, minmax(min(100%, ${Math.ceil(width)}px), 1fr))">${rows.map(
    ({ label, from, made, to }) =>
      html`<li><b><bdi>${label}</bdi></b>${strip([seen([from]), seen(made), seen([to])], `A real image of the class ${label}, ${made.length} hallucinations on the way, another real image`, HALLUCINATION_HEIGHT)}</li>
`,
  )}</ul>
<p class="faint">Places on the way: ω = ${omegas.map((omega) => omega.toFixed(2)).join(', ')}.${
    detail === 0
      ? ''
      : html` What the decoder loses of the nearer image lies over each drawing (<code>--detail ${detail}</code>).`
  }${onPaper ? ' Drawn dark on white like the originals; the encoder sees light ink on black.' : ''} Real images may be of those that the encoder has
learned from.${leftOut === 0 ? '' : ` ${counted(leftOut, 'more class', 'more classes')} are not shown.`}</p>
${commandLine(command)}`;
  return { ...about, gist: `by ${path}, between two real ones of a class`, content };
}

/** Codes in two dimensions. */
export function mapSection({ map }: Pick<ReportParts, 'map'>): Section {
  const about = { id: 'map', title: 'Map of codes' };
  if ('missing' in map)
    return { ...about, gist: 'none', content: html`<p>There is no map: ${map.missing}</p>` };
  const { method, figure, trustworthiness, command, leftOut } = map;
  const points = counted(figure.panels[0]!.points.length, 'image');
  const content = html`<figure class="plot">${markup(scatterFigure(figure))}
<figcaption>Codes of ${points} by ${method}, as many of each class. Trustworthiness ${trustworthiness.toFixed(3)}
with 12 neighbors: 1 where all neighbors in the map are neighbors among the codes. How far apart two clusters are, and how
large one is, means little.${leftOut === 0 ? '' : ` ${counted(leftOut, 'more class', 'more classes')} are not drawn: colors tell ten apart.`}</figcaption></figure>
${command === undefined ? '' : commandLine(command)}`;
  return { ...about, gist: `${points} by ${method}: what the encoder tells apart`, content };
}
