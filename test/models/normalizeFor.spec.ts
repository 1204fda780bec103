import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { type Fit, fitTo } from '../../src/data/resize.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { decodeModel, encodeModel, type Model } from '../../src/models/model.js';
import { normalizeFor } from '../../src/models/normalizeFor.js';
import { onWasm, tinyArchitecture, tinyCard } from './tiny.js';

onWasm();

async function modelWith(fit: Fit | undefined, background?: 'white'): Promise<Model> {
  const net = convolutionalAutoencoder(tinyArchitecture, 1);
  const card = tinyCard();
  const how = { ...(fit === undefined ? {} : { fit }), ...(background === undefined ? {} : { background }) };
  const file = await encodeModel(net, { ...card, data: { ...card.data, ...how } });
  net.dispose();
  return decodeModel(file, 'tiny');
}

function image(shape: ImageShape) {
  const random = randomStream('normalized', shape.join());
  const pixels = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.uniform(0, 1));
  return { pixels, shape, label: 'cat', source: 'camera' };
}

describe('normalizeFor', () => {
  it.each(['letterbox', 'crop', 'ink'] as const)(
    'brings images to the shape as the card says, %s, and keeps what they have',
    async (fit) => {
      const model = await modelWith(fit, 'white');
      const picture = image([20, 9, 3]);
      const made = normalizeFor(model)(picture);
      expect(made).toEqual({ ...picture, ...fitTo(picture, [12, 12, 1], fit, 'white') });
      const other = normalizeFor(model, { fit: 'ink-light', background: 'black' })(picture);
      expect(other.pixels).toEqual(fitTo(picture, [12, 12, 1], 'ink-light').pixels);
      model.dispose();
    },
  );

  it('normalizes drawings that have the shape, and returns other images as they are', async () => {
    const picture = image([12, 12, 1]);
    for (const fit of [undefined, 'crop', 'ink'] as const) {
      const model = await modelWith(fit);
      const { pixels } = normalizeFor(model)(picture);
      if (fit === 'ink') expect(pixels).not.toEqual(picture.pixels);
      else expect(pixels).toBe(picture.pixels);
      model.dispose();
    }
  });

  it('refuses another shape where nothing says how, and names the fits', async () => {
    const model = await modelWith(undefined);
    expect(() => normalizeFor(model)(image([20, 9, 3]))).toThrow(
      /the image is 20×9×3, but the model tiny takes 12×12×1, and its card does not say how/,
    );
    expect(normalizeFor(model, { fit: 'crop' })(image([20, 9, 3])).shape).toEqual([12, 12, 1]);
    model.dispose();
  });
});
