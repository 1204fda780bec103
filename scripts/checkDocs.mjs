/**
 * Checks the size and the links of the pages: words as `wc -w` counts them, numbers with decimals, and links and
 * anchors that lead nowhere, in notebooks and in comments of the sources too.
 *
 *     npm run docs:check
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** The most words that README.md and all pages of docs/ together may have. */
export const limits = { readmeWords: 900, docsWords: 15_000 };

/** Folders that hold nothing written by hand. */
const passedOver = new Set(['node_modules', 'dist', 'api', 'results']);

/** Files below a folder, from the repository's root, in order. */
export function filesBelow(folder, ending) {
  const full = join(repository, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((name) => !name.startsWith('.') && !passedOver.has(name))
    .sort()
    .flatMap((name) => {
      const path = posix.join(folder, name);
      if (statSync(join(repository, path)).isDirectory()) return filesBelow(path, ending);
      return name.endsWith(ending) ? [path] : [];
    });
}

/** The text of a file, by its path from the repository's root. */
export const read = (file) => readFileSync(join(repository, file), 'utf8');

/** A page without its code, line by line. Of a notebook, its cells of text. */
export function prose(file) {
  let inside = false;
  return textOf(file)
    .split('\n')
    .map((line) => {
      const fence = /^ *```/.test(line);
      if (fence) inside = !inside;
      return inside || fence ? '' : line;
    });
}

function textOf(file) {
  if (!file.endsWith('.ipynb')) return read(file);
  const { cells } = JSON.parse(read(file));
  return cells
    .filter((cell) => cell.cell_type === 'markdown')
    .map(({ source }) => [source].flat().join(''))
    .join('\n\n');
}

/** What GitHub makes of a page's headings: lower case, spaces to dashes, no punctuation; numbered when repeated. */
export function anchors(file) {
  const found = new Map();
  const names = new Set();
  for (const line of prose(file)) {
    const heading = /^#{1,6} +(.*?) *#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replace(/ /g, '-');
    const times = found.get(name) ?? 0;
    found.set(name, times + 1);
    names.add(times === 0 ? name : `${name}-${times}`);
  }
  return names;
}

/** Links and pictures of a page that lead into the repository, in Markdown and in HTML. */
export function linksOf(file) {
  return prose(file).flatMap((line, i) => {
    const text = line.replace(/`[^`]*`/g, '');
    return [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href|srcset)="([^"\s]+)"/g)]
      .map(([, markdown, html]) => ({ place: `${file}:${i + 1}`, target: markdown ?? html }))
      .filter(({ target }) => !/^[a-z]+:/.test(target));
  });
}

/** What is wrong with a link of a page, if anything is. */
export function linkFault(file, target) {
  const [path, anchor] = target.split('#');
  const to = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(repository, to))) return 'leads nowhere';
  if (anchor === undefined || (to.endsWith('.md') && anchors(to).has(anchor))) return undefined;
  return 'has no such heading';
}

/** Pages of docs/ that comments of a source name, perhaps with an anchor. */
const pagesNamed = (file) =>
  read(file)
    .split('\n')
    .flatMap((line, i) =>
      [...line.matchAll(/(?<![\w/])docs\/[\w-]+\.md(?:#[\w-]+)?/g)].map(([target]) => ({
        place: `${file}:${i + 1}`,
        target,
      })),
    );

/** Links of pages and notebooks, and pages named in sources, that lead nowhere; each with its place. */
export function deadLinks() {
  const pages = ['.', 'docs', 'examples', 'models', 'test', 'bench', 'fixtures', 'paper', 'packages'].flatMap(
    (folder) =>
      folder === '.'
        ? readdirSync(repository).filter((name) => name.endsWith('.md'))
        : [...filesBelow(folder, '.md'), ...filesBelow(folder, '.ipynb')],
  );
  const sources = ['src', 'scripts', 'test', 'bench', 'paper', 'packages', 'examples'].flatMap((folder) =>
    ['.ts', '.mjs'].flatMap((ending) => filesBelow(folder, ending)),
  );
  const links = [
    ...pages.flatMap((file) =>
      linksOf(file).map((link) => ({ ...link, fault: linkFault(file, link.target) })),
    ),
    ...sources.flatMap((file) =>
      pagesNamed(file).map((link) => ({ ...link, fault: linkFault('README.md', link.target) })),
    ),
  ];
  return links.filter(({ fault }) => fault).map(({ place, target, fault }) => `${place}: ${target} ${fault}`);
}

/** Words of a page, and its numbers with a decimal point. */
export function sizeOf(page) {
  const text = read(page);
  return {
    words: text.split(/\s+/).filter(Boolean).length,
    decimals: text.match(/\d+\.\d+/g)?.length ?? 0,
  };
}

/** Sizes of README.md, of each page of docs/, and of these together. */
export function measureDocs() {
  const pages = filesBelow('docs', '.md').map((page) => ({ page, ...sizeOf(page) }));
  const sum = (key) => pages.reduce((total, page) => total + page[key], 0);
  return { pages, readme: sizeOf('README.md'), docs: { words: sum('words'), decimals: sum('decimals') } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { pages, readme, docs } = measureDocs();
  const rows = [{ page: 'README.md', ...readme }, ...pages, { page: 'docs in all', ...docs }];
  for (const { page, words, decimals } of rows)
    console.log(
      `${page.padEnd(24)} ${String(words).padStart(6)} words ${String(decimals).padStart(5)} decimals`,
    );
  const faults = deadLinks();
  if (readme.words > limits.readmeWords) faults.push(`README.md has more than ${limits.readmeWords} words`);
  if (docs.words > limits.docsWords) faults.push(`docs have more than ${limits.docsWords} words`);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
