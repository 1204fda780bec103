/**
 * Draws docs/images/restyled.png, characters that the encoder has never seen in the hands of others: `npm run build`, then
 * `node scripts/restyleImages.mjs`. The same seed gives the same picture.
 */
import { writeFile } from 'node:fs/promises';
import { hallucinations, loadModel, selectBackend } from 'fewshot-atnl';
import { characterBatch, encodePng, imagesOf } from 'fewshot-atnl/data';

/** Characters, hands, pixels between two drawings, and the seed. */
const [CHARACTERS, HANDS, GAP, SEED] = [12, 6, 4, 77];

await selectBackend('wasm');
const model = await loadModel('characters');
const [side] = model.imageShape;
const batch = characterBatch({ alphabets: 1, characters: CHARACTERS, drawers: 1, side, seed: SEED });
const width = CHARACTERS * (side + GAP) + GAP;
const height = (HANDS + 1) * (side + GAP) + 3 * GAP;
const sheet = new Float32Array(width * height).fill(1);
const put = (pixels, column, row) => {
  const top = GAP + row * (side + GAP) + (row > 0 ? 2 * GAP : 0);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      // Ink is shown dark on white paper.
      sheet[(top + y) * width + GAP + column * (side + GAP) + x] = 1 - pixels[y * side + x];
    }
  }
};
for (const [column, image] of [...imagesOf(batch)].entries()) {
  put(image.pixels, column, 0);
  const made = hallucinations(model, [image], { perClass: HANDS, path: 'restyle', seed: SEED });
  let row = 1;
  for (const { pixels } of made) put(pixels, column, row++);
}
await writeFile(
  new URL('../docs/images/restyled.png', import.meta.url),
  encodePng(sheet, [height, width, 1]),
);
console.log('docs/images/restyled.png');
