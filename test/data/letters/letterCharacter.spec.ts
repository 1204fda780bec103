import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { type Character, checkCharacter } from '../../../src/data/characters/character.js';
import { meantBox, penLines } from '../../../src/data/characters/drawing.js';
import { letterCharacter } from '../../../src/data/letters/letterCharacter.js';
import type { Bitmap } from '../../../src/data/letters/thinning.js';

type Place = readonly [right: number, down: number];

/** Ink within 3.5 pixels of lines through points, in a square. */
function drawn(side: number, lines: readonly (readonly Place[])[]): Bitmap {
  const near = (x: number, y: number, [x0, y0]: Place, [x1, y1]: Place) => {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const share = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, share));
    return Math.hypot(x - x0 - t * dx, y - y0 - t * dy) <= 3.5;
  };
  const inked = (x: number, y: number) =>
    lines.some((line) => line.some((to, i) => near(x, y, line[Math.max(0, i - 1)]!, to)));
  return {
    side,
    ink: Uint8Array.from({ length: side * side }, (_, i) => Number(inked(i % side, Math.floor(i / side)))),
  };
}
const letter = (...lines: readonly (readonly Place[])[]) => drawn(80, lines);

const circle = (x: number, y: number, radius: number): Place[] =>
  Array.from({ length: 41 }, (_, i) => [
    x + radius * Math.cos((Math.PI * i) / 20),
    y + radius * Math.sin((Math.PI * i) / 20),
  ]);

const charactersOf = {
  bar: [
    [
      [40, 10],
      [40, 70],
    ],
  ],
  zigzag: [
    [
      [10, 20],
      [25, 60],
      [40, 20],
      [55, 60],
      [70, 20],
    ],
  ],
  tee: [
    [
      [10, 12],
      [70, 12],
    ],
    [
      [40, 12],
      [40, 70],
    ],
  ],
  cross: [
    [
      [10, 40],
      [70, 40],
    ],
    [
      [40, 10],
      [40, 70],
    ],
  ],
  teeth: [
    [
      [10, 20],
      [70, 20],
    ],
    ...[25, 40, 55].map((x): Place[] => [
      [x, 20],
      [x, 60],
    ]),
  ],
  comb: [
    [
      [10, 60],
      [70, 60],
    ],
    ...[25, 40, 55].map((x): Place[] => [
      [x, 20],
      [x, 60],
    ]),
  ],
  ring: [circle(40, 40, 28)],
  pair: [
    [
      [20, 10],
      [20, 70],
    ],
    [
      [60, 20],
      [60, 60],
    ],
  ],
  eye: [circle(40, 40, 28), [[40, 40]]],
} satisfies Record<string, Place[][]>;

const strokesOf = (name: keyof typeof charactersOf) =>
  letterCharacter(letter(...charactersOf[name]))!.strokes;
const parts = (name: keyof typeof charactersOf) => strokesOf(name).map((stroke) => stroke.parts.length);

/** The points of a character's strokes where they are meant to be, if none is joined. */
const pointsOf = ({ strokes }: Character) =>
  strokes.flatMap(({ parts }) => parts.flat()).map(([x, y]) => Math.hypot(x, y));

