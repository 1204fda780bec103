import { readdir, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DataError, UsageError } from '../../../src/core/errors.js';
import { drawEpisode } from '../../../src/data/episodes.js';
import { codeSources } from '../../../src/evaluate/codes/codeSources.js';
import { type EvaluateCodesOptions, evaluateCodes } from '../../../src/evaluate/codes/evaluateCodes.js';
import { type EvaluationResult, evaluationSchema } from '../../../src/evaluate/result.js';
import type { CodeEvaluationSettings } from '../../../src/evaluate/settings.js';
import { baseCodes } from '../../../src/models/baseCodes.js';
import type { FeatureExtractor } from '../../../src/models/extractor.js';
import { withHead } from '../../../src/models/featureHead.js';
import { type EmbeddingWork, embedCatalog } from '../../../src/node/images/embedCatalog.js';
import type { Findings } from '../../../src/node/images/findings.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { onWasm } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { fakeExtractor, fillFolder, passesOf, pictureOf } from './pictures.js';

onWasm();
const at = ownFolder();
beforeEach(() => vi.stubEnv('FEWSHOT_CACHE', ''));

const run = (
  settings: Partial<CodeEvaluationSettings> = {},
  options: EvaluateCodesOptions = {},
  extractor: FeatureExtractor = fakeExtractor(),
): Promise<EvaluationResult> =>
  evaluateCodes(extractor, { data: at('photos'), episodes: 6, perClass: 6, ...settings }, options);

const withoutTime = ({ seconds: _, ...result }: EvaluationResult) => result;

