import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchors, pages, prose, repository } from './markdown.js';

const all = pages();

/** Links and pictures of a page that lead into the repository. */
function linksOf(file: string): { place: string; target: string }[] {
  return prose(file).flatMap((line, i) =>
    [...line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => ({ place: `${file}:${i + 1}`, target: target! }))
      .filter(({ target }) => !/^[a-z]+:/.test(target)),
  );
}

function faultOf(file: string, target: string): string | undefined {
  const [path, anchor] = target.split('#') as [string, string | undefined];
  const to = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(repository, to))) return 'leads nowhere';
  if (anchor === undefined) return;
  return to.endsWith('.md') && anchors(to).has(anchor) ? undefined : 'has no such heading';
}

describe('pages', () => {
  it('link to files and headings that are there', () => {
    const faults = all.flatMap((file) =>
      linksOf(file).flatMap(({ place, target }) => {
        const fault = faultOf(file, target);
        return fault === undefined ? [] : [`${place}: ${target} ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
    expect(faultOf('README.md', 'docs/nothing.md')).toBe('leads nowhere');
    expect(faultOf('README.md', 'docs/memory.md#nothing')).toBe('has no such heading');
    expect(faultOf('docs/memory.md', '#how-far-ahead')).toBeUndefined();
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
