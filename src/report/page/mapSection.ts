import { counted } from '../figures.js';
import { type Html, html, markup } from '../html.js';
import { scatterFigure } from '../plots/scatterFigure.js';
import { commandLine } from './commandLine.js';
import type { ReportParts } from './parts.js';

/** Codes in two dimensions. */
export function mapSection({ map }: ReportParts): Html {
  if ('missing' in map) return html`<p>There is no map: ${map.missing}</p>`;
  const { method, figure, trustworthiness, command, leftOut } = map;
  const points = figure.panels[0]!.points.length;
  return html`<figure class="map">${markup(scatterFigure(figure))}
<figcaption>Codes of ${counted(points, 'image')} by ${method}, as many of each class. Trustworthiness ${trustworthiness.toFixed(3)}
with 12 neighbours: 1 where all neighbours in the map are neighbours among the codes. How far apart two clusters are, and how
large one is, means little.${leftOut === 0 ? '' : ` ${counted(leftOut, 'more class', 'more classes')} are not drawn: colours tell ten apart.`}</figcaption></figure>
${command === undefined ? '' : commandLine(command)}`;
}
