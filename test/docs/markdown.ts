import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced code block of a page or of a JSDoc comment. */
export interface CodeBlock {
  /** The file, from the repository's root. */
  readonly file: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  /** `ts`, `js`, `sh`, `json`, `text`, …; empty where none is given. */
  readonly language: string;
  readonly code: string;
}

/** Folders that hold no pages of ours. */
const passedOver = new Set(['node_modules', 'dist', 'api', 'results']);

function filesBelow(folder: string, ending: string): string[] {
  const full = join(repository, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((name) => !name.startsWith('.') && !passedOver.has(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(join(repository, path)).isDirectory()) return filesBelow(path, ending);
      return name.endsWith(ending) ? [path] : [];
    });
}

/** The text of a file, by its path from the repository's root. */
export const read = (file: string) => readFileSync(join(repository, file), 'utf8');

/** Every Markdown page, from the repository's root. */
export const pages = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...['docs', 'examples', 'models', 'test/reference', 'bench', 'fixtures'].flatMap((folder) =>
    filesBelow(folder, '.md'),
  ),
];

/** Every source file, from the repository's root. */
export const sources = (): string[] => filesBelow('src', '.ts');

/** The files of an example's program, by its folder. */
export const programs = (folder: string): string[] =>
  ['.ts', '.mjs'].flatMap((ending) => filesBelow(folder, ending));

/** The fenced code blocks of a text, without their indentation. `lead` is what stands before each line of it. */
export function codeBlocks(file: string, text = read(file), lead = /^/): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { indent: number; language: string; line: number; lines: string[] } | undefined;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(lead, '');
    const fence = /^( *)```(\S*)/.exec(line);
    if (fence === null) open?.lines.push(line.slice(Math.min(open.indent, line.search(/\S|$/))));
    else if (open === undefined)
      open = { indent: fence[1]!.length, language: fence[2]!, line: i + 2, lines: [] };
    else {
      blocks.push({ file, line: open.line, language: open.language, code: open.lines.join('\n') });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the block has no end`);
  return blocks;
}

/** The code blocks in the JSDoc comments of a source file. */
export function jsdocBlocks(file: string): CodeBlock[] {
  const text = read(file);
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const before = text.slice(0, comment.index).split('\n').length - 1;
    return codeBlocks(file, comment[0], /^\s*\*(?!\/) ?/).map((block) => ({
      ...block,
      line: block.line + before,
    }));
  });
}

/** A page without its code, line by line. */
export function prose(file: string): string[] {
  let inside = false;
  return read(file)
    .split('\n')
    .map((line) => {
      const fence = /^ *```/.test(line);
      if (fence) inside = !inside;
      return inside || fence ? '' : line;
    });
}

/** What GitHub makes of a page's headings: lower case, spaces to dashes, no punctuation; numbered when repeated. */
export function anchors(file: string): Set<string> {
  const found = new Map<string, number>();
  const names = new Set<string>();
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
