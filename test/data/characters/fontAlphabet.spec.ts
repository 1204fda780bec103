import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import { inventAlphabet } from '../../../src/data/characters/alphabet.js';
import { type Character, checkCharacter, MOST_STROKES } from '../../../src/data/characters/character.js';
import { characterBatch } from '../../../src/data/characters/characterBatch.js';
import { meantBox, penLines } from '../../../src/data/characters/drawing.js';
import { type FontAlphabet, takeLetters } from '../../../src/data/characters/fontAlphabet.js';
import type { Point } from '../../../src/data/outline.js';

const line = (right: number, down: number) =>
  Array.from({ length: 12 }, (_, i) => [(right * i) / 11, (down * i) / 11] as const);

/** A bar of this length across, and one down from its beginning. */
const ell = (wide: number, high: number): Character => ({
  strokes: [
    {
      parts: [line(wide, 0)],
      placement: { kind: 'apart', middle: [0, -high / 2] },
      closed: false,
      dot: false,
    },
    {
      parts: [line(0, high)],
      placement: { kind: 'joined', on: { stroke: 0, at: 0 }, by: 0 },
      closed: false,
      dot: false,
    },
  ],
});
const font: FontAlphabet = {
  name: 'ells',
  characters: Array.from({ length: 40 }, (_, i) => ell(1.2 + i / 100, 0.6 + i / 50)),
};
const alphabet = { ...inventAlphabet(randomStream(1)), variants: 0 };

const lines = penLines();
const take = (count: number, seed: number, variants = 0) =>
  takeLetters(font, { ...alphabet, variants }, count, [seed], lines);
const areaOf = (of: Character) => {
  const { half } = meantBox(of, lines);
  return 4 * half[0] * half[1];
};
/** The area that both lines of a letter span, whatever way they lie: it depends on the stretch alone. */
const spanOf = ({ strokes }: Character) => {
  const [[a, b], [c, d]] = strokes.slice(0, 2).map(({ parts }) => parts[0]!.at(-1)!) as [
    readonly [number, number],
    readonly [number, number],
  ];
  return Math.abs(a * d - b * c);
};
const deviation = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
const mostFrequent = (values: readonly string[]) =>
  Math.max(0, ...values.map((value) => values.filter((other) => other === value).length));
/** A letter of two strokes, and the mark beside it. */
const partsOf = ({ strokes }: Character): [Character, Character] => [
  { strokes: strokes.slice(0, 2) },
  {
    strokes: strokes
      .slice(2)
      .map((stroke) =>
        stroke.placement.kind === 'apart'
          ? stroke
          : { ...stroke, placement: { ...stroke.placement, on: { stroke: 0, at: 0 } } },
      ),
  },
];
/** From the middle of one character to that of another: right and down. */
const awayFrom = (one: Character, other: Character): Point => {
  const [from, to] = [meantBox(one, lines), meantBox(other, lines)];
  return [to.middle[0] - from.middle[0], to.middle[1] - from.middle[1]];
};
const spans = font.characters.map(spanOf).sort((a, b) => a - b);

