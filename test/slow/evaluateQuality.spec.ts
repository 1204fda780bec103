import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { evaluateQuality } from '../../src/evaluate/quality/evaluateQuality.js';
import {
  type QualityMeasure,
  type QualityResult,
  qualityMeasures,
} from '../../src/evaluate/quality/qualityResult.js';
import {
  defaultQuality,
  type QualityMaterial,
  type QualitySettings,
} from '../../src/evaluate/quality/qualitySettings.js';
import { estimate, pairedDifference, proportion } from '../../src/evaluate/statistics.js';
import type { Model } from '../../src/models/model.js';
import type { Keep } from '../../src/node/keptParts.js';
import { thirds } from '../evaluate/quality/thirds.js';
import { onWasm, tinyArchitecture, tinyModel } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

const settings: QualitySettings = {
  ...defaultQuality,
  data: 'thirds',
  models: ['folder/ball.safetensors'],
  shots: 3,
  perClass: 8,
  episodes: 2,
  cnnSteps: 4,
  judgeImages: 60,
  judgeSteps: 30,
  backend: 'wasm',
};

let ball: Model;
let flat: Model;
let material: QualityMaterial;
beforeAll(async () => {
  ball = await tinyModel(1);
  flat = await tinyModel(2, { ...tinyArchitecture, latentSpace: 'euclidean' });
  material = { train: thirds(150, 1), test: thirds(45, 2), models: [ball] };
});
afterAll(() => {
  ball.dispose();
  flat.dispose();
});

const COMMAND = 'fewshot quality --data thirds';

/** Result of a run without its time. */
async function measured(changes: Partial<QualitySettings> = {}, keep?: Keep, models = material.models) {
  const { seconds, ...result } = await evaluateQuality(
    { ...material, models },
    { ...settings, ...changes },
    { command: COMMAND, ...(keep === undefined ? {} : { keep }) },
  );
  expect(seconds).toBeGreaterThanOrEqual(0);
  return result;
}

const rowsOf = ({ results }: Pick<QualityResult, 'results'>) => [
  ...new Set(results.map(({ model, path }) => `${model} ${path}`)),
];
const figure = ({ results }: Pick<QualityResult, 'results'>, path: string, measure: QualityMeasure) =>
  results.find((row) => row.path === path && row.measure === measure)!;

describe('evaluateQuality', () => {
  it('measures every path beside real images, twice the same, and leaves no tensor behind', async () => {
    const result = await expectNoLeak(() => measured());
    expect(await measured()).toEqual(result);
    expect(result).toMatchObject({
      schema: 'fewshot.quality/1',
      command: COMMAND,
      models: [{ name: 'ball', learner: 'atnl', sha256: ball.digest }],
      ways: 3,
      testImages: 45,
      skipped: [],
    });
    expect(rowsOf(result)).toEqual(['null real', 'ball slerp', 'ball lerp', 'ball transport']);
    for (const path of ['real', 'slerp', 'lerp', 'transport']) {
      const own = result.results.filter((row) => row.path === path);
      const withSteps = path === 'slerp' || path === 'lerp';
      expect(own.map(({ measure }) => measure)).toEqual(
        qualityMeasures.filter((measure) => withSteps || measure !== 'largestStep'),
      );
      for (const { measure, episodes, mean, ci95, pooled } of own) {
        expect({ mean, ci95 }).toEqual(estimate(episodes));
        expect(episodes).toHaveLength(2);
        if (measure === 'labelPreservation')
          expect(pooled).toEqual(proportion(Math.round(24 * (episodes[0]! + episodes[1]!)), 48));
        else expect(pooled).toBeUndefined();
        for (const value of episodes) {
          expect(value).toBeGreaterThanOrEqual(measure === 'largestStep' ? 1 : 0);
          if (!['frechetLeNet', 'density', 'largestStep'].includes(measure))
            expect(value).toBeLessThanOrEqual(1);
        }
      }
    }
    expect(result.supportAlone).toMatchObject(estimate(result.supportAlone.episodes));
    expect(result.judge.images).toBe(60);
  });

  it('finds real images better than those of an untrained model', async () => {
    const result = await measured({ cnnSteps: 40, episodes: 1 });
    const [real, made] = ['real', 'slerp'].map(
      (path) => (measure: QualityMeasure) => figure(result, path, measure).mean,
    );
    for (const measure of ['labelPreservation', 'classificationAccuracy', 'precision', 'coverage'] as const)
      expect(real!(measure), measure).toBeGreaterThan(made!(measure) + 0.2);
    expect(real!('frechetLeNet')).toBeLessThan(made!('frechetLeNet') / 3);
    expect(result.judge.accuracy).toBeGreaterThan(0.9);
  });

  it('compares all with the first slerp, by episode', async () => {
    const result = await measured();
    expect(result.comparisons).toHaveLength(8 + 9 + 8);
    for (const { model, path, against, measure, difference, ci95 } of result.comparisons) {
      expect(against).toEqual({ model: 'ball', path: 'slerp' });
      const own = figure(result, path, measure);
      expect(own.model).toBe(model);
      const expected = pairedDifference(own.episodes, figure(result, 'slerp', measure).episodes);
      expect({ mean: difference, ci95 }).toEqual(expected);
    }
  });

  it('leaves out what a model or one shot does not allow, and says so', async () => {
    const models = ['ball', 'flat'];
    const two = await measured({ models, paths: ['slerp', 'lerp'] }, undefined, [ball, flat]);
    expect(rowsOf(two)).toEqual(['null real', 'ball slerp', 'ball lerp', 'flat lerp']);
    expect(two.skipped).toEqual([{ model: 'flat', path: 'slerp', why: 'its codes are on no sphere' }]);
    const plain = await measured({ paths: ['slerp', 'restyle'] });
    expect(rowsOf(plain)).toEqual(['null real', 'ball slerp']);
    expect(plain.skipped).toEqual([{ model: 'ball', path: 'restyle', why: 'its codes have no style part' }]);
    const one = await measured({ shots: 1 });
    expect(rowsOf(one)).toEqual(['null real', 'ball transport']);
    expect(one.skipped[0]).toEqual({ model: 'ball', path: 'slerp', why: 'it takes 2 shots, not 1' });
    expect(one.comparisons).toEqual([]);
  });

  it('goes on from parts that were kept, and ends as an unbroken run', async () => {
    const parts = new Map<string, unknown>();
    const stop = new AbortController();
    const keep: Keep = async (name, key, make) => {
      const place = JSON.stringify([name, key]);
      if (!parts.has(place)) parts.set(place, JSON.parse(JSON.stringify(await make())));
      if (parts.size === 4) stop.abort(new Error('cut off'));
      return parts.get(place) as never;
    };
    await expectNoLeak(() =>
      expect(evaluateQuality(material, settings, { keep, signal: stop.signal })).rejects.toThrow('cut off'),
    );
    expect(parts.size).toBe(4);
    const tasks = new Set<string>();
    const { seconds, ...result } = await evaluateQuality(material, settings, {
      keep,
      command: COMMAND,
      onProgress: (_done, _total, task) => tasks.add(task),
    });
    expect(tasks).toEqual(new Set(['Measuring']));
    expect(result).toEqual(await measured());
    expect(parts.size).toBe(1 + 2 * 5);
    // More episodes, and other paths, take up what is there.
    await measured({ episodes: 3, paths: ['lerp'] }, keep);
    expect(parts.size).toBe(1 + 2 * 5 + 3);
    await measured({ shots: 2, paths: ['lerp'], episodes: 1 }, keep);
    expect(parts.size).toBe(1 + 2 * 5 + 3 + 3);
  });

  it('reports progress up to its end', async () => {
    const reports: string[] = [];
    await evaluateQuality(
      material,
      { ...settings, episodes: 1, paths: ['lerp'] },
      {
        onProgress: (done, total, task) => reports.push(`${task} ${done}/${total}`),
      },
    );
    expect(reports[0]).toBe('Training the judge 1/30');
    expect(reports).toContain('Measuring 0/3');
    expect(reports.at(-1)).toBe('Measuring 3/3');
  });
});

