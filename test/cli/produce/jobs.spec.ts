import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dueOf,
  isOwnName,
  type Job,
  jobPath,
  jobsOf,
  type ManifestPlan,
} from '../../../src/cli/produce/augment/manifest.js';
import { augmentCommand } from '../../../src/cli/produce/augment/plan.js';
import { settingsFor } from './photos.js';

const planOf = (counts: readonly number[], perClass: number, includeOriginals: boolean) =>
  ({
    settings: { path: 'slerp', perClass, includeOriginals },
    classes: counts.map((images, label) => ({ label, images })),
    images: counts.flatMap((count, label) =>
      Array.from({ length: count }, (_, number) => ({
        name: `${label}/${number}.png`,
        label,
        number,
        sha256: '',
      })),
    ),
  }) as unknown as ManifestPlan;

describe('jobsOf', () => {
  it('lists each file once, class by class, however it is cut', () => {
    const plans = fc.tuple(
      fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 7 }), ([counts, perClass, includeOriginals], size) => {
        const jobs = jobsOf(planOf(counts, perClass, includeOriginals));
        const expected = counts.flatMap((count, label) => [
          ...(includeOriginals ? Array.from({ length: count }, (_, i) => `${label}/original-${i}.png`) : []),
          ...(count < 2 ? [] : Array.from({ length: perClass }, (_, i) => `${label}/00000${i}.png`)),
        ]);
        const cut: Job[] = [];
        for (let from = 0; from < jobs.count; from += size) cut.push(...jobs.slice(from, from + size));
        expect(cut.map(jobPath)).toEqual(expected);
        expect(jobs.count).toBe(expected.length);
        for (const place of expected) {
          expect(isOwnName(place.split('/')[1]!)).toBe(true);
          expect(isOwnName(`${place.split('/')[1]}.123.tmp`)).toBe(true);
        }
      }),
    );
  });

  it('fills each class up to a number, and leaves those that have it as they are', () => {
    const plans = fc.tuple(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(plans, ([counts, until, includeOriginals]) => {
        const plan = planOf(counts, 1, includeOriginals);
        const { perClass: _, ...others } = plan.settings;
        const jobs = jobsOf({ ...plan, settings: { ...others, until } });
        const all = jobs.slice(0, jobs.count);
        for (const [label, real] of counts.entries()) {
          const own = all.filter((job) => job.label === label);
          const made = own.filter((job) => 'index' in job).length;
          expect(made).toBe(dueOf({ until, path: 'slerp' }, real));
          if (real < 2) expect(made).toBe(0);
          else expect(real + made).toBe(Math.max(real, until));
          if (includeOriginals) expect(own).toHaveLength(real + made);
        }
      }),
    );
  });

  it.each(['cat.png', '17.png', 'notes.txt', 'original.png', '000017.png.tmp', '000017.jpg'])(
    'does not take %s for a file of its own',
    (name) => expect(isOwnName(name)).toBe(false),
  );

  it('gives each image of a class a file of its own, in whatever folders they lie', () => {
    const name = fc
      .tuple(
        fc.array(fc.constantFrom('cup', 'a', 'train'), { maxLength: 3 }),
        fc.constantFrom('1.png', '1.jpg', '1.jpg.png', '000001.png', '000002.png', '000002-1.png'),
      )
      .map(([folders, file]) => [...folders, file].join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 12 }), (names) => {
        const images = names.map((own, number) => ({ name: own, label: 'cup', number, sha256: '' }));
        const plan = planOf([names.length], 1, true);
        const { count, slice } = jobsOf({
          ...plan,
          classes: [{ label: 'cup', images: names.length }],
          images,
        });
        const paths = slice(0, count).map(jobPath);
        expect(new Set(paths).size).toBe(paths.length);
        expect(slice(1, count).map(jobPath)).toEqual(paths.slice(1));
        if (names[0]!.startsWith('cup/1')) expect(paths[0]).toMatch(/^cup\/original-1/);
      }),
    );
  });

  it('names an image of MNIST by its place there', () => {
    const original = { name: 'train/123', label: 3, number: 0, sha256: '' };
    expect(jobPath({ label: 3, original })).toBe('3/original-123.png');
    expect(jobPath({ label: 3, index: 1_234_567 })).toBe('3/1234567.png');
  });
});

describe('augmentCommand', () => {
  it('spells out all that the files depend on, as a shell reads it', () => {
    expect(augmentCommand(settingsFor('mnist', 'mnist'))).toBe(
      'fewshot augment --data mnist --shots 5 --model mnist --per-class 5 --path slerp --seed 3 --backend wasm',
    );
    expect(augmentCommand(settingsFor('fashion-mnist', 'mnist'))).toContain('--data fashion-mnist --shots 5');
    const { perClass: _, ...filling } = settingsFor('mnist', 'mnist');
    expect(augmentCommand({ ...filling, until: 50 })).toBe(
      'fewshot augment --data mnist --shots 5 --model mnist --until 50 --path slerp --seed 3 --backend wasm',
    );
    const more = { labelCheck: true, includeOriginals: true };
    expect(augmentCommand(settingsFor("Anna's photos", 'm.safetensors', more))).toBe(
      "fewshot augment --data 'Anna'\\''s photos' --model m.safetensors --per-class 5 --path slerp --seed 3 " +
        '--label-check --include-originals --backend wasm',
    );
  });
});
