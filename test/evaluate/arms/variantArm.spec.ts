import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shift } from '../../../src/augment/transforms/affine.js';
import type { Background } from '../../../src/core/background.js';
import { imagesOf, type LabeledImage, packImages } from '../../../src/core/image.js';
import { armNamed } from '../../../src/evaluate/arms/arms.js';
import { codesArm } from '../../../src/evaluate/arms/codesArm.js';
import { type TransformOver, variantArm } from '../../../src/evaluate/arms/variantArm.js';
import type { Model } from '../../../src/models/model.js';
import { loadModel } from '../../../src/node/loadModel.js';
import { arriving, centered, centeredModel, planeModel, shape } from '../../augment/hallucinated.js';
import { noise, onWasm, tinyModel, tinyStyled } from '../../models/tiny.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
});
afterAll(() => model.dispose());

const support = packImages(arriving(['a', 'b', 'a', 'b']), shape, ['a', 'b']);
const real = [...imagesOf(support)];
const options = () => ({
  model,
  teachers: [],
  perClass: 6,
  mix: 0.5,
  trust: 0.5,
  detail: 0,
  background: 'black' as Background,
  seed: 5,
});
const plan = { steps: 4, batchSize: 8 };
function trained(images: Iterable<LabeledImage>): LabeledImage[] {
  const taken: LabeledImage[] = [];
  for (const image of images) if (taken.push(image) === plan.steps * plan.batchSize) break;
  return taken;
}
const decoded = ({ provenance }: LabeledImage) => provenance?.model !== undefined;
const mine = { name: 'mine', title: 'an arm of a test' };
const moved: TransformOver = (fill) => shift({ fill });

describe('an arm that transforms real images alone', () => {
  it('mixes hallucinations as they were decoded with transformed real images', () => {
    const arm = variantArm(mine, { path: 'restyle', transformReal: moved });
    const images = trained(arm.enlarge(support, options()).training(plan));
    expect(images.filter(decoded)).toHaveLength(16);
    for (const { provenance } of images) expect(['restyle', 'shift']).toContain(provenance!.path);
  });

  it('gives the KNN the same mixture', () => {
    const arm = variantArm(mine, { path: 'restyle', transformReal: moved });
    const references = arm.enlarge(support, options()).references();
    expect(references.slice(0, 4)).toEqual(real);
    const made = references.slice(4);
    expect(made.map(({ provenance }) => provenance!.path)).toEqual(
      ['a', 'b'].flatMap(() => [...Array(3).fill('restyle'), ...Array(3).fill('shift')]),
    );
  });
});

/** The model, and the number of images that it has encoded. */
function counting(model: Model) {
  let encoded = 0;
  const encode: Model['encode'] = (images) => {
    encoded += images.shape[0];
    return model.encode(images);
  };
  return { model: { ...model, encode }, encoded: () => encoded };
}

describe('arms that hallucinate alike', () => {
  it('share the images that are made of one support set', () => {
    const counts = counting(model);
    const shared = { ...options(), model: counts.model };
    const plain = variantArm(mine, { path: 'restyle', labelCheck: true });
    const first = plain.enlarge(support, shared).references().filter(decoded);
    const before = counts.encoded();
    const other = variantArm(mine, { path: 'restyle', labelCheck: true, transformReal: moved });
    const second = other.enlarge(support, shared).references().filter(decoded);
    expect(counts.encoded()).toBe(before);
    for (const image of second) expect(first).toContain(image);
    const seeded = plain
      .enlarge(support, { ...shared, seed: 6 })
      .references()
      .filter(decoded);
    expect(seeded).not.toEqual(first);
    expect(counts.encoded()).toBeGreaterThan(before);
    const copy = plain
      .enlarge({ ...support }, shared)
      .references()
      .filter(decoded);
    expect(copy).toEqual(first);
    expect(copy[0]).not.toBe(first[0]);
  });
});

describe('an arm whose labels the encoder has a say in', () => {
  it('teaches the CNN shares of classes, in whole batches', () => {
    const arm = variantArm(mine, { transform: moved, labels: 'encoder' });
    const images = trained(arm.enlarge(support, options()).training(plan));
    const plain = trained(variantArm(mine, { transform: moved }).enlarge(support, options()).training(plan));
    expect(images.map(({ pixels }) => pixels)).toEqual(plain.map(({ pixels }) => pixels));
    expect(images.every(({ labels }) => labels?.length === 2)).toBe(true);
    const none = arm.enlarge(support, { ...options(), trust: 0 });
    expect(trained(none.training(plan))).toEqual(plain);
  });

  it('asks the encoder once for images that stay as they are', () => {
    const arm = variantArm(mine, { path: 'restyle', labels: 'encoder' });
    const counts = counting(model);
    const enlarged = arm.enlarge(support, { ...options(), model: counts.model });
    const before = counts.encoded();
    const images = trained(enlarged.training(plan));
    const different = new Set(images.map(({ pixels }) => pixels)).size;
    // The four real images make prototypes, too.
    expect([different, counts.encoded() - before]).toEqual([16, 4 + 16]);
  });

  it('leaves the references of the KNN as they are', () => {
    const arm = variantArm(mine, { transform: moved, labels: 'encoder' });
    expect(
      arm
        .enlarge(support, options())
        .references()
        .every(({ labels }) => labels === undefined),
    ).toBe(true);
  });
});

