/**
 * Draws docs/images/characters.png, a sheet of invented alphabets: `npm run build`, then `node scripts/characterImages.mjs`.
 * With a folder of fonts, `node scripts/characterImages.mjs FONTS letters.png`, it draws letters of these: as meant in the first row,
 * then by several drawers. The same seed gives the same picture.
 */
import { writeFile } from 'node:fs/promises';
import {
  characterBatch,
  drawCharacter,
  encodePng,
  fontAlphabets,
  inventDrawer,
  randomStream,
} from 'fewshot-atnl/data';

/** Pixels between two drawings, and between two alphabets. */
const [gap, space] = [4, 16];
const SEED = 5;

/** Alphabets beside each other: a column a character, a row a drawer. Drawings are in the order of a batch. */
async function writeSheet(pixels, { alphabets, characters, drawers, side }, target) {
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
  await writeFile(target, encodePng(sheet, [height, width, 1]));
}

/** Letters of random fonts, by a hand that misses nothing and then by others. */
async function drawLetters(folder, target) {
  const size = { alphabets: 3, characters: 12, drawers: 5, side: 48 };
  const sure = { slant: 0, aspect: 0, rotation: 0, pen: 1, smoothness: 0, carelessness: 0, misses: 0 };
  const fonts = await fontAlphabets(folder, { seed: SEED });
  const chosen = [...randomStream(SEED, 'sheet').permutation(fonts.length)].slice(0, size.alphabets);
  const drawings = chosen.flatMap((a) => {
    const { name, characters } = fonts[a];
    console.log(name);
    const hands = Array.from({ length: size.drawers }, (_, d) =>
      d === 0 ? sure : inventDrawer(randomStream(SEED, 'drawer', a, d)),
    );
    const order = [...randomStream(SEED, 'letters', a).permutation(characters.length)];
    return order.slice(0, size.characters).flatMap((c) =>
      hands.map((drawer, d) => {
        const random = randomStream(SEED, 'drawing', a, c, d);
        return drawCharacter(characters[c], drawer, random, { side: size.side }).pixels;
      }),
    );
  });
  const pixels = new Float32Array(drawings.length * size.side ** 2);
  for (const [i, drawing] of drawings.entries()) pixels.set(drawing, i * drawing.length);
  await writeSheet(pixels, { ...size, alphabets: chosen.length }, target);
}

const [folder, file = 'letters.png'] = process.argv.slice(2);
if (folder === undefined) {
  const size = { alphabets: 3, characters: 8, drawers: 4, side: 48 };
  const target = new URL('../docs/images/characters.png', import.meta.url);
  await writeSheet(characterBatch({ ...size, seed: SEED }).pixels, size, target);
  console.log('docs/images/characters.png');
} else {
  await drawLetters(folder, file);
  console.log(file);
}