describe('evaluateQuality refuses', () => {
  it.each<[string, Partial<QualitySettings>, RegExp]>([
    ['no episodes', { episodes: 0 }, /episodes is 0, but must be a whole number of at least 1/],
    ['half a shot', { shots: 2.5 }, /shots is 2\.5, but must be a whole number/],
    [
      'more images than the test set has',
      { perClass: 16 },
      /class top has 15 test images, but 16 are needed/,
    ],
    [
      'a judge that leaves too little',
      { judgeImages: 120 },
      /class top has 10 train images beside those of the judge, but 11/,
    ],
    ['a judge of nothing', { judgeImages: 0 }, /judgeImages is 0/],
    ['as few images as neighbors', { perClass: 1 }, /1 images of each of 3 classes are too few/],
    [
      'a model that can make nothing',
      { shots: 1, paths: ['slerp', 'lerp'] },
      /ball can make no images \(slerp: .*; lerp: /,
    ],
  ])('%s', async (_, changes, says) => {
    const refused = evaluateQuality(material, { ...settings, ...changes });
    await expect(refused).rejects.toThrow(says);
    await expect(refused).rejects.toThrow(UsageError);
  });

  it('models of one name or of other images', async () => {
    const models = ['a/ball.safetensors', 'b/ball.safetensors'];
    await expect(
      evaluateQuality({ ...material, models: [ball, flat] }, { ...settings, models }),
    ).rejects.toThrow('two models are named ball');
    const large = await tinyModel(1, { ...tinyArchitecture, imageShape: [16, 16, 1] });
    await expect(evaluateQuality({ ...material, models: [large] }, settings)).rejects.toThrow(
      'takes images of 16×16×1, but thirds has 12×12×1',
    );
    large.dispose();
  });

  it('a label check that leaves too little', async () => {
    // Whatever it decodes looks like one class, so the images of the others are given up.
    const stuck: Model = { ...ball, decode: (codes) => tf.zeros([codes.shape[0], ...ball.imageShape]) };
    const asked = { ...settings, labelCheck: true, perClass: 5, paths: ['slerp'] } as const;
    await expectNoLeak(() =>
      expect(evaluateQuality({ ...material, models: [stuck] }, asked)).rejects.toThrow(
        'of the images that ball makes by slerp, the label check leaves 5: too few to measure',
      ),
    );
  });
});
