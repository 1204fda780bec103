import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { inventAlphabet } from '../../src/data/characters/alphabet.js';
import { inventCharacter } from '../../src/data/characters/character.js';
import { inventDrawer } from '../../src/data/characters/drawer.js';
import { drawCharacter } from '../../src/data/characters/drawing.js';
import type { Pixels } from '../../src/data/decode/pixels.js';
import { findInk } from '../../src/data/findInk.js';
import { toInk } from '../../src/data/ink.js';
import type { Box } from '../../src/data/resample.js';

const SIDE = 120;
const [TOP, LEFT] = [28, 32];

/** Ink of 1 on 0: an invented character of 60 pixels on a larger ground. */
const drawings = Array.from({ length: 4 }, (_, i) => {
  const random = randomStream(3, 'paper', i);
  const character = inventCharacter(inventAlphabet(random), random);
  const drawn = drawCharacter(character, inventDrawer(random), random, { side: 60 });
  const ink = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < 60; y++) ink.set(drawn.pixels.subarray(y * 60, (y + 1) * 60), (y + TOP) * SIDE + LEFT);
  return ink;
});

/** Box of the pixels with at least half ink. */
function boxOf(ink: Float32Array): Box {
  const at = [...ink.keys()].filter((i) => ink[i]! >= 0.5);
  const rows = at.map((i) => Math.floor(i / SIDE));
  const columns = at.map((i) => i % SIDE);
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return { top, left, height: Math.max(...rows) + 1 - top, width: Math.max(...columns) + 1 - left };
}

/** How far the found box is from that of the ink, as a share of its longer side; infinite if ground is taken for ink. */
function error(ink: Float32Array, seen: Float32Array, polarity: 'dark' | 'light'): number {
  const image: Pixels = { pixels: seen, shape: [SIDE, SIDE, 1] };
  const found = findInk(image);
  if (found?.polarity !== polarity) return Number.POSITIVE_INFINITY;
  const [box, other] = [boxOf(ink), found.inkBox];
  const away = [
    other.top - box.top,
    other.left - box.left,
    other.top + other.height - box.top - box.height,
    other.left + other.width - box.left - box.width,
  ];
  return Math.max(...away.map(Math.abs)) / Math.max(box.height, box.width);
}

type Seen = (ink: number, y: number, x: number) => number;
const paper = (ink: number) => 0.9 - 0.7 * ink;
const line = (depth: number) => (depth > 0.03 && depth < 0.05 ? 1 : 0);
const depth = (y: number, x: number) => Math.min(y, x, 1 - y, 1 - x);
const turned = (y: number, x: number, angle: number) => {
  const [down, across] = [y - 0.5, x - 0.5];
  return [
    0.5 + Math.cos(angle) * down - Math.sin(angle) * across,
    0.5 + Math.sin(angle) * down + Math.cos(angle) * across,
  ] as const;
};

const kinds: [string, Seen][] = [
  ['on plain paper', paper],
  ['under a shadow with a hard edge', (ink, y, x) => paper(ink) * (x + 0.3 * y > 0.65 ? 0.55 : 1)],
  ['under a shadow over most of the paper', (ink, y, x) => paper(ink) * (x - 0.4 * y > 0.2 ? 0.5 : 1)],
  [
    'under two shadows',
    (ink, y, x) => paper(ink) * (x + 0.3 * y > 0.75 ? 0.7 : 1) * (y - 0.2 * x > 0.5 ? 0.65 : 1),
  ],
  ['under a soft shadow', (ink, y, x) => paper(ink) * (1 - 0.5 / (1 + Math.exp(-15 * (x + y - 1))))],
  ['on a sheet on a dark table', (ink, y, x) => (depth(y, x) < 0.1 ? 0.2 : paper(ink))],
  [
    'on a turned sheet on a dark table',
    (ink, y, x) => (depth(...turned(y, x, 0.1)) < 0.1 ? 0.2 : paper(ink)),
  ],
  [
    'on a sheet with grain of wood around',
    (ink, y, x) =>
      depth(...turned(y, x, -0.05)) < 0.12 ? 0.35 + 0.08 * Math.sin(60 * y + 4 * x) : paper(ink),
  ],
  ['on a sheet beside which a table is seen', (ink, y, x) => (y + 0.05 * x < 0.12 ? 0.25 : paper(ink))],
  [
    'on a sheet on a table, under a shadow',
    (ink, y, x) => (depth(y, x) < 0.1 ? 0.2 : paper(ink)) * (x + y > 1 ? 0.7 : 1),
  ],
  ['in a frame', (ink, y, x) => paper(Math.max(ink, line(depth(y, x))))],
  [
    'in a frame with gaps',
    (ink, y, x) => paper(Math.max(ink, y + x > 0.5 && y + x < 0.7 ? 0 : line(depth(y, x)))),
  ],
  [
    'in a frame that is cut off at the left',
    (ink, y, x) => paper(Math.max(ink, line(Math.min(y, 1 - y, 1 - x)))),
  ],
  ['on lined paper', (ink, y) => paper(Math.max(ink, Math.round(y * SIDE) % 12 === 0 ? 0.2 : 0))],
];

describe('findInk', () => {
  it.each(kinds)('finds ink %s, and that of the negative', (_, seen) => {
    const random = randomStream(5, 'noise');
    for (const ink of drawings) {
      const pixels = ink.map((value, i) => {
        const shade = seen(value, Math.floor(i / SIDE) / (SIDE - 1), (i % SIDE) / (SIDE - 1));
        return Math.min(1, Math.max(0, shade + 0.01 * random.normal()));
      });
      expect(error(ink, pixels, 'dark')).toBeLessThan(0.1);
      expect(
        error(
          ink,
          pixels.map((value) => 1 - value),
          'light',
        ),
      ).toBeLessThan(0.1);
    }
  });

  it('leaves a frame out of what is drawn', () => {
    const side = 80;
    for (const ink of drawings) {
      const drawn = (framed: boolean) => {
        const pixels = Float32Array.from({ length: side * side }, (_, i) => {
          const [y, x] = [Math.floor(i / side), i % side];
          const isLine = framed && Math.min(y, x, side - 1 - y, side - 1 - x) === 3;
          return paper(isLine ? 1 : ink[(y + TOP - 10) * SIDE + x + LEFT - 10]!);
        });
        return toInk({ pixels, shape: [side, side, 1] }, [60, 60, 1]).pixels;
      };
      const clean = drawn(false);
      const away = drawn(true).map((value, i) => Math.abs(value - clean[i]!));
      expect(away.reduce((sum, value) => sum + value, 0) / away.length).toBeLessThan(0.015);
    }
  });
});
