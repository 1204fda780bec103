import { evaluationBlocks } from './evaluations.js';
import { photosBlocks } from './photos.js';
import { posterBlocks } from './poster.js';
import { qualityBlocks } from './quality.js';
import { speedBlocks } from './speed.js';
import { symbolsBlocks } from './symbols.js';

const blocks = new Map(
  [evaluationBlocks, photosBlocks, posterBlocks, qualityBlocks, speedBlocks, symbolsBlocks].flatMap((group) =>
    Object.entries(group),
  ),
);

/** Names of all blocks. */
export const blockNames: readonly string[] = [...blocks.keys()];

const BLOCK = /<!-- figures:(\S+) -->\n[\s\S]*?<!-- \/figures -->/g;

/** Names of the blocks on a page. */
export const blocksOn = (page: string): string[] => [...page.matchAll(BLOCK)].map(([, name]) => name!);

/**
 * Fills the blocks of a page with the figures of `paper/results`.
 *
 *     <!-- figures:five-shots -->
 *     <!-- /figures -->
 *
 * @throws Error for a block that does not exist, or has no end
 */
export function withFigures(page: string): string {
  const filled = page.replace(BLOCK, (_, name: string) => {
    const block = blocks.get(name);
    if (block === undefined)
      throw new Error(`There are no figures ${name}. There are ${blockNames.join(', ')}.`);
    return `<!-- figures:${name} -->\n\n${block()}\n\n<!-- /figures -->`;
  });
  const [open, close] = [/<!-- figures:\S+ -->/g, /<!-- \/figures -->/g].map(
    (mark) => page.match(mark) ?? [],
  );
  if (open!.length !== close!.length || blocksOn(page).length !== open!.length) {
    throw new Error('A block of figures has no end.');
  }
  return filled;
}