describe('the character of a letter', () => {
  it('is a character of about the size of others', () => {
    for (const lines of Object.values(charactersOf)) {
      const character = letterCharacter(letter(...lines))!;
      checkCharacter(character, 'letter');
      const { middle, half } = meantBox(character, penLines());
      expect(Math.hypot(...middle)).toBeLessThan(0.08);
      expect(Math.max(...half)).toBeGreaterThan(0.6);
      expect(Math.max(...half)).toBeLessThan(0.85);
    }
  });

  it('has a movement for each side of a corner, more of what is long, and one stroke through a junction', () => {
    expect(parts('zigzag')).toEqual([4]);
    const ends = strokesOf('zigzag')[0]!.parts.map((part) => part.at(-1)!);
    for (const [i, [x, y]] of ends.entries()) {
      expect(Math.abs(Math.abs(y / x) - 40 / 15)).toBeLessThan(1);
      expect(Math.sign(y)).toBe(Math.sign(ends[0]![1]) * (i % 2 === 0 ? 1 : -1));
    }
    expect(parts('bar')).toEqual([2]);
    expect(parts('tee')).toHaveLength(2);
    expect(parts('cross')).toHaveLength(2);
    expect(parts('ring')[0]).toBeGreaterThan(1);
  });

  it('joins strokes where they meet', () => {
    expect(strokesOf('tee')[1]!.placement).toMatchObject({ kind: 'joined', on: { stroke: 0 }, by: 0 });
    const { placement } = strokesOf('cross')[1]!;
    if (placement.kind !== 'joined') throw new Error('apart');
    expect(placement.by).toBeCloseTo(0.5, 1);
    expect(placement.on.at).toBeCloseTo(0.5, 1);
    expect(strokesOf('pair').map((stroke) => stroke.placement.kind)).toEqual(['apart', 'apart']);
    const [long, short] = strokesOf('pair').map(({ placement: place }) =>
      place.kind === 'apart' ? place.middle : [],
    );
    expect(short![0]! - long![0]!).toBeCloseTo((1.6 * 40) / 67, 1);
  });

  it('makes one junction of two lines that cross at a small angle, or around a hole', () => {
    const narrow = letter(
      [
        [10, 20],
        [70, 60],
      ],
      [
        [10, 60],
        [70, 20],
      ],
    );
    expect(letterCharacter(narrow)!.strokes).toHaveLength(2);
    const holed = letter(...charactersOf.cross);
    holed.ink[40 * 80 + 36] = 0;
    expect(letterCharacter(holed)!.strokes).toHaveLength(2);
  });

  it('ends strokes where none goes on straight', () => {
    const arrow = letter(
      [
        [40, 10],
        [40, 70],
      ],
      [
        [15, 35],
        [40, 10],
        [65, 35],
      ],
    );
    expect(letterCharacter(arrow)!.strokes).toHaveLength(3);
  });

  it('closes a ring, and makes a dot of a dot', () => {
    const [ring] = strokesOf('ring');
    expect(ring).toMatchObject({ closed: true, dot: false, placement: { kind: 'apart' } });
    expect(Math.max(...pointsOf({ strokes: [ring!] }))).toBeGreaterThan(0.8);
    expect(strokesOf('eye').map(({ dot }) => dot)).toEqual([false, true]);
    expect(strokesOf('bar')[0]!.closed).toBe(false);
  });

  it('leads a bar from one place to another', () => {
    const strokes = letterCharacter(
      letter(
        [
          [10, 70],
          [40, 10],
          [70, 70],
        ],
        [
          [22, 46],
          [58, 46],
        ],
      ),
    )!.strokes;
    expect(strokes).toHaveLength(2);
    expect(strokes[1]!.placement).toMatchObject({ by: 0, on: { stroke: 0 }, to: { stroke: 0 } });
  });

  it('is drawn where its ink is', () => {
    for (const [name, lines] of Object.entries(charactersOf)) {
      const bitmap = letter(...lines);
      const { side, ink } = bitmap;
      const inked = [...ink.keys()].filter((i) => ink[i] === 1);
      const span = (of: (i: number) => number) => {
        const values = inked.map(of);
        return Math.max(...values) - Math.min(...values);
      };
      const [wide, high] = [span((i) => i % side), span((i) => Math.floor(i / side))];
      const { half } = meantBox(letterCharacter(bitmap)!, penLines());
      // Where a stroke turns back, its ink has its middle within the corner.
      const allowed = name === 'zigzag' ? 0.12 : 0.06;
      // The middle of a stroke is 3.5 pixels away from the edge of its ink.
      const scale = 1.6 / Math.max(wide, high);
      expect([name, Math.abs(half[0] - (scale * (wide - 7)) / 2) < allowed]).toEqual([name, true]);
      expect([name, Math.abs(half[1] - (scale * (high - 7)) / 2) < allowed]).toEqual([name, true]);
    }
  });

  it('is none without ink, and of too many strokes', () => {
    expect(letterCharacter(letter())).toBeUndefined();
    const dots = Array.from({ length: 13 }, (_, i): Place[] => [
      [10 + 18 * (i % 4), 10 + 18 * Math.floor(i / 4)],
    ]);
    expect(letterCharacter(letter(...dots))).toBeUndefined();
    expect(letterCharacter(letter(...dots.slice(1)))!.strokes).toHaveLength(12);
    /** Lines of eight movements each. */
    const waves = (count: number) =>
      Array.from({ length: count }, (_, row) =>
        Array.from({ length: 9 }, (_, i): Place => [10 + 20 * i, 10 + 44 * row + 32 * (i % 2)]),
      );
    expect(letterCharacter(drawn(190, waves(3)))!.strokes.map((stroke) => stroke.parts.length)).toEqual([
      8, 8, 8,
    ]);
    expect(letterCharacter(drawn(190, waves(4)))).toBeUndefined();
    expect(
      letterCharacter(
        drawn(230, [Array.from({ length: 12 }, (_, i): Place => [10 + 19 * i, 10 + 60 * (i % 2)])]),
      ),
    ).toBeUndefined();
  });

  it('is found in any ink', () => {
    for (let i = 0; i < 60; i++) {
      const random = randomStream(7, 'ink', i);
      const place = (): Place => [random.uniform(8, 72), random.uniform(8, 72)];
      const lines = Array.from({ length: 1 + random.integer(5) }, () =>
        Array.from({ length: 1 + random.integer(4) }, place),
      );
      const character = letterCharacter(letter(...lines));
      if (character !== undefined) checkCharacter(character, 'letter');
    }
  });
});
