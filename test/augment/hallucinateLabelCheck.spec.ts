import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DroppedHallucination } from '../../src/augment/hallucinateOptions.js';
import { latentPath, type PathName } from '../../src/augment/paths.js';
import { UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Model } from '../../src/models/model.js';
import { onWasm, tinyModel } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import {
  arriving,
  expectIdentical,
  hallucinated,
  photos,
  planeModel,
  point,
  recording,
  streamed,
} from './hallucinated.js';

onWasm();

let model: Model;
let circle: Model;
beforeAll(async () => {
  model = await tinyModel();
  circle = planeModel(model, 'sphere');
});
afterAll(() => model.dispose());

const degrees = (angle: number) => (angle * Math.PI) / 180;
const at = (label: string, angle: number) => point(label, Math.cos(degrees(angle)), Math.sin(degrees(angle)));
const turned = ({ pixels: [x, y] }: LabeledImage) => (Math.atan2(y!, x!) * 180) / Math.PI;

/** Place of `a`'s image i at each attempt, where its samples lie at 0°, 0° and 90°. */
function place(index: number, attempt: number, path: PathName = 'slerp') {
  const keys = attempt === 0 ? [] : [attempt];
  const { parents, omega } = latentPath(path).choose(
    3,
    randomStream(0, 'hallucinate', path, 'a', index, ...keys),
  );
  const [from, to] = parents.map((i) => [0, 0, 90][i]!) as [number, number];
  return from + (to - from) * omega;
}

// The mean direction of a is atan(1/2) = 26.57°, so with b at 80° the border lies halfway, at 53.28°.
const border = ((Math.atan(0.5) * 180) / Math.PI + 80) / 2;
const a = [at('a', 0), at('a', 0), at('a', 90)];
const b = [at('b', 80), at('b', 80)];

