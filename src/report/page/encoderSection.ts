import { formatShape } from '../../core/index.js';
import { protocols } from '../../evaluate/index.js';
import { count } from '../figures.js';
import { type Html, html, type Inside } from '../html.js';
import type { ReportParts } from './parts.js';

/** Classes that are named one by one. */
const MOST_CLASSES = 20;

/** What the encoder is, and what it has seen. */
export function encoderSection({ encoder: { card, digest } }: ReportParts): Html {
  const { architecture, data, objective, scores, versions } = card;
  const classes =
    data.classes.length <= MOST_CLASSES
      ? data.classes.map(String).join(', ')
      : `${count(data.classes.length)} classes, from ${data.classes[0]} to ${data.classes.at(-1)}`;
  const beside = [
    ...(data.composed === undefined ? [] : [`${count(data.composed)} classes composed of them`]),
    ...(data.invented === undefined ? [] : [`${count(data.invented)} invented symbols`]),
    ...(data.glyphs === undefined ? [] : [`${count(data.glyphs)} letters and signs of fonts`]),
  ];
  const agreed = Object.entries(protocols).find(([name]) => name === card.protocol)?.[1].encoder;
  const pairs = (record: Readonly<Record<string, string | number>>) =>
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
