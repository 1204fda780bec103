import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseBackground,
  countSurroundings,
  type Surroundings,
} from '../../../src/cli/produce/chosenBackground.js';
import type { Pixels } from '../../../src/data/decode/pixels.js';

/** A picture with a motif of one value inside a border of another. */
function framed(border: number, motif: number, [height, width, channels] = [20, 20, 1]): Pixels {
  const pixels = new Float32Array(height! * width! * channels!).fill(border);
  for (let y = 5; y < height! - 5; y++) {
    pixels.fill(motif, (y * width! + 5) * channels!, (y * width! + width! - 5) * channels!);
  }
  return { pixels, shape: [height!, width!, channels!] };
}

/** An icon on transparency, decoded over black. */
const icon = (luma: number): Pixels => ({ ...framed(0, luma), alpha: { clear: 0.6, luma } });

function chosenFor(...pictures: readonly Pixels[]) {
  const surroundings = countSurroundings();
  for (const picture of pictures) surroundings.add(picture);
  return chooseBackground(surroundings.counts());
}
const times = (count: number, picture: Pixels) => Array.from({ length: count }, () => picture);

const photo = framed(0.5, 0.3, [20, 20, 3]);
const landscape = framed(0.5, 0.3, [20, 30, 3]);

describe('chooseBackground', () => {
  it.each<[string, Pixels[], string]>([
    ['black ink on transparency', times(5, icon(0.1)), 'white'],
    ['white shapes on transparency', times(5, icon(0.9)), 'black'],
    ['icons, some dark and some light', [...times(5, icon(0.1)), icon(0.9)], 'edge'],
    ['drawings on white paper', [...times(4, framed(0.97, 0.1)), photo], 'white'],
    ['drawings on a black ground', [...times(4, framed(0.02, 0.9)), photo], 'black'],
    [
      'drawings on paper of which some are on transparency',
      [...times(4, framed(0.97, 0.1)), icon(0.1)],
      'white',
    ],
    [
      'light shapes on black, beside an icon that would vanish',
      [...times(9, framed(0, 0.9)), icon(0.1)],
      'edge',
    ],
    ['photos in the format of a camera', times(5, landscape), 'edge'],
    ['square photos', times(5, photo), 'edge'],
    ['square gray pictures', times(5, framed(0.5, 0.3)), 'black'],
  ])('fits %s', (_, pictures, background) => {
    expect(chosenFor(...pictures).background).toBe(background);
  });

  it('never takes a color over which most of what is on transparency would vanish, and tells why', () => {
    const number = fc.nat(20);
    const all = fc.record({
      clear: fc.record({ dark: number, light: number }),
      border: fc.record({ light: number, dark: number, other: number }),
      oblong: number,
      colored: number,
    });
    fc.assert(
      fc.property(all, (found: Surroundings) => {
        const { background, why } = chooseBackground(found);
        if (found.clear.dark > 0) expect(background).not.toBe('black');
        if (found.clear.light > 0) expect(background).not.toBe('white');
        expect(why).not.toBe('');
      }),
    );
  });
});
