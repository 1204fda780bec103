type Stroke = readonly (readonly [x: number, y: number])[];

const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): Stroke =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + (i * (to - from)) / 24) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });

/** Symbols as strokes in a square from 0 to 1. */
export const symbolStrokes: Readonly<Record<string, readonly Stroke[]>> = {
  star: [
    Array.from({ length: 6 }, (_, i) => {
      const angle = (4 * Math.PI * i) / 5 - Math.PI / 2;
      return [0.5 + 0.4 * Math.cos(angle), 0.52 + 0.4 * Math.sin(angle)];
    }),
  ],
  house: [
    [
      [0.2, 0.5],
      [0.2, 0.88],
      [0.8, 0.88],
      [0.8, 0.5],
    ],
    [
      [0.1, 0.52],
      [0.5, 0.14],
      [0.9, 0.52],
    ],
    [
      [0.44, 0.88],
      [0.44, 0.64],
      [0.6, 0.64],
      [0.6, 0.88],
    ],
  ],
  fish: [
    [...arc(0.44, 0.6, 0.36, 0.3, 200, 325), [0.92, 0.7]],
    [...arc(0.44, 0.42, 0.36, 0.3, 160, 35), [0.92, 0.3]],
    [
      [0.92, 0.3],
      [0.85, 0.5],
      [0.92, 0.7],
    ],
    arc(0.26, 0.46, 0.025, 0.025, 0, 360),
  ],
  heart: [
    [
      [0.5, 0.86],
      [0.3, 0.7],
      [0.15, 0.52],
      ...arc(0.32, 0.36, 0.18, 0.18, 160, 350),
      ...arc(0.68, 0.36, 0.18, 0.18, 190, 380),
      [0.85, 0.52],
      [0.7, 0.7],
      [0.5, 0.86],
    ],
  ],
};