describe('an evaluation by codes of 8 things with 5 pictures each', () => {
  beforeEach(() => fillFolder(at('photos'), Array(8).fill(5)));

  it('asks for one picture of each after learning from the other four, and says so', async () => {
    let found: Findings | undefined;
    const result = await run({}, { onFindings: (findings) => (found = findings) });
    expect(result).toMatchObject({ ways: 8, shots: 4, queries: 8, split: 'all', protocol: 'novel' });
    expect(found!.notes).toEqual([
      'Each class learns from 4 images (shots), as the smallest can spare no more.',
    ]);
    expect(found!.tested).toBe(40);
    expect(result.model).toEqual({ name: 'fake', sha256: 'f'.repeat(64) });
    expect(result.features).toEqual({ images: 40, variants: 8 });
    expect(v.parse(evaluationSchema, JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('has a row of every arm and classifier, with the reference and what each adds beside it', async () => {
    const { results, comparisons } = await run();
    const arms = [
      ...['codes', 'codes+slerp', 'codes+mean', 'codes+geometric'],
      ...['codes+views', 'codes+views+mean'],
    ];
    expect(results.map(({ arm, classifier }) => `${arm} ${classifier}`)).toEqual(
      arms.flatMap((arm) => ['prototypes', 'knn', 'head'].map((classifier) => `${arm} ${classifier}`)),
    );
    const of = (arm: string, classifier: string) =>
      comparisons
        .filter((row) => row.arm === arm && row.classifier === classifier)
        .map(({ against, againstClassifier }) => [against, againstClassifier]);
    expect(of('codes', 'prototypes')).toEqual([]);
    expect(of('codes', 'knn')).toEqual([['codes', 'prototypes']]);
    expect(of('codes+slerp', 'prototypes')).toEqual([['codes', undefined]]);
    expect(of('codes+slerp', 'knn')).toEqual([
      ['codes', 'prototypes'],
      ['codes', undefined],
    ]);
    expect(of('codes+views+mean', 'head')).toEqual([
      ['codes', 'prototypes'],
      ['codes+views', undefined],
    ]);
    const row = (arm: string, classifier: string) =>
      results.find((found) => found.arm === arm && found.classifier === classifier)!;
    const compared = comparisons.find((found) => found.arm === 'codes+slerp' && found.classifier === 'knn')!;
    expect(compared.difference).toBeCloseTo(
      row('codes+slerp', 'knn').mean - row('codes', 'prototypes').mean,
      10,
    );
  });

  it('leaves out arms that add nothing for want of shots, unless they are asked for', async () => {
    const armsOf = ({ results }: EvaluationResult) => [...new Set(results.map(({ arm }) => arm))];
    expect(armsOf(await run({ shots: 1 }))).toEqual(['codes', 'codes+geometric', 'codes+views']);
    expect(armsOf(await run({ shots: 2 }))).toContain('codes+slerp');
    expect(armsOf(await run({ shots: 1, arms: ['codes', 'codes+slerp'] }))).toContain('codes+slerp');
  });

  it('has the reference where other rows alone are asked for', async () => {
    const { results } = await run({ arms: ['codes+slerp'], classifiers: ['knn'] });
    expect(results.map(({ arm, classifier }) => [arm, classifier])).toEqual([
      ['codes', 'prototypes'],
      ['codes+slerp', 'knn'],
    ]);
  });

  it('is the same again, whatever is in the cache and however many pictures a call embeds', async () => {
    const fresh = withoutTime(await run());
    vi.stubEnv('FEWSHOT_CACHE', at('cache'));
    const extractor = fakeExtractor();
    const works: EmbeddingWork[] = [];
    const again = () => run({}, { onEmbedded: (work) => works.push(work) }, extractor);
    expect(withoutTime(await again())).toEqual(fresh);
    expect(passesOf(extractor)).toBe(40 * 9);
    expect(withoutTime(await again())).toEqual(fresh);
    expect(passesOf(extractor)).toBe(40 * 9);
    expect(works.map(({ images, cached, forwardPasses }) => [images, cached, forwardPasses])).toEqual([
      [40, 0, 360],
      [40, 40, 0],
    ]);
    const [file] = await readdir(at('cache', 'features'));
    await writeFile(at('cache', 'features', file!), 'damaged');
    expect(withoutTime(await again())).toEqual(fresh);
    expect([1, 8]).toContain(works[2]!.forwardPasses);
    const slow = fakeExtractor();
    const one = {
      ...slow,
      embed: async (pictures: Parameters<typeof slow.embed>[0]) =>
        (await Promise.all(pictures.map((picture) => slow.embed([picture])))).flat(),
    };
    vi.stubEnv('FEWSHOT_CACHE', '');
    expect(withoutTime(await run({}, {}, one))).toEqual(fresh);
  });

  it('has the codes of a head without a pass, where those of its features are kept', async () => {
    vi.stubEnv('FEWSHOT_CACHE', at('cache'));
    const features = fakeExtractor();
    const kernel = Float32Array.from({ length: 24 * 12 }, (_, i) => Math.sin(i));
    const head = await withHead(features, { center: new Float32Array(24), kernel, latentSize: 12 });
    const plain = withoutTime(await run({}, {}, features));
    const passes = passesOf(features);
    const kept = withoutTime(await run({}, {}, head));
    expect(passesOf(features)).toBe(passes);
    vi.stubEnv('FEWSHOT_CACHE', '');
    const { head: _, ...alone } = head;
    expect(withoutTime(await run({}, {}, alone))).toEqual(kept);
    expect(kept.results).not.toEqual(plain.results);
  });

  it('embeds changed versions for the arms alone that need them', async () => {
    const extractor = fakeExtractor();
    const { features } = await run({ arms: ['codes', 'codes+mean'] }, {}, extractor);
    expect(passesOf(extractor)).toBe(40);
    expect(features).toEqual({ images: 40 });
  });

  it('tells accuracy by shots, and the pictures that were taken for others', async () => {
    const result = await run();
    const [reference, best] = result.curve!;
    expect(reference).toMatchObject({ arm: 'codes', classifier: 'prototypes', episodes: 6 });
    expect(reference!.points.map(({ shots }) => shots)).toEqual([1, 2, 3, 4]);
    const row = result.results.find(({ arm, classifier }) => arm === 'codes' && classifier === 'prototypes')!;
    expect(reference!.points.at(-1)!.mean).toBeCloseTo(row.mean, 12);
    const top = result.results.reduce((a, b) => (b.mean > a.mean ? b : a));
    const { arm, classifier } = top;
    if (top !== row) expect(best).toMatchObject({ arm, classifier });
    expect(result.mistakes).toMatchObject({ arm, classifier });
    const wrong = result.mistakes!.pictures.reduce((sum, { times }) => sum + times, 0);
    const asked = 6 * result.queries;
    const judged = result.results.find(
      ({ arm, classifier }) => arm === result.mistakes!.arm && classifier === result.mistakes!.classifier,
    )!;
    expect(wrong / asked).toBeCloseTo(1 - judged.mean, 10);
    for (const { image, truth, predicted, times, of } of result.mistakes!.pictures) {
      expect(image.startsWith(`${truth}/`)).toBe(true);
      expect(predicted).not.toBe(truth);
      expect(times).toBeLessThanOrEqual(of);
    }
  });

  it('judges the KNN on classes that an episode leaves out', async () => {
    const { ways, unknown } = await run({
      unknown: true,
      classifiers: ['prototypes'],
      arms: ['codes', 'codes+slerp'],
    });
    expect(ways).toBe(6);
    expect(unknown).toMatchObject({ classes: 2, falseAlarms: 0.05 });
    expect(unknown!.results.map(({ arm }) => arm)).toEqual(['codes', 'codes+slerp']);
    expect(unknown!.results[0]!.auroc.mean).toBeGreaterThan(0.5);
  });

  it.each<[string, Partial<CodeEvaluationSettings>, RegExp]>([
    ['an arm of images', { arms: ['affine'] }, /no arm of codes named affine/],
    ['a classifier of images', { classifiers: ['cnn' as never] }, /prototypes, knn, head/],
    ['too many shots', { shots: 5 }, /5 shots are asked for/],
    ['too many ways', { ways: 9 }, /9 ways are asked for/],
    ['another protocol', { protocol: 'disjoint' as never }, /novel, paper/],
    ['transport without base codes', { arms: ['codes+transport'] }, /base codes/],
    ['too many neighbors', { k: 33 }, /k is 33/],
    ['validation images', { split: 'validation' }, /no validation images/],
  ])('refuses %s', async (_, settings, says) => {
    const error = await run(settings).catch((caught) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(`${error.message} ${error.hint}`).toMatch(says);
  });

  it('takes differences of classes that the model knows, where it has base codes', async () => {
    const { embed, ...rest } = fakeExtractor();
    const codes = await embed(
      Array.from({ length: 6 }, (_, i) => ({
        pixels: new Float32Array(192).fill(0.1 + i / 9).map((x, j) => (x * (1 + ((i * j) % 5))) % 1),
        shape: [8, 8, 3] as const,
      })),
    );
    const extractor = { ...rest, embed, base: baseCodes(codes, [0, 0, 0, 1, 1, 1]) };
    const { results } = await run(
      { arms: ['codes+transport', 'codes+tangent'], classifiers: ['knn'] },
      {},
      extractor,
    );
    expect(results).toHaveLength(3);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const stopped = run(
      {},
      { signal: controller.signal, onImage: () => controller.abort(new Error('enough')) },
    );
    await expect(stopped).rejects.toThrow('enough');
    const later = new AbortController();
    const working = run(
      { episodes: 5000 },
      { signal: later.signal, onProgress: (done) => done > 0 && later.abort(new Error('late')) },
    );
    await expect(working).rejects.toThrow('late');
  });

  it('refuses codes that are none', async () => {
    const extractor = fakeExtractor({ embed: async (pictures) => pictures.map(() => new Float32Array(24)) });
    await expect(run({}, {}, extractor)).rejects.toThrow(/length 0/);
  });
});

describe('what a model has seen', () => {
  beforeEach(() => fillFolder(at('photos'), [4, 4, 4, 4]));
  const seenBy = (classes?: readonly string[]) =>
    fakeExtractor({ seen: { name: 'photos', ...(classes === undefined ? {} : { classes }) } });

  it('is not judged, unless the protocol is paper', async () => {
    expect((await run({}, {}, seenBy(['a', 'b']))).classes).toEqual(['c', 'd']);
    expect((await run({ protocol: 'paper' }, {}, seenBy(['a', 'b']))).ways).toBe(4);
    await expect(run({}, {}, seenBy(['a', 'b', 'd']))).rejects.toThrow(/every class of photos but 'c'/);
    await expect(run({}, {}, seenBy())).rejects.toThrow(/has seen images of photos/);
    expect((await run({}, {}, fakeExtractor({ seen: { name: 'imagenet-1k' } }))).ways).toBe(4);
  });
});

describe('data that name test images', () => {
  it('have supports from train, and queries from test alone', async () => {
    await fillFolder(at('photos'), [4, 4, 4], 'train');
    await fillFolder(at('photos'), [3, 3, 3], 'test', 100);
    const extractor = fakeExtractor();
    const result = await run({ shots: 3, arms: ['codes', 'codes+geometric'] }, {}, extractor);
    expect(result).toMatchObject({ split: 'test', ways: 3, shots: 3, queries: 9 });
    // Test images are never learned from, so they need no changed versions, unless they are asked about by their means.
    expect(passesOf(extractor)).toBe(12 * 9 + 9);
    const again = fakeExtractor();
    await run({ shots: 3, arms: ['codes+views'] }, {}, again);
    expect(passesOf(again)).toBe(21 * 9);
    for (const { image } of result.mistakes!.pictures) expect(image).toMatch(/^test\//);
  });
});

describe('near-duplicates', () => {
  it('are never on both sides, and a class of one set is left out', async () => {
    await fillFolder(at('photos'), [6, 6, 0, 1]);
    const twin = pictureOf('d', 0);
    await writeFile(at('photos', 'd', 'copy.png'), twin);
    let found: Findings | undefined;
    const { classes } = await run({ shots: 2 }, { onFindings: (findings) => (found = findings) });
    expect(classes).toEqual(['a', 'b']);
    expect(found!.leftOut.map(({ label }) => label)).toEqual(['d']);
  });

  it('and images of one group are drawn as one, over all classes', async () => {
    await fillFolder(at('photos'), [6, 6, 6]);
    const data = { data: at('photos'), groupBy: '(\\d)\\.png$' };
    const embedded = await embedCatalog(await openCatalog(data.data, data), fakeExtractor());
    const sources = codeSources(embedded, fakeExtractor(), data);
    expect(Array.from(sources.groups!)).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
    for (let episode = 0; episode < 20; episode++) {
      const drawn = drawEpisode(sources, { shots: 3, seed: 1, episode });
      const learned = new Set(Array.from(drawn.supportIndices, (i) => sources.groups![i]));
      for (const i of drawn.queryIndices) expect(learned.has(sources.groups![i]!)).toBe(false);
    }
  });

  it('leave too little of data that have no others', async () => {
    await fillFolder(at('photos'), [1, 1]);
    await expect(run()).rejects.toThrow(DataError);
  });
});
