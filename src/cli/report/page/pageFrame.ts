import { type Html, html, type Inside, markup } from '../html.js';
import type { Advice } from './advice.js';
import type { ReportParts } from './pageParts.js';

/** One hue in ten strengths, readable without color vision; numbers are white on strong cells. */
const shades = Array.from(
  { length: 11 },
  (_, tenth) =>
    `.s${tenth} { background: rgb(var(--shade) / ${tenth}0%);${tenth >= 8 ? ' color: #fff;' : ''} }`,
);

/** Style of the page, from phones to print, light and dark. No color carries a meaning alone. */
const style = `
:root { color-scheme: light dark; --ink: #1b1b1b; --faint: #5a5a5a; --page: #fff; --soft: #f3f5f7; --rule: #dcdfe3; --link: #00548c; --gain: #0072b2; --loss: #c24e00; --shade: 0 84 140; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, "Liberation Sans", sans-serif; color: var(--ink); background: var(--page); }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --faint: #a9aeb4; --page: #15171a; --soft: #22262a; --rule: #3a3f45; --link: #7cc4f0; --gain: #56b4e9; --loss: #f0883e; --shade: 20 110 175; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 62rem; overflow-wrap: anywhere; }
h1 { font-size: 1rem; font-weight: 600; color: var(--faint); margin: 0 0 .6rem; }
.answer { font-size: 1.55rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; text-wrap: pretty; margin: 0 0 .75rem; max-width: none; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p, ul, dl { margin: .6rem 0; max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--gain); outline-offset: 2px; }
.faint, figcaption, caption, .setting { color: var(--faint); font-size: .9rem; }
.setting { max-width: none; }
code { font: .85em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.command { max-width: none; font-size: .9rem; color: var(--faint); }
.command code, pre { display: block; padding: .5rem .75rem; background: var(--soft); color: var(--ink); border-radius: .3rem; white-space: pre-wrap; }
pre { margin: .6rem 0; }
figure { margin: 1rem 0; }
.gains { margin: 1.75rem 0 2rem; }
.gains h3 { margin-bottom: .25rem; }
.gains ol { list-style: none; margin: 0; padding: 0; }
.gains li { --mark: var(--faint); display: grid; grid-template-columns: 14rem minmax(0, 1fr) 12.5rem; gap: 0 1.5rem; align-items: center; font-size: .95rem; }
.gains .axis { margin: 0 14rem 0 15.5rem; }
.gains li > b { font-weight: 500; text-align: right; line-height: 1.2; }
.gains li > span { display: grid; grid-template-columns: 4.5rem 1fr; color: var(--mark); font-variant-numeric: tabular-nums; white-space: nowrap; }
.gains li > span > :first-child { color: var(--ink); }
.gains .better { --mark: var(--gain); } .gains .worse { --mark: var(--loss); } .gains .real { --mark: var(--ink); }
.gains b.better, .gains b.worse { color: var(--mark); }
.gains .better > span > :last-child, .gains .worse > span > :last-child { font-weight: 650; }
.gains svg { display: block; overflow: visible; }
.gains .grid { stroke: var(--rule); }
.gains .baseline { stroke: var(--ink); stroke-dasharray: 4 3; }
.gains .range { stroke: var(--mark); stroke-width: 1.75; }
.gains .bar { fill: var(--mark); opacity: .3; }
.gains circle { fill: var(--mark); stroke: var(--mark); stroke-width: 1.75; }
.gains .open circle { fill: var(--page); }
.gains text { fill: var(--faint); font-size: .8rem; }
.advice { list-style: none; padding: 0; max-width: none; margin: 0 0 2rem; }
.advice li { display: grid; grid-template-columns: 7rem 1fr; gap: 0 1rem; padding: .5rem 0; border-top: 1px solid var(--rule); }
.advice b { font-size: .85rem; line-height: 1.75; }
.advice .gain { color: var(--gain); } .advice .loss { color: var(--loss); } .advice .open { color: var(--faint); }
.advice span { max-width: 46rem; }
.part { border-top: 1px solid var(--rule); }
.part > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; padding: .8rem 0; list-style: none; }
.part > summary::-webkit-details-marker { display: none; }
.part > summary::before { content: "+"; width: .75rem; font-weight: 600; color: var(--link); }
.part[open] > summary::before { content: "−"; }
.part > summary > span { color: var(--faint); font-size: .9rem; }
.part > div { padding: 0 0 1.5rem 1.5rem; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: middle; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--rule); }
thead th { border-bottom: 1px solid var(--faint); font-weight: 600; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-left: .75rem; }
.sign { display: inline-block; width: 1.1em; text-align: right; }
.wide { position: relative; overflow-x: auto; overflow-wrap: normal; max-width: 100%; margin: 1.25rem 0; }
.facts th { vertical-align: top; min-width: 6rem; font-weight: 400; color: var(--faint); }
img { display: block; max-width: 100%; height: auto; }
.pixels { image-rendering: pixelated; }
.strip, .strip span { display: flex; flex-wrap: wrap; gap: 2px; }
.rows { display: grid; gap: .5rem 1rem; list-style: none; padding: 0; max-width: none; }
.rows li { display: grid; grid-template-columns: var(--label) minmax(0, 1fr); align-items: center; }
.rows .strip { gap: .6rem; }
.rows .strip, .rows .strip span { flex-wrap: nowrap; min-width: 0; }
.rows img { min-width: 0; flex: 0 1 auto; }
.plot svg { display: block; width: 100%; max-width: 38rem; height: auto; border-radius: .3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .9rem; }
dt { font-weight: 600; }
dd { margin: 0; }
details details { margin: .75rem 0; font-size: .9rem; }
summary { cursor: pointer; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem 2rem; }
.matrix { min-width: 0; }
.confusion { font-size: .8rem; font-variant-numeric: tabular-nums; }
.confusion th { border: 0; padding: .2rem .5rem .2rem 0; text-align: right; font-weight: 400; white-space: nowrap; }
.confusion thead th { vertical-align: bottom; padding: 0 0 .35rem; text-align: left; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 8rem; overflow: hidden; }
.confusion tbody td { border: 1px solid var(--page); padding: 0; width: 2.25rem; min-width: 1.9rem; height: 2rem; text-align: center; }
.confusion .right { outline: 1px solid var(--ink); outline-offset: -1px; }
${shades.join('\n')}
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 0; padding-top: 1rem; border-top: 1px solid var(--rule); }
@media (prefers-color-scheme: dark) { .plot svg { filter: invert(.91) hue-rotate(180deg); mix-blend-mode: lighten; } }
@media (max-width: 44rem) {
  body { padding-top: 1.25rem; }
  .answer { font-size: 1.3rem; }
  .advice li { grid-template-columns: 1fr; }
  .gains li { grid-template-columns: 1fr auto; padding-top: .35rem; }
  .gains li > b { text-align: left; }
  .gains li > svg { grid-area: 2 / 1 / 3 / 3; }
  .gains li > span { display: flex; gap: .6rem; }
  .gains .axis { margin: 0; }
  .gains li > svg, .gains .axis { padding: 0 .6rem; }
  .part > div { padding-left: 0; }
  .rows li { grid-template-columns: 1fr; }
  table { font-size: .8rem; }
  .number { padding-left: .2rem; }
  th, td { padding-right: .3rem; }
}
@media print {
  :root { color-scheme: light; font-size: 11px; }
  body { max-width: none; padding: 0; }
  details::details-content { content-visibility: visible; display: block; }
  .part > summary::before { content: none; }
  h2, h3, caption, summary { break-after: avoid; }
  tr, .gains li, .plot, .matrix, .advice li { break-inside: avoid; }
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
  advice.length === 0
    ? html``
    : html`<ul class="advice">${advice.map(({ kind, text }) => html`<li><b class="${kind}">${words[kind]}</b><span>${text}</span></li>`)}</ul>`;

/** A part of a page that can be folded. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** What is in it, in a few words, to be read while it is folded. */
  readonly gist: Inside;
  readonly content: Html;
  /** Unfold it at first. Default: false. */
  readonly open?: boolean;
}

/** A page: what it says at a glance, and its sections. */
export interface PageFrame extends Pick<ReportParts, 'command' | 'seed' | 'backend' | 'versions'> {
  /** Kind of the report: `Photo report`. */
  readonly kind: string;
  /** Name of the images. */
  readonly title: string;
  /** The answer, in one sentence. */
  readonly answer: string;
  /** Setting of the evaluation, in a line. */
  readonly setting: string;
  readonly chart: Html;
  readonly advice: readonly Advice[];
  readonly sections: readonly Section[];
  /** Style beside that of all pages. Default: none. */
  readonly style?: string;
  /** Program at the end of the page. Default: none. */
  readonly script?: string;
}

/** A page in one file, without network access: the answer, its chart, what to do, sections in folds, and how it was made. */
export function pageOf(frame: PageFrame): string {
  const { kind, title, answer, setting, chart, advice, sections, command, seed, backend, versions } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${kind}: ${title}</title>
<style>${markup(style + (frame.style ?? ''))}</style>
</head>
<body>
<header>
<h1>${kind}: <bdi>${title}</bdi></h1>
<p class="answer">${answer.replace(/ (?=[±%])|(?<=±) /g, '\u00a0')}</p>
<p class="setting">${setting}</p>
</header>
<main>
${chart}
${adviceList(advice)}
${sections.map(
  ({
    id,
    title: name,
    gist,
    content,
    open = false,
  }) => html`<details class="part" id="${id}"${open ? html` open` : ''}>
<summary><h2>${name}</h2> <span>${gist}</span></summary>
<div>
${content}
</div>
</details>
`,
)}</main>
<footer>
<p class="command">This page was made by <code>${command}</code></p>
<p class="faint">Seed ${seed} · backend ${backend} · ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(' · ')}</p>
</footer>
${frame.script === undefined ? '' : html`<script>${markup(frame.script)}</script>\n`}</body>
</html>
`.text;
}
