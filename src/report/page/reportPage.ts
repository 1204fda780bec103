import { count, counted } from '../figures.js';
import { type Html, html, markup } from '../html.js';
import { accuracySection } from './accuracySection.js';
import { type Advice, adviceFor } from './advice.js';
import { confusionSection } from './confusionSection.js';
import { dataSection } from './dataSection.js';
import { encoderSection } from './encoderSection.js';
import { hallucinationSection } from './hallucinationSection.js';
import { mapSection } from './mapSection.js';
import type { ReportParts } from './parts.js';
import { style } from './style.js';

/** The sections of the page: where links lead, the heading, what is below it. */
const sections: readonly (readonly [id: string, title: string, draw: (parts: ReportParts) => Html])[] = [
  ['advice', 'What to make of it', adviceSection],
  ['data', 'Data', dataSection],
  ['encoder', 'Encoder', encoderSection],
  ['embedding', 'Embedding', mapSection],
  ['hallucinations', 'Hallucinations', hallucinationSection],
  ['accuracy', 'Accuracy', accuracySection],
  ['confusion', 'Confusion matrices', confusionSection],
];

const words: Readonly<Record<Advice['kind'], string>> = {
  gain: '▲ clear gain',
  loss: '▼ clear loss',
  open: '○ not clear',
  care: '! mind',
};

function adviceSection(parts: ReportParts): Html {
  return html`<ul class="advice">${adviceFor(parts).map(({ kind, text }) => html`<li><b>${words[kind]}</b><span>${text}</span></li>`)}</ul>
<p class="faint">Clear: the 95 % interval of a difference, paired by episode, leaves zero out. It holds for the setting named under
<a href="#accuracy">Accuracy</a>, and for no other.</p>`;
}

/**
 * One page about data, an encoder and what it is good for: no script, nothing from the network, all pictures inside. It says
 * the same for the same parts, byte by byte.
 */
export function reportPage(parts: ReportParts): string {
  const { title, data, encoder, evaluation, command, seed, backend, versions } = parts;
  const { images, classes } = data.found;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Few-shot report: ${title}</title>
<style>${markup(style)}</style>
</head>
<body>
<header>
<h1>Few-shot report: <bdi>${title}</bdi></h1>
<ul class="facts-row">
<li><b>${count(images)}</b> ${images === 1 ? 'image' : 'images'}</li>
<li><b>${count(classes.length)}</b> classes</li>
<li><b>${encoder.card.name}</b> encoder (${encoder.card.learner})</li>
<li><b>${evaluation.ways}-way ${evaluation.shots}-shot</b> ${counted(evaluation.results[0]!.episodes.length, 'episode')}</li>
</ul>
<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ([id, name, draw]) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${name}</h2>
${draw(parts)}
</section>
`,
)}</main>
<footer>
<p class="command"><span>This page was made by</span> <code>${command}</code></p>
<p class="faint">Seed ${seed} · backend ${backend} · ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(' · ')}</p>
</footer>
</body>
</html>
`.text;
}
