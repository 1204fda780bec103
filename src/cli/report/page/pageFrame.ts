import { type Html, html, markup } from '../html.js';
import type { Advice } from './advice.js';
import type { ReportParts } from './pageParts.js';

const shades = Array.from({ length: 11 }, (_, tenth) => {
  // One hue from light to dark, readable without color vision; numbers are white on dark cells.
  const mix = (to: number) => Math.round(255 + (to - 255) * (tenth / 10));
  return `.s${tenth} { background: rgb(${mix(0)} ${mix(84)} ${mix(140)});${tenth >= 8 ? ' color: #fff;' : ' color: #000;'} }`;
});

/** Style of the page, from phones to print. No color carries a meaning alone. */
const style = `
:root { color-scheme: light; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, "Liberation Sans", sans-serif; color: #1b1b1b; background: #fff; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 64rem; overflow-wrap: anywhere; }
header { border-bottom: 2px solid #1b1b1b; margin-bottom: 1.5rem; padding-bottom: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid #d4d4d4; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p, ul, dl { margin: .6rem 0; max-width: 46rem; }
a { color: #00548c; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .75rem 0 0; padding: 0; max-width: none; }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.faint, figcaption, caption, .setting { color: #5a5a5a; font-size: .9rem; }
.setting { padding: .5rem .75rem; background: #f4f6f8; border-left: 3px solid #0072b2; max-width: none; }
code { font: .85em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.command { max-width: none; font-size: .9rem; }
.command span { color: #5a5a5a; }
.command code { display: block; padding: .5rem .75rem; background: #f4f6f8; border-radius: .3rem; white-space: pre-wrap; }
.facts-row { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0 0; padding: 0; list-style: none; max-width: none; }
.facts-row li { padding: .6rem .8rem; background: #f4f6f8; border-radius: .4rem; font-size: .9rem; color: #5a5a5a; }
.facts-row b { display: block; font-size: 1.25rem; line-height: 1.3; color: #1b1b1b; }
.advice { list-style: none; padding: 0; max-width: none; }
.advice li { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0 1rem; padding: .6rem 0; border-bottom: 1px solid #e6e6e6; }
.advice b { font-size: .85rem; line-height: 1.8; }
.advice span { max-width: 46rem; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: middle; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid #e6e6e6; }
thead th { border-bottom: 1px solid #8a8a8a; font-weight: 600; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-left: .75rem; }
th.number { white-space: nowrap; }
.sign { display: inline-block; width: 1.1em; text-align: right; }
.wide { overflow-x: auto; max-width: 100%; }
.wide tbody th { overflow-wrap: normal; min-width: 3.5rem; }
.facts { table-layout: auto; }
.facts th { vertical-align: top; min-width: 6rem; font-weight: 400; color: #5a5a5a; }
img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.map svg { width: 38rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 1.5rem; align-items: start; }
section:first-child h2 { border: 0; margin-top: 0; padding-top: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .9rem; }
dt { font-weight: 600; }
dd { margin: 0; }
details { margin: .75rem 0; font-size: .9rem; }
summary { cursor: pointer; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 1rem 2rem; }
.matrix { min-width: 0; }
.confusion { font-size: .8rem; font-variant-numeric: tabular-nums; }
.confusion th { border: 0; padding: .2rem .5rem .2rem 0; text-align: right; font-weight: 400; white-space: nowrap; }
.confusion thead th { vertical-align: bottom; padding: 0 0 .35rem; text-align: left; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 8rem; overflow: hidden; }
.confusion tbody td { border: 1px solid #fff; padding: 0; width: 2.25rem; min-width: 1.9rem; height: 2rem; text-align: center; }
.confusion .right { outline: 2px solid #1b1b1b; outline-offset: -3px; }
${shades.join('\n')}
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 2px solid #1b1b1b; }
@media (max-width: 40rem) {
  h1 { font-size: 1.5rem; }
  .advice li { grid-template-columns: 1fr; }
  table { font-size: .8rem; }
  .number { padding-left: .2rem; }
  th, td { padding-right: .3rem; }
}
@media print {
  :root { font-size: 11px; }
  body { max-width: none; padding: 0; }
  nav { display: none; }
  h2, h3, caption { break-after: avoid; }
  tr, figure, .matrix, .advice li { break-inside: avoid; }
  .wide { overflow: visible; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;

const words: Readonly<Record<Advice['kind'], string>> = {
  gain: '▲ clear gain',
  loss: '▼ clear loss',
  open: '○ not clear',
  care: '! mind',
};

/** Advice as a list, each with a sign and a word for its kind. */
export const adviceList = (advice: readonly Advice[]): Html =>
  html`<ul class="advice">${advice.map(({ kind, text }) => html`<li><b>${words[kind]}</b><span>${text}</span></li>`)}</ul>`;

/** Section of a page: anchor, heading, content. */
export type Section = readonly [id: string, title: string, content: Html];

/** What is around the sections of a page. */
export interface PageFrame extends Pick<ReportParts, 'command' | 'seed' | 'backend' | 'versions'> {
  /** Text of the window's title. */
  readonly title: string;
  /** Heading and facts at the top. */
  readonly head: Html;
  readonly sections: readonly Section[];
  /** Style beside that of all pages. Default: none. */
  readonly style?: string;
  /** Program at the end of the page. Default: none. */
  readonly script?: string;
}

/** A page in one file, without network access: its head, sections with links to them, and how it was made. */
export function pageOf(frame: PageFrame): string {
  const { title, head, sections, command, seed, backend, versions } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${markup(style + (frame.style ?? ''))}</style>
</head>
<body>
<header>
${head}
<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ([id, name, content]) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${name}</h2>
${content}
</section>
`,
)}</main>
<footer>
<p class="command"><span>This page was made by</span> <code>${command}</code></p>
<p class="faint">Seed ${seed} · backend ${backend} · ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(' · ')}</p>
</footer>
${frame.script === undefined ? '' : html`<script>${markup(frame.script)}</script>\n`}</body>
</html>
`.text;
}
