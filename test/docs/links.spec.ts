import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deadLinks, linkFault, linksOf } from '../../scripts/checkDocs.mjs';
import { pages, prose, repository } from './markdown.js';

const all = pages();

describe('pages', () => {
  it('link to files and headings that are there, and so do notebooks and comments', () => {
    expect(deadLinks()).toEqual([]);
  });

  it('with a dead link are found', () => {
    expect(linkFault('docs/README.md', 'nothing.md')).toBe('leads nowhere');
    expect(linkFault('docs/README.md', 'own-loop.md#nothing')).toBe('has no such heading');
    expect(linkFault('docs/own-loop.md', '#how-far-ahead')).toBeUndefined();
    expect(linksOf('examples/notebooks/3-your-own-images.ipynb').length).toBeGreaterThan(0);
  });

  it('name sources that are there', () => {
    const named = all.flatMap((file) =>
      [
        ...prose(file)
          .join('\n')
          .matchAll(/`((?:src|packages|scripts|test)\/[\w/.-]+)`/g),
      ].map(([, path]) => path!),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !path.includes('NAME') && !existsSync(join(repository, path)))).toEqual([]);
  });

  it('of docs/ are all listed in its index', () => {
    const listed = new Set(linksOf('docs/README.md').map(({ target }) => `docs/${target.split('#')[0]}`));
    const missing = all.filter((file) => /^docs\/(?!README)[^/]*\.md$/.test(file) && !listed.has(file));
    expect(missing).toEqual([]);
  });
});
