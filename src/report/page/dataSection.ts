import { count, counted } from '../figures.js';
import { type Html, html } from '../html.js';
import type { ReportParts } from './parts.js';
import { strip } from './pictures.js';

/** Images on the page, and of one class; and classes that are shown. */
const [MOST_IMAGES, MOST_OF_CLASS, MOST_CLASSES] = [160, 8, 40];
/** Files that are named one by one. */
const MOST_NAMES = 20;
const HEIGHT = 48;

/** What there is of each class, and what was left out. */
export function dataSection({ title, data }: ReportParts): Html {
  const { found, notes, checked } = data;
  const { images, classes, sides, coloured, bad, duplicates, leaks } = found;
  const splits = ['train', 'val', 'test', 'all'].filter((split) =>
    classes.some((own) => Object.hasOwn(own.images, split)),
  ) as (keyof (typeof classes)[number]['images'])[];
  const shown = classes.slice(0, MOST_CLASSES);
  const each = Math.min(MOST_OF_CLASS, Math.max(2, Math.floor(MOST_IMAGES / shown.length)));
  const rest = classes.slice(MOST_CLASSES).map((own) => Object.values(own.images).reduce((a, b) => a + b, 0));
  const size = sides[0] === sides[1] ? `${sides[0]} pixels` : `${sides[0]} to ${sides[1]} pixels`;
  const colours =
    coloured === 0 ? 'gray' : coloured === images ? 'in colour' : `${count(coloured)} in colour`;
  const faults = [
    listed(
      'cannot be read and were left out',
      bad.map(({ reason }) => reason),
    ),
    listed(
      'there more than once, byte for byte',
      duplicates.map((names) => names.join(' = ')),
    ),
    listed(
      'nearly the same picture in train and another split',
      leaks.map((pair) => pair.join(' ≈ ')),
    ),
  ];
  return html`<p>${title}: ${counted(images, 'image')} of ${counted(classes.length, 'class', 'classes')}; ${size} a side; ${colours}.
${notes.map((note) => html` ${note}`)}</p>
<div class="wide" role="region" aria-label="Images of each class" tabindex="0"><table>
<caption>Images of each class, and the first of them</caption>
<thead><tr><th scope="col">class</th>${splits.map((split) => html`<th scope="col" class="number">${split === 'all' ? 'images' : split}</th>`)}<th scope="col">for example</th></tr></thead>
<tbody>${shown.map(({ label, images: own }, i) => {
    const samples = (found.samples[i] ?? []).slice(0, each);
    return html`<tr><th scope="row"><bdi>${label}</bdi></th>${splits.map((split) => html`<td class="number">${count(own[split] ?? 0)}</td>`)}<td>${samples.length === 0 ? '' : strip([samples], `${counted(samples.length, 'image')} of the class ${label}`, HEIGHT)}</td></tr>
`;
  })}</tbody></table></div>
${rest.length === 0 ? '' : html`<p>${counted(rest.length, 'more class', 'more classes')} with ${count(Math.min(...rest))} to ${count(Math.max(...rest))} images each are not shown.</p>`}
${checked ? faults : ''}`;
}

/** Lines about images, folded away where there are many. */
function listed(what: string, lines: readonly string[]): Html {
  if (lines.length === 0) return html`<p class="faint">${what}: none</p>`;
  const rest = lines.length - MOST_NAMES;
  return html`<details open><summary>${what}: ${count(lines.length)}</summary><ul>${lines
    .slice(0, MOST_NAMES)
    .map(
      (line) => html`<li>${line}</li>`,
    )}${rest > 0 ? html`<li>and ${count(rest)} more; fewshot inspect lists all</li>` : ''}</ul></details>`;
}
