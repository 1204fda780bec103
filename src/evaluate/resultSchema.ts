import * as v from 'valibot';
import { backendNames } from '../backend/index.js';
import { EVAL_SCHEMA } from './result.js';

const text = v.string();
const number = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const some = v.pipe(count, v.minValue(1));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const classifier = v.picklist(['knn', 'cnn']);
const model = v.looseObject({ name: text, sha256: text });

/** What a stored evaluation must hold to be drawn. What it holds beside that stays. */
export const evaluationSchema = v.pipe(
  v.looseObject({
    schema: v.literal(EVAL_SCHEMA),
    ...{ command: text, seed: count, backend: v.picklist(backendNames), versions: v.record(text, text) },
    ...{ data: text, split: text, protocol: text },
    model: v.exactOptional(model),
    teachers: v.exactOptional(v.array(model)),
    encoders: v.exactOptional(v.looseObject({ steps: count, sha256: v.array(text) })),
    ...{ ways: some, shots: some, queries: some },
    detail: v.exactOptional(share),
    classes: v.exactOptional(v.array(v.union([text, number]))),
    ...{ cnn: text, cnnSteps: count, seconds: number },
    results: v.pipe(
      v.array(
        v.looseObject({
          ...{ arm: text, classifier, k: v.nullable(count), mean: share, ci95: v.nullable(number) },
          episodes: v.pipe(v.array(share), v.minLength(1)),
          confusion: v.exactOptional(v.array(v.array(count))),
        }),
      ),
      v.minLength(1),
    ),
    comparisons: v.array(
      v.looseObject({ arm: text, against: text, classifier, difference: number, ci95: v.nullable(number) }),
    ),
  }),
  v.check(
    ({ results }) => results.every(({ episodes }) => episodes.length === results[0]!.episodes.length),
    'its arms have not the same episodes',
  ),
  v.check(
    ({ classes = [], results }) =>
      results.every(
        ({ confusion }) =>
          confusion === undefined ||
          (confusion.length === classes.length && confusion.every((row) => row.length === classes.length)),
      ),
    'a confusion matrix is not of its classes',
  ),
);
