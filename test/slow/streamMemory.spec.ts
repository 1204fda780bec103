import { expect, it } from 'vitest';
import { streamMemory } from '../../bench/cases/stream-memory.mjs';

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `FEWSHOT_STREAM_IMAGES=1000000` reads as many as `npm run bench -- stream-memory code-memory` does. */
const images = Number(process.env.FEWSHOT_STREAM_IMAGES ?? 200_000);

it.each(['images', 'codes'] as const)(
  'holds no more memory at the end of a long stream of %s than at its start',
  async (kind) => {
    const { resident, ahead, bound, tensors, images: decoded } = await streamMemory(images, 'wasm', kind);
    expect(decoded).toBe(images);
    const quarter = resident.length >> 2;
    expect(mean(resident.slice(-quarter))).toBeLessThan(1.05 * mean(resident.slice(0, quarter)));
    expect(ahead).toBeLessThanOrEqual(bound);
    expect(tensors.after).toBe(tensors.before);
  },
);
