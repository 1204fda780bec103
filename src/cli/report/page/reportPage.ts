import { count, counted } from '../figures.js';
import { type Html, html } from '../html.js';
import { adviceFor } from './advice.js';
import { adviceList, pageOf } from './pageFrame.js';
import type { ReportParts } from './pageParts.js';
import {
  accuracySection,
  confusionSection,
  dataSection,
  encoderSection,
  hallucinationSection,
  mapSection,
} from './sections.js';

/** Sections of the page: anchor, heading, content. */
const sections: readonly (readonly [id: string, title: string, draw: (parts: ReportParts) => Html])[] = [
  ['advice', 'What to make of it', adviceSection],
  ['data', 'Data', dataSection],
  ['encoder', 'Encoder', encoderSection],
  ['embedding', 'Embedding', mapSection],
  ['hallucinations', 'Hallucinations', hallucinationSection],
  ['accuracy', 'Accuracy', accuracySection],
  ['confusion', 'Confusion matrices', confusionSection],
];

function adviceSection(parts: ReportParts): Html {
  return html`${adviceList(adviceFor(parts))}
<p class="faint">Clear: the 95 % interval of a difference, paired by episode, leaves zero out. It holds for the setting named under
<a href="#accuracy">Accuracy</a>, and for no other.</p>`;
}

/**
 * One page about data, an encoder and its use: no script, no network access, all pictures embedded. The page depends on the parts
 * alone, byte by byte.
 */
export function reportPage(parts: ReportParts): string {
  const { title, data, encoder, evaluation } = parts;
  const { images, classes } = data.found;
  return pageOf({
    ...parts,
    title: `Few-shot report: ${title}`,
    head: html`<h1>Few-shot report: <bdi>${title}</bdi></h1>
<ul class="facts-row">
<li><b>${count(images)}</b> ${images === 1 ? 'image' : 'images'}</li>
<li><b>${count(classes.length)}</b> classes</li>
<li><b>${encoder.card.name}</b> encoder (${encoder.card.learner})</li>
<li><b>${evaluation.ways}-way ${evaluation.shots}-shot</b> ${counted(evaluation.results[0]!.episodes.length, 'episode')}</li>
</ul>`,
    sections: sections.map(([id, name, draw]) => [id, name, draw(parts)]),
  });
}
