import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { read } from './markdown.js';

/** Names that an entry exports, types included. */
function exportedBy(file: string): string[] {
  const { statements } = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest);
  return statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) =>
      exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name }) => name.text)
        : [],
    );
}

describe('docs/api.md', () => {
  it('describes each name of the root once', () => {
    const described = [...read('docs/api.md').matchAll(/^- `(\w+)`:/gm)].map(([, name]) => name);
    expect(described.sort()).toEqual(exportedBy('src/index.ts').sort());
  });
});
