/**
 * Draws docs/images/characters.png, a sheet of invented alphabets: `npm run build`, then `node scripts/characterImages.mjs`.
 * The same seed gives the same picture.
 */
import { writeFile } from 'node:fs/promises';
import { characterBatch, encodePng } from 'fewshot-atnl/data';

const [alphabets, characters, drawers, side] = [3, 8, 4, 48];
/** Pixels between two drawings, and between two alphabets. */
const [gap, space] = [4, 16];
const SEED = 5;

const { pixels } = characterBatch({ alphabets, characters, drawers, side, seed: SEED });
const width = alphabets * characters * (side + gap) + (alphabets - 1) * space + gap;
const height = drawers * (side + gap) + gap;
const sheet = new Float32Array(width * height).fill(1);
for (let a = 0; a < alphabets; a++) {
  for (let c = 0; c < characters; c++) {
    for (let d = 0; d < drawers; d++) {
      const image = (a * characters + c) * drawers + d;
      const left = gap + (a * characters + c) * (side + gap) + a * space;
      const top = gap + d * (side + gap);
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          // Ink is shown dark on white paper.
          sheet[(top + row) * width + left + column] = 1 - pixels[(image * side + row) * side + column];
        }
      }
    }
  }
}
await writeFile(
  new URL('../docs/images/characters.png', import.meta.url),
  encodePng(sheet, [height, width, 1]),
);
console.log('docs/images/characters.png');
