import { Buffer } from 'node:buffer';
import * as v from 'valibot';
import { evaluationDataNames } from '../../src/evaluate/data.js';
import { protocolNames } from '../../src/evaluate/protocols.js';
import { exhibitData, type PosterLearner, titles } from './recipes.js';

const text = v.string();
const number = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const interval = v.nullable(number);
const learner = v.picklist(Object.keys(titles) as PosterLearner[]);
const dataset = v.picklist(exhibitData);
const seeds = v.pipe(v.array(count), v.minLength(1));
const points = v.array(v.array(number));
const difference = v.exactOptional(v.looseObject({ difference: number, ci95: interval }));
const some = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.minLength(1));

const head = {
  command: text,
  scale: v.picklist(['full', 'quick']),
  seeds,
  backend: text,
  versions: v.record(text, text),
};

/** Fields that a result file needs to be drawn. Others are allowed. */
export const resultSchemas = {
  table1: v.looseObject({
    ...head,
    schema: v.literal('fewshot.table1/1'),
    k: count,
    rows: some(
      v.looseObject({
        dataset,
        learner,
        classifier: v.picklist(['knn', 'linear']),
        mean: share,
        ci95: interval,
        accuracies: v.array(share),
        seeds,
        poster: share,
      }),
    ),
  }),
  table2: v.looseObject({
    ...head,
    schema: v.literal('fewshot.table2/1'),
    evaluations: v.array(v.looseObject({ command: text, sha256: v.nullable(text) })),
    rows: some(
      v.looseObject({
        data: v.picklist(evaluationDataNames),
        protocol: v.picklist(protocolNames),
        model: v.nullable(text),
        teachers: v.exactOptional(v.array(text)),
        ways: count,
        shots: count,
        k: v.nullable(count),
        arm: text,
        classifier: v.picklist(['knn', 'cnn']),
        mean: share,
        ci95: interval,
        episodes: some(share),
        against: v.looseObject({ geometric: difference, none: difference }),
        poster: v.exactOptional(share),
      }),
    ),
  }),
  figure1: v.looseObject({
    ...head,
    schema: v.literal('fewshot.figure1/1'),
    classes: v.array(text),
    rows: some(
      v.looseObject({ learner, spearman: number, ci95: interval, correlations: v.array(number), seeds }),
    ),
    maps: some(v.looseObject({ learner, shares: v.tuple([number, number]), labels: v.array(count), points })),
  }),
  figure5: v.looseObject({
    ...head,
    schema: v.literal('fewshot.figure5/1'),
    classes: v.objectWithRest({ mnist: v.array(text), 'faces-stand-in': v.array(text) }, v.array(text)),
    perplexity: number,
    rows: some(
      v.looseObject({
        dataset,
        learner,
        dimensions: v.picklist([2, 3]),
        trustworthiness: share,
        labels: v.array(count),
        points,
      }),
    ),
  }),
  figure6: v.pipe(
    v.looseObject({
      ...head,
      schema: v.literal('fewshot.figure6/1'),
      shape: v.tuple([count, count, count]),
      omegas: some(number),
      pairs: some(v.tuple([text, text])),
      ends: v.array(v.tuple([text, text])),
      classifierAccuracy: share,
      rows: some(
        v.looseObject({
          name: text,
          learner,
          path: v.picklist(['slerp', 'lerp']),
          meanDistance: number,
          smoothness: interval,
          labelKept: share,
          labelKept95: v.tuple([share, share]),
          images: v.array(v.array(text)),
        }),
      ),
    }),
    v.check(
      ({ shape, omegas, pairs, ends, rows }) =>
        ends.length === pairs.length &&
        rows.every(
          ({ images }) =>
            images.length === pairs.length && images.every((row) => row.length === omegas.length),
        ) &&
        [...ends, ...rows.flatMap(({ images }) => images)]
          .flat()
          .every((image) => Buffer.from(image, 'base64').length === shape[0] * shape[1] * shape[2]),
      'images are missing or cut off',
    ),
  ),
};
