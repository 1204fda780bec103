import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { type RandomStream, randomStream } from '../../../src/core/random.js';
import { inventAlphabet } from '../../../src/data/characters/alphabet.js';
import {
  type Character,
  type CharacterStroke,
  checkCharacter,
  inventCharacter,
} from '../../../src/data/characters/character.js';
import { inventCharacters } from '../../../src/data/characters/characterBatch.js';
import { inventDrawer } from '../../../src/data/characters/drawer.js';
import { inventSubStroke, reachOf, type SubStrokeShape } from '../../../src/data/characters/subStroke.js';
import { varyCharacter } from '../../../src/data/characters/variant.js';

const seeds = fc.integer({ min: 0, max: 1e6 });
const alphabetOf = (seed: number) => inventAlphabet(randomStream(seed, 'alphabet'));
const characterOf = (seed: number) => inventCharacter(alphabetOf(seed), randomStream(seed, 'character'));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a sub-stroke', () => {
  const only = (shape: SubStrokeShape, upright = 0.5) => ({
    shapes: { line: 0, arc: 0, wave: 0, loop: 0, hook: 0, spline: 0, corner: 0, [shape]: 1 },
    upright,
  });
  /** Turns of the pen from step to step, in radians. */
  const turnsOf = (points: readonly (readonly [number, number])[]) => {
    const headings = points.slice(1).map(([x, y], i) => Math.atan2(y - points[i]![1], x - points[i]![0]));
    return headings
      .slice(1)
      .map((heading, i) => Math.atan2(Math.sin(heading - headings[i]!), Math.cos(heading - headings[i]!)));
  };
  const invent = (shape: SubStrokeShape, seed: number) =>
    inventSubStroke(only(shape), 0.7, randomStream(seed));

  it('begins at [0, 0], in steps of one length, and gets as far as asked', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom('line', 'arc', 'wave', 'hook', 'spline', 'corner'),
        (seed, shape) => {
          const points = invent(shape as SubStrokeShape, seed);
          expect(points[0]).toEqual([0, 0]);
          expect(reachOf(points)).toBeCloseTo(0.7, 9);
          const steps = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i]![0], y - points[i]![1]));
          for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 9);
        },
      ),
    );
  });

  it('turns as its shape says', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const turn of turnsOf(invent('line', seed))) expect(turn).toBeCloseTo(0, 6);
        for (const shape of ['arc', 'loop'] as const) {
          const round = turnsOf(invent(shape, seed));
          for (const turn of round) expect(turn).toBeCloseTo(round[0]!, 6);
          expect(Math.abs(round[0]!) > 4.7 / 11 - 1e-9).toBe(shape === 'loop');
        }
        const wave = turnsOf(invent('wave', seed));
        expect(Math.sign(wave[0]!)).toBe(-Math.sign(wave.at(-1)!));
        const corner = turnsOf(invent('corner', seed)).filter((turn) => Math.abs(turn) > 1e-6);
        expect(corner).toHaveLength(1);
        expect(Math.abs(corner[0]!)).toBeGreaterThan(1);
        const hook = turnsOf(invent('hook', seed));
        expect(Math.min(Math.abs(hook[0]!), Math.abs(hook.at(-1)!))).toBeCloseTo(0, 6);
        expect(Math.max(Math.abs(hook[0]!), Math.abs(hook.at(-1)!))).toBeGreaterThan(0.25);
      }),
    );
  });

  it('leads across or down in an alphabet that likes it', () => {
    const share = (upright: number) =>
      mean(
        Array.from({ length: 500 }, (_, seed) => {
          const [x, y] = inventSubStroke(only('line', upright), 1, randomStream(seed)).at(-1)!;
          return Number(Math.min(Math.abs(x), Math.abs(y)) < 0.3);
        }),
      );
    expect(share(1)).toBeGreaterThan(0.97);
    expect(share(0)).toBeLessThan(0.35);
  });
});

describe('an alphabet', () => {
  it('is the same for the same stream, and another one for another', () => {
    expect(alphabetOf(3)).toEqual(alphabetOf(3));
    expect(alphabetOf(3)).not.toEqual(alphabetOf(4));
  });

  it('is plain data, and survives JSON', () => {
    const read = JSON.parse(JSON.stringify(alphabetOf(3)));
    expect(inventCharacter(read, randomStream(1))).toEqual(inventCharacter(alphabetOf(3), randomStream(1)));
  });

  it('gives its characters its number of strokes and its sub-strokes', () => {
    const alphabet = {
      ...alphabetOf(1),
      strokes: [1e-9, 1, 1e-9],
      subStrokes: [1],
      unusual: 0,
      repeating: 0,
    };
    const characters = Array.from({ length: 50 }, (_, i) => inventCharacter(alphabet, randomStream(i)));
    for (const { strokes } of characters) {
      expect(strokes).toHaveLength(2);
      for (const { parts } of strokes) expect(parts).toHaveLength(1);
    }
    const humps = Array.from({ length: 50 }, (_, i) =>
      inventCharacter({ ...alphabet, repeating: 1 }, randomStream(i)),
    );
    for (const { strokes } of humps) expect(strokes[0]!.parts.length).toBeGreaterThan(1);
  });

  it('joins strokes as often as it likes', () => {
    const share = (joined: number) => {
      const alphabet = { ...alphabetOf(2), joined, parallel: 0, strokes: [1e-9, 1] };
      const strokes = Array.from({ length: 300 }, (_, i) => inventCharacter(alphabet, randomStream(i)));
      return mean(strokes.map(({ strokes }) => Number(strokes[1]!.placement.kind === 'joined')));
    };
    // One in ten is a dot.
    expect(share(1)).toBeGreaterThan(0.8);
    expect(share(0.5)).toBeCloseTo(0.45, 1);
    expect(share(0)).toBe(0);
  });

  it('may draw strokes in parallel', () => {
    const alphabet = { ...alphabetOf(2), parallel: 1, strokes: [1e-9, 1] };
    for (let seed = 0; seed < 50; seed++) {
      const [first, second] = inventCharacter(alphabet, randomStream(seed)).strokes;
      if (first!.parts.length > 3) continue;
      const directions = [first!, second!].map(({ parts }) =>
        Math.atan2(parts[0]!.at(-1)![1], parts[0]!.at(-1)![0]),
      );
      expect(directions[1]).toBeCloseTo(directions[0]!, 6);
    }
  });
});

