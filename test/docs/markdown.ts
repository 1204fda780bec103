import { fileURLToPath } from 'node:url';
import { filesBelow, read } from '../../scripts/checkDocs.mjs';

export { anchors, linkFault, linksOf, prose, read } from '../../scripts/checkDocs.mjs';

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
