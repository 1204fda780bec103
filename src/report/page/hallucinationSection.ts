import { counted } from '../figures.js';
import { type Html, html } from '../html.js';
import { commandLine } from './commandLine.js';
import type { ReportParts } from './parts.js';
import { strip } from './pictures.js';

const HEIGHT = 72;

/** What the decoder draws between two real images of a class. */
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
      html`<tr><th scope="row"><bdi>${label}</bdi></th><td>${strip([[from], made, [to]], `A real image of the class ${label}, ${made.length} hallucinations on the way, another real image`, HEIGHT)}</td></tr>
`,
  )}</tbody></table></div>
${commandLine(command)}
<p class="faint">Real images may be of those that the encoder has learnt from. Nothing is judged here: look whether what lies between
two images still looks like its class.</p>`;
}