/** How many sub-strokes of a character another one has just so. */
function shared(one: Character, other: Character): number {
  const texts = new Set(other.strokes.flatMap(({ parts }) => parts.map((part) => JSON.stringify(part))));
  const parts = one.strokes.flatMap((stroke) => stroke.parts.map((part) => JSON.stringify(part)));
  return parts.filter((part) => texts.has(part)).length / parts.length;
}

describe('a variant', () => {
  it('is a character', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        let character = characterOf(seed);
        for (let i = 0; i < 20; i++) {
          character = varyCharacter(character, alphabetOf(seed), randomStream(seed, 'variant', i));
          expect(() => checkCharacter(character, 'test')).not.toThrow();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is what its share of the characters of an alphabet are', () => {
    const share = (variants: number) => {
      const related = Array.from({ length: 40 }, (_, seed) => {
        const characters = inventCharacters({ ...alphabetOf(seed), variants }, 8, [seed]);
        const later = characters.slice(1);
        return mean(
          later.map((one, i) => Number(characters.slice(0, i + 1).some((each) => shared(one, each) > 0))),
        );
      });
      return mean(related);
    };
    expect(share(0)).toBeLessThan(0.1);
    expect(share(0.5)).toBeGreaterThan(0.35);
    expect(share(0.5)).toBeLessThan(0.6);
    expect(share(1)).toBeGreaterThan(0.75);
  });

  it('always differs, and mostly has sub-strokes of the character it is a variant of', () => {
    const shares: number[] = [];
    const others: number[] = [];
    for (let seed = 0; seed < 300; seed++) {
      const character = characterOf(seed);
      const variant = varyCharacter(character, alphabetOf(seed), randomStream(seed, 'variant'));
      expect(variant).not.toEqual(character);
      shares.push(shared(character, variant));
      others.push(shared(character, inventCharacter(alphabetOf(seed), randomStream(seed, 'other'))));
    }
    expect(mean(shares)).toBeGreaterThan(0.6);
    expect(mean(others)).toBeLessThan(0.1);
  });
});

describe('a drawer', () => {
  it('is one of many hands', () => {
    const drawers = Array.from({ length: 2000 }, (_, i) => inventDrawer(randomStream(i, 'drawer')));
    const deviation = (name: 'slant' | 'aspect' | 'rotation') =>
      Math.sqrt(mean(drawers.map((drawer) => drawer[name] ** 2)));
    expect(deviation('slant')).toBeCloseTo(0.14, 1.9);
    expect(deviation('rotation')).toBeCloseTo(0.09, 1.9);
    expect(Math.min(...drawers.map(({ pen }) => pen))).toBeGreaterThan(0);
  });
});

describe('what is no character', () => {
  const alphabet = alphabetOf(1);
  const character = characterOf(1);
  const stroke = character.strokes[0]!;
  const random = randomStream(1);
  const vary = (strokes: readonly unknown[]) => () =>
    varyCharacter({ strokes: strokes as CharacterStroke[] }, alphabet, random);

  it('is refused by name', () => {
    const joined = { kind: 'joined', on: { stroke: 0, at: 0 }, by: 0 } as const;
    expect(vary([])).toThrow(UsageError);
    expect(vary(Array(13).fill(stroke))).toThrow('at most 12');
    expect(vary([{ ...stroke, parts: [] }])).toThrow('parts');
    expect(vary([{ ...stroke, parts: Array(11).fill(stroke.parts[0]) }])).toThrow('at most 10');
    expect(vary([{ ...stroke, parts: [stroke.parts[0]!.slice(1)] }])).toThrow('12 points');
    expect(vary([{ ...stroke, parts: [stroke.parts[0]!.map(() => [0, Number.NaN])] }])).toThrow(
      'parts[0][0][1]',
    );
    expect(vary([{ ...stroke, placement: joined }])).toThrow('first stroke');
    expect(vary([stroke, { ...stroke, placement: { ...joined, on: { stroke: 1, at: 0 } } }])).toThrow(
      'stroke is 1',
    );
    expect(vary([stroke, { ...stroke, placement: { ...joined, to: { stroke: 0, at: 2 } } }])).toThrow(
      'at is 2',
    );
    expect(vary([{ ...stroke, placement: { kind: 'beside' } }])).toThrow('beside');
  });

  it('no alphabet and no stream are refused, too', () => {
    expect(() => inventCharacter({ ...alphabet, frequencies: [1] }, random)).toThrow('frequencies');
    expect(() => inventCharacter({ ...alphabet, library: [] }, random)).toThrow('library');
    expect(() => inventCharacter({ ...alphabet, joined: 2 }, random)).toThrow('joined');
    expect(() => inventAlphabet(7 as unknown as RandomStream)).toThrow('a random stream');
  });
});
