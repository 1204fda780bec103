import { describe, expect, it } from 'vitest';
import scale, { parts } from '../../bench/cases/scale.mjs';

/** A row, and what was said about it. */
async function measured(part: string, images: number) {
  const notes: string[] = [];
  const note = (line: string) => notes.push(line);
  const rows = await scale(part).measure({ name: `scale/${part}`, rounds: 2, images, note });
  return { rows, notes };
}

describe('cost against size', () => {
  it('is measured for images, classes and pixels', () => {
    expect(parts.map((part) => part.split('-')[0])).toEqual([
      ...Array(4).fill('images'),
      ...Array(5).fill('classes'),
      ...Array(4).fill('pixels'),
    ]);
  });

  it.each([
    ['images-1000', { series: 'images', size: 1000, unit: 's' }],
    ['classes-10', { series: 'classes', size: 10, unit: 's' }],
    ['pixels-28', { series: 'pixels', size: 28, unit: 'ms/image' }],
  ])('is a row: %s', async (part, row) => {
    const { rows } = await measured(part, 4000);
    expect(rows).toEqual([expect.objectContaining({ ...row, backend: 'wasm', rounds: 2 })]);
    expect(rows[0]!.ours).toBeGreaterThan(0);
  });

  it('leaves rows out that take more images than were asked for', async () => {
    expect(await measured('images-1000000', 999_999)).toEqual({
      rows: [],
      notes: ['scale/images-1000000 is left out, as it takes more than 999999 images.'],
    });
  });
});