describe('the label check of hallucinate', () => {
  it('keeps the first draw that is nearer to the mean direction of its class than to any other', async () => {
    const found = hallucinated(await streamed(circle, [...a, ...b], { perClass: 60, labelCheck: true }), 'a');
    expect(found.length).toBe(60);
    for (const image of found) {
      const { index, attempt = 0 } = image.provenance!;
      let expected = 0;
      while (place(index, expected) > border) expected++;
      expect(attempt, `attempt of image ${index}`).toBe(expected);
      expect(turned(image)).toBeCloseTo(place(index, attempt), 3);
    }
    const attempts = found.map(({ provenance }) => provenance!.attempt);
    expect(attempts).toContain(undefined);
    expect(attempts).toContain(1);
    expect(attempts).toContain(2);
  });

  it('compares means and distances where codes lie on no sphere', async () => {
    const plane = planeModel(model, 'euclidean');
    const images = [
      point('a', 0, 0),
      point('a', 0, 0),
      point('a', 0.9, 0),
      point('b', 0.8, 0),
      point('b', 0.8, 0),
    ];
    const found = hallucinated(
      // Without a sphere, lerp is the default.
      await streamed(plane, images, { perClass: 40, labelCheck: true }),
      'a',
    );
    for (const { pixels, provenance } of found) {
      const { index, attempt = 0 } = provenance!;
      for (let i = 0; i <= attempt; i++) {
        expect(place(index, i, 'lerp') * 0.01 < 0.55, `image ${index}, attempt ${i}`).toBe(i === attempt);
      }
      expect(pixels[0]).toBeCloseTo(place(index, attempt, 'lerp') * 0.01, 4);
    }
  });

  it('changes nothing about images that pass at once', async () => {
    const images = arriving([...'aaaabbbb']);
    const [checked, free] = [
      await streamed(model, images, { perClass: 30, labelCheck: true }),
      await streamed(model, images, { perClass: 30 }),
    ];
    const first = hallucinated(checked).filter(({ provenance }) => provenance!.attempt === undefined);
    expect(first.length).toBeGreaterThan(10);
    expectIdentical(
      first,
      hallucinated(free).filter(({ label, provenance }) =>
        first.some((image) => image.label === label && image.provenance!.index === provenance!.index),
      ),
    );
  });

  it('compares with classes that are not hallucinated', async () => {
    const found = await streamed(circle, [...b, ...a], { perClass: 40, labelCheck: true, classes: ['a'] });
    expectIdentical(
      hallucinated(found),
      hallucinated(await streamed(circle, [...a, ...b], { perClass: 40, labelCheck: true }), 'a'),
    );
  });

  it('keeps everything of an only class', async () => {
    const [checked, free] = [
      await streamed(circle, a, { perClass: 30, labelCheck: true }),
      await streamed(circle, a, { perClass: 30 }),
    ];
    expectIdentical(hallucinated(checked), hallucinated(free));
  });

  it('by ratio compares with what was seen when the image fell due', async () => {
    const options = { ratio: 60, labelCheck: true, batchSize: 300 };
    const free = hallucinated(await streamed(circle, [...a, ...b], { ...options, labelCheck: false }), 'a');
    // All of a's images are due before b is seen, though they are decoded after it.
    expectIdentical(hallucinated(await streamed(circle, [...a, ...b], options), 'a'), free);
    const late = hallucinated(await streamed(circle, [...b, ...a], options), 'a');
    expect(late.some(({ provenance }) => provenance!.attempt !== undefined)).toBe(true);
  });

  it('drops an image after 8 draws, tells of it, and goes on with the next', async () => {
    const { decoded, recorder } = recording(model);
    const dropped: DroppedHallucination[] = [];
    const images = await streamed(recorder, arriving([...'aabb']), {
      perClass: 5,
      batchSize: 4,
      labelCheck: (tested) => tested.map(({ label, provenance }) => label === 'a' && provenance!.index !== 1),
      onDrop: (drop) => dropped.push(drop),
    });
    expect(hallucinated(images).map(({ provenance }) => provenance!.index)).toEqual([0, 2, 3, 4]);
    const attempts = 8;
    expect(dropped).toEqual([
      { label: 'a', index: 1, attempts },
      ...[0, 1, 2, 3, 4].map((index) => ({ label: 'b', index, attempts })),
    ]);
    expect(decoded).toEqual([4, ...Array(7).fill(1), 4, ...Array(7).fill(3), ...Array(8).fill(2)]);
  });

  it('shows a test of the user each draw with its provenance, and keeps what it accepts', async () => {
    const shown: LabeledImage[] = [];
    const labelCheck = (tested: readonly LabeledImage[]) => {
      shown.push(...tested);
      return tested.map(({ provenance }) => (provenance!.attempt ?? 0) === provenance!.index);
    };
    const found = hallucinated(await streamed(model, photos('a', 3), { perClass: 3, labelCheck }));
    expect(found.map(({ provenance }) => provenance!.attempt)).toEqual([undefined, 1, 2]);
    expect(shown.length).toBe(6);
    for (const image of found) expect(shown).toContain(image);
    expect(new Set(shown.map(({ provenance }) => provenance!.omega)).size).toBe(6);
  });

  it.each([
    ['too few answers', () => [true], '1 answers for 3 images'],
    ['a promise', () => Promise.resolve([true, true, true]), 'no array of answers for 3 images'],
  ])('refuses %s from a test', async (_, labelCheck, words) => {
    await expect(
      streamed(model, photos('a', 3), { perClass: 3, labelCheck: labelCheck as () => boolean[] }),
    ).rejects.toThrow(
      expect.objectContaining({ constructor: UsageError, message: expect.stringContaining(words) }),
    );
  });

  it('leaves no tensor, also when the test or the report throws', async () => {
    const failure = new Error('on purpose');
    const fail = () => {
      throw failure;
    };
    await expectNoLeak(async () => {
      await streamed(model, arriving([...'aabb']), { perClass: 9, labelCheck: true });
      const images = photos('a', 3);
      await expect(streamed(model, images, { ratio: 1, labelCheck: fail })).rejects.toBe(failure);
      const none = { perClass: 1, labelCheck: () => [false], onDrop: fail };
      await expect(streamed(model, images, none)).rejects.toBe(failure);
    });
  });
});
