// Writes src/samples.png: five digits of each of four classes from MNIST's test set, a class a row, white on black.
import { writeFileSync } from 'node:fs';
import { encode } from 'fast-png';
import { imagesOf, loadMnist, sampleEpisode } from 'fewshot-atnl/data';

const digits = [2, 3, 5, 8];
const shots = 5;
const side = 28;

const { test } = await loadMnist();
const episode = sampleEpisode(
  { support: test, query: test },
  { ways: 10, shots, queries: 1, seed: 1, episode: 0 },
);
const width = shots * side;
const data = new Uint8Array(digits.length * side * width);
for (const [row, digit] of digits.entries()) {
  const images = [...imagesOf(episode.support)].filter(({ label }) => label === digit);
  for (const [column, { pixels }] of images.entries()) {
    for (const [i, value] of pixels.entries()) {
      const y = row * side + Math.floor(i / side);
      data[y * width + column * side + (i % side)] = Math.round(255 * value);
    }
  }
}
writeFileSync(
  new URL('src/samples.png', import.meta.url),
  encode({ width, height: digits.length * side, data, channels: 1, depth: 8 }),
);
