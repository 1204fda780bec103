import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { type RenderFacesOptions, renderFaces } from '../../faces/renderFaces.js';

/** Threads run what is built. */
const built = new URL('../../../dist/paper.js', import.meta.url).href;
const { renderFaces: onThreads }: { renderFaces: typeof renderFaces } = await import(built);

const options: RenderFacesOptions = {
  identities: [7, 2, 4],
  yaws: [-60, 15],
  lights: [
    { azimuth: 20, elevation: 10 },
    { azimuth: -50, elevation: 15 },
  ],
  takes: 2,
  size: 24,
  seed: 9,
};

describe('renderFaces on threads', () => {
  it.each([2, 3, 8])('gives the images of one thread, bit for bit, on %i', async (workers) => {
    const one = await renderFaces(options);
    const seen: [number, number][] = [];
    const many = await onThreads({
      ...options,
      workers,
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(many.byYaw.images()).toEqual(one.byYaw.images());
    expect(many.bySubject.labels).toEqual(one.bySubject.labels);
    expect([many.subjects, many.yaws, many.lights]).toEqual([one.subjects, one.yaws, one.lights]);
    expect(seen).toEqual([
      [8, 24],
      [16, 24],
      [24, 24],
    ]);
  });

  it('stops when asked', async () => {
    const stop = new AbortController();
    const work = onThreads({
      identities: 500,
      yaws: [0],
      seed: 0,
      workers: 2,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(work).rejects.toThrow('enough');
  });

  it.each([0, 1.5, Number.NaN])('refuses %d threads', async (workers) => {
    const work = renderFaces({ ...options, workers });
    await expect(work).rejects.toThrow(UsageError);
    await expect(work).rejects.toThrow(`workers is ${workers}`);
  });
});
