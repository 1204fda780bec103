import { describe, expect, it } from 'vitest';
import { limits, measureDocs, sizeOf } from '../../scripts/checkDocs.mjs';
import { pages } from './markdown.js';

describe('the size of pages', () => {
  const { readme, docs, pages: measured } = measureDocs();

  it(`of README.md is at most ${limits.readmeWords} words`, () => {
    expect(readme.words).toBeLessThanOrEqual(limits.readmeWords);
  });

  it(`of docs/ is at most ${limits.docsWords} words in all`, () => {
    expect(docs.words).toBeLessThanOrEqual(limits.docsWords);
    expect(measured.map(({ page }) => page)).toEqual(pages().filter((page) => page.startsWith('docs/')));
  });

  it('is counted as wc counts words, tables and code too', () => {
    expect(sizeOf('test/docs/counted.txt')).toEqual({ words: 11, decimals: 2 });
  });
});
