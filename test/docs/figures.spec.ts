import { describe, expect, it } from 'vitest';
import { blockNames, blocksOn, withFigures } from '../../scripts/figures/blocks.js';
import { gainChart } from '../../scripts/figures/gainChart.js';
import { scaleChart } from '../../scripts/figures/scaleChart.js';
import { pages, read } from './markdown.js';

const withBlocks = [...pages(), 'packages/tfjs-wasm-training/README.md'].filter(
  (page) => blocksOn(read(page)).length > 0,
);

describe('figures on pages', () => {
  it.each(withBlocks)('of %s are those of the stored results (npm run docs:figures)', (page) => {
    const text = read(page);
    expect(withFigures(text)).toBe(text);
  });

  it('are in the chart of the README', () => {
    expect(gainChart()).toBe(read('docs/images/gain.svg'));
  });

  it('are in the chart of cost against size', () => {
    expect(scaleChart()).toBe(read('docs/images/scale.svg'));
  });

  it('use every block', () => {
    expect([...new Set(withBlocks.flatMap((page) => blocksOn(read(page))))].sort()).toEqual(
      [...blockNames].sort(),
    );
  });

  it('refuse a block that does not exist or has no end', () => {
    expect(() => withFigures('<!-- figures:nothing -->\n<!-- /figures -->')).toThrow('no figures nothing');
    expect(() => withFigures('<!-- figures:bench -->\n')).toThrow('has no end');
    expect(withFigures('no figures')).toBe('no figures');
  });
});
