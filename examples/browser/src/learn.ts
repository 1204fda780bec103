import { hallucinations, KnnClassifier, type LabeledImage, type Model } from 'fewshot-atnl/browser';
import type { DrawnClass } from './classes.js';
import { SIDE } from './pixels.js';

/** Hallucinations of each class. */
const PER_CLASS = 24;
/** Neighbours that vote: the confidence has steps of 11 %. */
const NEIGHBOURS = 9;
/** Share of drawings of its classes that it may call unknown: with fewer than 19 drawings, more of them. */
const FALSE_ALARMS = 0.05;
/** Drawings that a class needs before anything lies between them. */
export const NEEDED = 2;

/** What was made of the drawings. */
export interface Learnt {
  /** The hallucinations of a class. The same list as long as its drawings are the same. */
  of(one: DrawnClass): readonly LabeledImage[];
  /** Knows the drawings and the hallucinations. Undefined while fewer than two classes have drawings enough. */
  readonly knn: KnnClassifier | undefined;
}

const none: readonly LabeledImage[] = [];
export const nothingLearnt: Learnt = { of: () => none, knn: undefined };

/** A function that hallucinates for every class that has drawings enough, and lets a classifier learn all of it. */
export function learner(model: Model): (classes: readonly DrawnClass[]) => Learnt {
  // What is made of a class depends on its own drawings alone, so other classes may change meanwhile.
  const made = new WeakMap<DrawnClass['images'], readonly LabeledImage[]>();
  const isReady = ({ images }: DrawnClass) => images.length >= NEEDED;
  const drawingsOf = ({ id, images }: DrawnClass) =>
    images.map((pixels): LabeledImage => ({ pixels, shape: [SIDE, SIDE, 1], label: id }));

  function of(one: DrawnClass): readonly LabeledImage[] {
    if (!isReady(one)) return none;
    const known = made.get(one.images) ?? [
      ...hallucinations(model, drawingsOf(one), { perClass: PER_CLASS, seed: 7 }),
    ];
    made.set(one.images, known);
    return known;
  }

  return (classes) => {
    const ready = classes.filter(isReady);
    const knn = new KnnClassifier({
      k: NEIGHBOURS,
      encoder: model,
      unknown: { falseAlarms: FALSE_ALARMS },
    });
    if (ready.length >= 2) knn.addAll(ready.flatMap((one) => [...drawingsOf(one), ...of(one)]));
    return { of, knn: ready.length >= 2 ? knn : undefined };
  };
}