describe('an arm that invents symbols', () => {
  // Symbols need pages of some size.
  const shipped = new URL('../../../models/mnist-01234.safetensors', import.meta.url);
  let digits: Model;
  beforeAll(async () => {
    digits = await loadModel(shipped.pathname);
  });
  afterAll(() => digits.dispose());
  const arm = variantArm(mine, { path: 'restyle', labels: 'encoder+symbols' });
  const pages = ['a', 'b'].map((label) => ({
    ...{ pixels: noise([28, 28, 1], label), shape: [28, 28, 1] as const },
    label,
  }));

  it('has them in each batch, with the encoders’ opinion for a label', () => {
    const enlarged = arm.enlarge(packImages(pages, [28, 28, 1], ['a', 'b']), {
      ...options(),
      model: digits,
      trust: 0,
    });
    expect(enlarged.references()).toHaveLength(2 + 2 * 6);
    const images = trained(enlarged.training(plan));
    for (let start = 0; start < images.length; start += plan.batchSize) {
      const batch = images.slice(start, start + plan.batchSize);
      const shared = batch.filter(({ labels }) => labels !== undefined);
      // Of 8 images 5 are symbols; of the others half is hallucinated, and all keep their own labels.
      expect(shared).toHaveLength(5);
      expect(shared.filter(decoded)).toHaveLength(0);
      expect(batch.filter(decoded).length).toBeGreaterThanOrEqual(1);
      for (const { label } of batch) expect(['a', 'b']).toContain(label);
    }
    // Soft labels are learnt as they are.
    expect(enlarged.recipe).toEqual({ labelSmoothing: 0, dropout: { maps: 0, hidden: 0 } });
    const symbols = images.filter(({ labels }) => labels !== undefined);
    expect(new Set(symbols.map(({ pixels }) => pixels.join())).size).toBe(symbols.length);
  });

  it('draws them as an encoder of drawings knows them, around their ink', async () => {
    const encoder = await loadModel('characters');
    const sheets = ['a', 'b'].map((label) => ({
      ...{ pixels: noise([40, 40, 1], label), shape: [40, 40, 1] as const },
      label,
    }));
    const enlarged = variantArm(mine, { labels: 'encoder+symbols' }).enlarge(
      packImages(sheets, [40, 40, 1], ['a', 'b']),
      { ...options(), model: encoder, trust: 0 },
    );
    const symbols = trained(enlarged.training(plan)).filter(({ labels }) => labels !== undefined);
    encoder.dispose();
    expect(symbols).toHaveLength(5 * plan.steps);
    const misses = symbols.flatMap(({ pixels }) => {
      const ink = pixels.reduce((sum, value) => sum + value);
      const along = (place: (i: number) => number) =>
        pixels.reduce((sum, value, i) => sum + value * (place(i) + 0.5), 0) / ink;
      return [along((i) => i % 40), along((i) => Math.floor(i / 40))].map((at) => Math.abs(at - 20));
    });
    expect(misses.reduce((sum, miss) => sum + miss) / misses.length).toBeLessThan(1);
  });

  it('is refused for images that are no gray squares', () => {
    const coloured: Model = { ...digits, imageShape: [28, 28, 3] };
    expect(() => arm.check!(coloured, [])).toThrow(/gray squares.*28×28×3/);
    expect(() => arm.check!({ ...digits, imageShape: [28, 32, 1] }, [])).toThrow(/28×32×1/);
    expect(() => arm.check!(digits, [])).not.toThrow();
  });
});

describe('arms that ask for directions of classes', () => {
  it.each(['geometric+labels', 'codes'])('%s is refused where an encoder has none', (name) => {
    const [sphere, flat] = [planeModel(model, 'sphere'), planeModel(model, 'euclidean')];
    const arm = armNamed(name);
    expect(() => arm.check!(flat, [])).toThrow(/on a sphere/);
    expect(() => arm.check!(sphere, [flat])).toThrow(/on a sphere/);
    expect(() => arm.check!(sphere, [sphere])).not.toThrow();
  });
});

describe('codes as a reference', () => {
  it('takes the class of the nearest code, or of the nearest mean direction', async () => {
    const circle = centeredModel(model, 'sphere');
    const at = (label: string, degrees: number) =>
      centered(label, Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
    const known = packImages([at('a', 0), at('a', 50), at('b', 60), at('b', 170)], [1, 2, 1], ['a', 'b']);
    const options = {
      ...{ model: circle, teachers: [], k: 1, perClass: 1, seed: 0 },
      background: 'black' as const,
    };
    const asked = packImages([at('a', 57), at('a', 40), at('b', 150)], [1, 2, 1], ['a', 'b']);
    expect([...(await codesArm.judge.knn(known, asked, options))]).toEqual([1, 0, 1]);
    // Means lie at 25 and 115 degrees.
    expect([...(await codesArm.judge.cnn(known, asked, options))]).toEqual([0, 0, 1]);
  });
});

describe('an arm over a background', () => {
  it('moves it in at the borders of images', () => {
    const dark = packImages(
      arriving(['a', 'b']).map((image) => ({ ...image, pixels: image.pixels.map(() => 0) })),
      shape,
      ['a', 'b'],
    );
    const largest = (background: Background) => {
      const arm = variantArm(mine, { transform: moved });
      const images = trained(arm.enlarge(dark, { ...options(), background }).training(plan));
      return Math.max(...images.flatMap(({ pixels }) => [...pixels]));
    };
    expect(largest('black')).toBe(0);
    expect(largest('edge')).toBe(0);
    expect(largest('white')).toBeGreaterThan(0.05);
  });
});