describe('letters of a font', () => {
  it('are all taken once, turned and stretched alike', () => {
    for (let seed = 0; seed < 20; seed++) {
      const taken = take(40, seed)
        .map(spanOf)
        .sort((a, b) => a - b);
      const stretch = taken[0]! / spans[0]!;
      expect(stretch).toBeGreaterThan(0.5);
      expect(stretch).toBeLessThan(2);
      for (const [i, span] of taken.entries()) expect(span / stretch).toBeCloseTo(spans[i]!, 9);
    }
  });

  it('lie in all eight ways, half of the alphabets upright, a little stretched and leaning', () => {
    const ways = Array.from({ length: 400 }, (_, seed) => {
      const { strokes } = take(1, seed)[0]!;
      const [[a, b], [c, d]] = strokes.slice(0, 2).map(({ parts }) => parts[0]!.at(-1)!) as [Point, Point];
      const way =
        Math.abs(a) > Math.abs(b)
          ? `${Math.sign(a)} ${Math.sign(d)}`
          : `${Math.sign(b)} ${Math.sign(c)} turned`;
      return { way, lean: c / d };
    });
    expect(new Set(ways.map(({ way }) => way)).size).toBe(8);
    const upright = ways.filter(({ way }) => way === '1 1');
    expect(Math.abs(upright.length / ways.length - 0.5625)).toBeLessThan(0.1);
    expect(Math.abs(deviation(upright.map(({ lean }) => lean)) - 0.15)).toBeLessThan(0.03);
    const stretches = Array.from({ length: 400 }, (_, seed) =>
      Math.log(Math.min(...take(40, seed).map(spanOf)) / spans[0]!),
    );
    expect(Math.abs(deviation(stretches) - 0.15)).toBeLessThan(0.03);
  });

  it('keep their strokes where they belong', () => {
    const bars: FontAlphabet = {
      name: 'bars',
      characters: font.characters.map((_, i) => ({
        strokes: [-0.5, 0.5].map((right) => ({
          ...ell(1, 1).strokes[0]!,
          parts: [line(0, 1 + i / 50)],
          placement: { kind: 'apart', middle: [right, 0] },
        })),
      })),
    };
    const areas = takeLetters(bars, alphabet, 40, [3], lines).map(({ strokes }) => {
      const [one, other] = strokes.map(({ placement }) =>
        placement.kind === 'apart' ? placement.middle : [0, 0],
      );
      const [right, down] = strokes[0]!.parts[0]!.at(-1)!;
      return Math.abs((other![0] - one![0]) * down - (other![1] - one![1]) * right);
    });
    areas.sort((a, b) => a - b);
    for (const [i, area] of areas.entries()) expect(area / areas[0]!).toBeCloseTo(1 + i / 50, 9);
  });

  it('have a mark beside them now and then, which is smaller', () => {
    const all = Array.from({ length: 50 }, (_, seed) => take(40, seed)).flat();
    const marked = all.filter(({ strokes }) => strokes.length > 2);
    expect(Math.abs(marked.length / all.length - 0.15)).toBeLessThan(0.03);
    for (const character of marked) {
      expect(character.strokes).toHaveLength(4);
      const [letter, mark] = partsOf(character);
      expect(areaOf(mark)).toBeLessThan(areaOf(letter));
      expect(Math.hypot(...awayFrom(letter, mark))).toBeGreaterThan(0.3);
      expect(spanOf(mark) / spanOf(letter)).toBeLessThan(1);
      expect(character.strokes[3]!.placement).toMatchObject({ on: { stroke: 2 } });
    }
  });

  it('have marks of three kinds, mostly at one side', () => {
    const found = Array.from({ length: 60 }, (_, seed) => {
      const marked = take(40, seed).filter(({ strokes }) => strokes.length > 2);
      const kinds = marked.map((character) => {
        const [wide, high] = partsOf(character)[1].strokes.map(({ parts }) =>
          Math.hypot(...parts[0]!.at(-1)!),
        );
        return (wide! / high!).toFixed(6);
      });
      const sides = marked.map((character) => {
        const [right, down] = awayFrom(...partsOf(character));
        return Math.abs(right) > Math.abs(down) ? `${Math.sign(right)} across` : `${Math.sign(down)} down`;
      });
      return { count: marked.length, kinds: new Set(kinds).size, usual: mostFrequent(sides) };
    });
    expect(Math.max(...found.map(({ kinds }) => kinds))).toBe(3);
    const several = found.filter(({ count }) => count >= 5);
    const share = several.reduce((sum, { count, usual }) => sum + usual / count, 0) / several.length;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.95);
  });

  it('are followed by variants when they run out, and have some among them', () => {
    const known = (taken: readonly Character[]) => {
      const by = taken.map((character) => JSON.stringify(character.strokes.map(({ parts }) => parts.length)));
      return by.filter((shape) => shape === '[1,1]' || shape === '[1,1,1,1]').length;
    };
    expect(known(take(40, 3))).toBe(40);
    expect(take(60, 3).slice(0, 40)).toEqual(take(40, 3));
    expect(take(60, 3)).toHaveLength(60);
    const varied = take(40, 3, 1);
    expect(known(varied)).toBeLessThan(35);
  });

  it('are characters, with variants and marks', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, variants) => {
        const many = {
          ...font,
          characters: font.characters.map(({ strokes }) => ({
            strokes: [...strokes, ...strokes, ...strokes, strokes[0]!],
          })),
        };
        const style = { ...alphabet, variants };
        for (const character of [
          ...take(50, seed, variants),
          ...takeLetters(many, style, 50, [seed], lines),
        ]) {
          checkCharacter(character, 'letters');
          expect(character.strokes.length).toBeLessThanOrEqual(MOST_STROKES);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a batch with fonts', () => {
  const options = { alphabets: 6, characters: 4, drawers: 1, seed: 7 };

  it('takes its share of alphabets from them, and invents the others as without', () => {
    const invented = characterBatch({ ...options, alphabets: 100 }).pixels;
    const { pixels, labels, classes } = characterBatch({ ...options, alphabets: 100, fonts: [font] });
    const alphabetOf = (values: Float32Array, a: number) => values.subarray(4096 * a, 4096 * (a + 1));
    const taken = Array.from({ length: 100 }, (_, a) =>
      alphabetOf(pixels, a).some((value, i) => value !== alphabetOf(invented, a)[i]),
    );
    expect(Math.abs(taken.filter(Boolean).length - 70)).toBeLessThan(14);
    expect(labels).toHaveLength(400);
    expect(classes[4]).toBe('alphabet 1 character 0');
    expect(characterBatch({ ...options, fonts: [font], fontShare: 0 })).toEqual(characterBatch(options));
    expect(characterBatch({ ...options, fonts: [], fontShare: 1 })).toEqual(characterBatch(options));
  });

  it('refuses what is no alphabet of a font', () => {
    const wrong = (fonts: unknown) => () =>
      characterBatch({ ...options, fontShare: 1, fonts: fonts as [FontAlphabet] });
    for (const [fonts, named] of [
      [7, 'fonts'],
      [[{ name: 'none', characters: [] }], 'characters'],
      [[{ ...font, name: 3 }], 'name'],
      [[{ name: 'odd', characters: [{ strokes: [] }] }], 'strokes'],
    ] as const) {
      expect(wrong(fonts)).toThrow(UsageError);
      expect(wrong(fonts)).toThrow(named);
    }
    expect(() => characterBatch({ ...options, fontShare: 2 })).toThrow('fontShare');
  });
});
