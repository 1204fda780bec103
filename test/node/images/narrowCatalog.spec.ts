import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import type { Catalog, CatalogImage, CatalogOptions } from '../../../src/node/images/catalog.js';
import { narrowCatalog } from '../../../src/node/images/narrowCatalog.js';

const images: readonly CatalogImage[] = [
  { name: 'train/Cup/scene1_1.png', label: 'Cup', split: 'train' },
  { name: 'train/Cup/scene1_2.png', label: 'Cup', split: 'train', group: 'own' },
  { name: 'train/cafe\u0301/scene2_1.png', label: 'caf\u00e9', split: 'train' },
  { name: 'test/key/x.png', label: 'key', split: 'test' },
];

const catalog: Catalog = {
  root: 'photos',
  images,
  passedOver: [{ name: 'a.pdf', reason: 'no picture' }],
  notes: ['a note'],
  read: () => Promise.reject(new Error('not read')),
};

const narrowed = (options: CatalogOptions) => narrowCatalog(catalog, options);

function refusal(options: CatalogOptions): UsageError {
  try {
    narrowed(options);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toBeTruthy();
    return error as UsageError;
  }
  throw new Error('nothing was refused');
}

describe('include and exclude', () => {
  it('change nothing if they are absent', () => {
    expect(narrowed({})).toBe(catalog);
    expect(narrowed({ exclude: [] })).toBe(catalog);
  });

  it('leave classes out by name, and say so', () => {
    const { images: left, passedOver, notes } = narrowed({ exclude: ['key'] });
    expect([...left]).toEqual(images.slice(0, 3));
    expect(left).toHaveLength(3);
    expect(passedOver).toEqual([
      ...catalog.passedOver,
      { name: 'key', reason: expect.stringMatching(/exclude/) },
    ]);
    expect(notes).toBe(catalog.notes);
    const only = narrowed({ include: ['Cup', 'key'], exclude: ['key'] });
    expect([...only.images].map(({ label }) => label)).toEqual(['Cup', 'Cup']);
    expect(only.passedOver.slice(1).map(({ name }) => name)).toEqual(['caf\u00e9', 'key']);
  });

  it('take a name in any form, with spaces around it', () => {
    expect(narrowed({ include: [' cafe\u0301\u00a0'] }).images).toHaveLength(1);
  });

  it('refuse a class that there is not, and name those that there are', () => {
    const { message, hint, options } = refusal({ include: ['cup'] });
    expect(message).toMatch(/"cup"/);
    expect(hint).toMatch(/mean Cup\?.*Cup, caf\u00e9, key/);
    expect(options).toEqual(['include']);
    expect(refusal({ exclude: ['pen'] }).options).toEqual(['exclude']);
  });

  it('refuse to leave nothing', () => {
    expect(refusal({ exclude: ['Cup', 'key', 'caf\u00e9'] }).message).toMatch(/no class/);
    expect(refusal({ include: [] }).message).toMatch(/no class/);
  });
});

describe('groupBy', () => {
  const groups = (groupBy: string) => [...narrowed({ groupBy }).images].map(({ group }) => group);

  it('groups images by what it matches, or by its first group', () => {
    expect(groups('scene\\d')).toEqual(['scene1', 'scene1', 'scene2', undefined]);
    expect(groups('/(\\w+)/scene(\\d)')).toEqual(['Cup', 'Cup', undefined, undefined]);
    expect(groups('caf\u00e9/scene(\\d)')).toEqual([undefined, 'own', '2', undefined]);
  });

  it('keeps the number of images, and goes through them as often as asked', () => {
    const { images: found } = narrowed({ groupBy: 'scene\\d', include: ['Cup', 'key'] });
    expect(found).toHaveLength(3);
    expect([...found]).toEqual([...found]);
  });

  it('refuses a pattern that matches no name, with one that it could match', () => {
    const { message, hint, options } = refusal({ groupBy: '^scene' });
    expect(message).toMatch(/\^scene/);
    expect(hint).toMatch(/train\/Cup\/scene1_1\.png/);
    expect(options).toEqual(['groupBy']);
  });

  it('refuses what is no pattern', () => {
    expect(refusal({ groupBy: '(' }).options).toEqual(['groupBy']);
  });
});

it('goes through any number of images without keeping them', () => {
  let made = 0;
  const many: Catalog = {
    ...catalog,
    images: {
      length: 1e5,
      *[Symbol.iterator]() {
        for (let i = 0; i < 1e5; i++) {
          made++;
          yield { name: `c/${i}.png`, label: String(i % 3) };
        }
      },
    },
  };
  const { images: found } = narrowCatalog(many, { exclude: ['1'], groupBy: '\\d+' });
  const before = made;
  const [first] = found;
  expect(first).toEqual({ name: 'c/0.png', label: '0', group: '0' });
  expect(made - before).toBe(1);
  expect(found).toHaveLength(66_667);
});
