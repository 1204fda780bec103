import { randomStream } from '../../core/index.js';
import { assertWholeNumbers } from '../../core/wholeNumbers.js';
import { byteSource, type ImageSource } from '../imageSource.js';
import { drawByHand } from './pen.js';
import { rasterize } from './raster.js';
import { inventSymbol } from './strokes.js';

export interface InventSymbolsOptions {
  /** How many symbols: the classes. */
  readonly symbols: number;
  /** Drawings of each. */
  readonly drawings: number;
  /** Height and width in pixels. Default 28. */
  readonly side?: number;
  readonly seed: number;
}

/**
 * Drawings of symbols that no alphabet has, each symbol drawn many times as if by hand: classes without end on which an
 * encoder learns what makes two drawings one symbol. No image is anybody's handwriting. Symbol `s` and its drawing `d`
 * depend on the seed and these numbers alone.
 *
 * @returns images `[side, side, 1]`, drawing by drawing of each symbol; classes are `symbol 0`, `symbol 1`, …
 * @throws UsageError when a count is not a whole number of at least 1, or the side is below 8
 */
export function inventSymbols({ symbols, drawings, side = 28, seed }: InventSymbolsOptions): ImageSource {
  assertWholeNumbers({ symbols, drawings, side }, { side: 8 });
  const size = side * side;
  const bytes = new Uint8Array(symbols * drawings * size);
  const labels = new Int32Array(symbols * drawings);
  for (let symbol = 0; symbol < symbols; symbol++) {
    const meant = inventSymbol(randomStream(seed, 'symbol', symbol));
    for (let drawing = 0; drawing < drawings; drawing++) {
      const at = symbol * drawings + drawing;
      const drawn = drawByHand(meant, randomStream(seed, 'drawing', symbol, drawing));
      for (const [i, value] of rasterize(drawn, side).entries())
        bytes[at * size + i] = Math.round(255 * value);
      labels[at] = symbol;
    }
  }
  const classes = Array.from({ length: symbols }, (_, symbol) => `symbol ${symbol}`);
  return byteSource(bytes, [side, side, 1], labels, classes);
}
