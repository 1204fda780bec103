import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { inventAlphabet } from '../../../src/data/characters/alphabet.js';
import { inventCharacter } from '../../../src/data/characters/character.js';
import { characterBatch } from '../../../src/data/characters/characterBatch.js';
import { varyCharacter } from '../../../src/data/characters/variant.js';

type Figure = 'strokes' | 'parts' | 'joined' | 'ink' | 'dark' | 'empty' | 'border' | 'wide' | 'high';
const first: Record<Figure, number> = JSON.parse(
  readFileSync(new URL('../../reference/characters.json', import.meta.url), 'utf8'),
);

const average = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((sum, item) => sum + of(item), 0) / items.length;

/** Expects a figure to be that of the first generator, up to a share of it. */
function expectLike(figure: Figure, found: number, share: number): void {
  expect(Math.abs(found / first[figure] - 1), `${figure}: ${found}, not ${first[figure]}`).toBeLessThan(
    share,
  );
}

describe('invented characters, compared with those of the first generator', () => {
  it('have as many strokes and sub-strokes, joined as often', () => {
    const strokes = Array.from({ length: 200 }, (_, a) => {
      const random = randomStream(a, 'first generator');
      const alphabet = inventAlphabet(random);
      const characters = [inventCharacter(alphabet, random)];
      for (let c = 1; c < 16; c++) {
        const varies = random.uniform() < alphabet.variants;
        const like = characters[random.integer(c)]!;
        characters.push(varies ? varyCharacter(like, alphabet, random) : inventCharacter(alphabet, random));
      }
      return characters.map((character) => character.strokes);
    }).flat();
    expectLike(
      'strokes',
      average(strokes, (each) => each.length),
      0.08,
    );
    expectLike(
      'parts',
      average(strokes.flat(), ({ parts }) => parts.length),
      0.08,
    );
    const later = strokes.flatMap((each) => each.slice(1));
    expectLike(
      'joined',
      average(later, ({ placement }) => Number(placement.kind === 'joined')),
      0.1,
    );
  });

  it('are drawn with as much ink, spread as far', () => {
    const side = 32;
    const { pixels, labels } = characterBatch({ alphabets: 150, characters: 8, drawers: 2, seed: 1 });
    const images = Array.from(labels, (_, i) => pixels.subarray(i * side * side, (i + 1) * side * side));
    const total = (image: Float32Array, of: (ink: number, x: number, y: number) => number) => {
      let sum = 0;
      for (let i = 0; i < image.length; i++) sum += of(image[i]!, i % side, Math.floor(i / side));
      return sum;
    };
    const ink = (image: Float32Array) => total(image, (value) => value);
    const share = (of: (value: number) => boolean) =>
      average(images, (image) => total(image, (v) => Number(of(v)))) / side ** 2;
    const spread = (along: (x: number, y: number) => number) =>
      average(images, (image) => {
        const mass = ink(image);
        const middle = total(image, (value, x, y) => value * along(x, y)) / mass;
        return Math.sqrt(total(image, (value, x, y) => value * (along(x, y) - middle) ** 2) / mass);
      });
    const edge = (x: number, y: number) => Math.min(x, y, side - 1 - x, side - 1 - y) === 0;
    expectLike('ink', average(images, ink), 0.08);
    expectLike(
      'dark',
      share((value) => value > 0.75),
      0.12,
    );
    expectLike(
      'empty',
      share((value) => value === 0),
      0.03,
    );
    expectLike(
      'wide',
      spread((x) => x),
      0.03,
    );
    expectLike(
      'high',
      spread((_, y) => y),
      0.03,
    );
    const atEdge = average(images, (image) => total(image, (v, x, y) => (edge(x, y) ? v : 0)) / ink(image));
    expectLike('border', atEdge, 0.25);
  });
});
