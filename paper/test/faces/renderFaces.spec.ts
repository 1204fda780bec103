import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { faceIdentity } from '../../faces/identity.js';
import { type RenderFacesOptions, renderFaces } from '../../faces/renderFaces.js';

const light = { azimuth: 20, elevation: 10 };
const small = { size: 16, yaws: [-60, 0, 60], lights: [light], seed: 3 };

describe('renderFaces', () => {
  it('gives the same bytes for one seed on every run', async () => {
    const { pixels } = (
      await renderFaces({ identities: 3, yaws: [-90, 0, 45], takes: 2, size: 24, seed: 11 })
    ).byYaw.images();
    const bytes = Uint8Array.from(pixels, (value) => Math.round(255 * value));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      '811a2a3c275609544727ebed7ad46e6a26a5356254d7e9fffb578c4c3d918da3',
    );
  });

  it('labels by yaw and by person', async () => {
    const faces = await renderFaces({ ...small, identities: [4, 2], takes: 2 });
    expect(faces.origin).toBe('rendered stand-in');
    expect(faces.shape).toEqual([16, 16, 1]);
    expect(faces.byYaw.classes).toEqual([-60, 0, 60]);
    expect([...faces.byYaw.labels]).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]);
    expect(faces.bySubject.classes).toEqual([2, 4]);
    expect([...faces.subjects]).toEqual([4, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2]);
    expect([...faces.lights]).toEqual(new Array(12).fill(0));
  });

  it('has 13 yaws, 7 lights and 48 pixels a side by default', async () => {
    const faces = await renderFaces({ identities: 1, seed: 0 });
    expect(faces.byYaw.classes).toEqual([-90, -75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75, 90]);
    expect(faces.yaws).toHaveLength(91);
    expect(new Set(faces.lights).size).toBe(7);
    expect(faces.shape).toEqual([48, 48, 1]);
  });

  it('renders each image the same whatever else is rendered', async () => {
    const all = await renderFaces({ ...small, identities: 3, takes: 2 });
    const one = await renderFaces({ ...small, identities: [2], yaws: [60], takes: 1 });
    const same = all.where(({ subject, yaw }) => subject === 2 && yaw === 60).byYaw.images([0]);
    expect(one.byYaw.images().pixels).toEqual(same.pixels);
  });

  it('varies takes, and not at all with variation 0', async () => {
    const takes = async (variation: number) => {
      const { byYaw } = await renderFaces({ ...small, identities: 1, yaws: [30], takes: 2, variation });
      return [byYaw.images([0]).pixels, byYaw.images([1]).pixels];
    };
    const [a, b] = await takes(1);
    expect(a).not.toEqual(b);
    const [c, d] = await takes(0);
    expect(c).toEqual(d);
  });

  it('makes other people of another seed', async () => {
    const of = async (seed: number) =>
      (await renderFaces({ ...small, identities: 1, seed })).byYaw.images().pixels;
    expect(await of(1)).not.toEqual(await of(2));
  });

  it('shows people whom a nearest neighbour tells apart, in yaws that it tells apart', async () => {
    const train = await renderFaces({
      identities: 8,
      yaws: [-60, -30, 0, 30, 60],
      lights: [light],
      takes: 4,
      size: 24,
      seed: 5,
    });
    const { pixels } = train.byYaw.images();
    const size = 24 * 24;
    const hits = (labels: Int32Array) => {
      const near = [...labels.keys()].filter((i) => {
        let best = -1;
        let least = Number.POSITIVE_INFINITY;
        for (let j = 0; j < labels.length; j++) {
          if (i === j) continue;
          let sum = 0;
          for (let k = 0; k < size; k++) sum += (pixels[i * size + k]! - pixels[j * size + k]!) ** 2;
          if (sum < least) [best, least] = [j, sum];
        }
        return labels[best] === labels[i];
      });
      return near.length / labels.length;
    };
    expect(hits(train.bySubject.labels)).toBeGreaterThan(0.9);
    expect(hits(train.byYaw.labels)).toBeGreaterThan(0.9);
  });

  it('tells its progress and stops when asked', async () => {
    const seen: [number, number][] = [];
    await renderFaces({ ...small, identities: 2, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.at(-1)).toEqual([6, 6]);
    const control = new AbortController();
    const work = renderFaces({
      identities: 500,
      seed: 0,
      signal: control.signal,
      onProgress: () => control.abort(new Error('enough')),
    });
    await expect(work).rejects.toThrow('enough');
  });

  it.each<[Partial<RenderFacesOptions>, string]>([
    [{ identities: 0 }, 'identities is 0'],
    [{ identities: [] }, 'there are no identities to render'],
    [{ identities: [1, 1] }, 'identities[1] is 1'],
    [{ identities: [0.5] }, 'identities[0] is 0.5'],
    [{ yaws: [] }, 'there are no yaws to render'],
    [{ yaws: [0, 91] }, 'yaws[1] is 91'],
    [{ yaws: [0, 0] }, 'yaws[1] is 0'],
    [{ yaws: [Number.NaN] }, 'yaws[0] is NaN'],
    [{ lights: [] }, 'there are no lights to render'],
    [{ lights: [{ azimuth: 0, elevation: 91 }] }, 'lights[0] comes from azimuth 0, elevation 91'],
    [{ takes: 0 }, 'takes is 0'],
    [{ size: 15 }, 'size is 15'],
    [{ size: 48.5 }, 'size is 48.5'],
    [{ variation: -1 }, 'variation is -1'],
    [{ variation: Number.NaN }, 'variation is NaN'],
  ])('refuses %j', async (options, says) => {
    const work = renderFaces({ ...small, ...options });
    await expect(work).rejects.toThrow(UsageError);
    await expect(work).rejects.toThrow(says);
  });
});

describe('faceIdentity', () => {
  it('is the same person for one seed and number, and another for others', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(10_000), (seed, number) => {
        expect(faceIdentity(seed, number)).toEqual(faceIdentity(seed, number));
        expect(faceIdentity(seed, number)).not.toEqual(faceIdentity(seed, number + 1));
        expect(faceIdentity(seed, number)).not.toEqual(faceIdentity(seed + 1, number));
      }),
    );
  });
});
