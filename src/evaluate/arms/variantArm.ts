import { encoderLabels } from '../../augment/encoderLabels.js';
import { hallucinations } from '../../augment/hallucinate.js';
import type { HallucinateOptions } from '../../augment/hallucinateOptions.js';
import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import { assertSphericalCodes } from '../../augment/prototypes.js';
import { type ImageTransform, transformed } from '../../augment/transforms/transform.js';
import type { Fill } from '../../augment/transforms/warp.js';
import { CHUNK, chunksOf } from '../../core/chunks.js';
import { UsageError } from '../../core/errors.js';
import { formatShape, type ImageSet, imagesOf, type LabeledImage } from '../../core/image.js';
import { characterBatch } from '../../data/characters/characterBatch.js';
import { inventSymbols } from '../../data/inventSymbols.js';
import { framesStrokes } from '../../data/resize.js';
import type { Model } from '../../models/model.js';
import { mixSources } from '../../stream/mixSources.js';
import {
  type ArmTexts,
  type EnlargedSupport,
  type EnlargeOptions,
  factsOfPaths,
  type ImageArm,
  type TrainingPlan,
} from './arm.js';

/** A transform that fills what it moves in from outside. */
export type TransformOver = (fill: Fill) => ImageTransform;

/** Recipe of an arm. Without a path it hallucinates nothing, without a transform it moves nothing. */
export interface Variants {
  /** Latent path between samples of a class whose decoded points join the real images. */
  readonly path?: PathName;
  /** Draw hallucinations anew that look like another class. Default `false`. */
  readonly labelCheck?: boolean;
  /** Transform of every image, real or hallucinated, drawn afresh each time. */
  readonly transform?: TransformOver;
  /** Transform of real images alone. */
  readonly transformReal?: TransformOver;
  /**
   * Labels that the CNN learns. `encoder` mixes in the similarities of the encoders, see `encoderLabels`. `encoder+symbols` adds
   * invented symbols, transformed as real images are and labeled by the encoders; differences among drawings of one symbol
   * then count less, unless the encoder has learned from such symbols. Default: the images' own labels.
   */
  readonly labels?: 'encoder' | 'encoder+symbols';
}

/** An arm that hallucinates along a path, transforms, or both. */
export function variantArm(texts: ArmTexts, variants: Variants = {}): ImageArm {
  const { path, labels } = variants;
  return {
    ...texts,
    ...factsOfPaths(path === undefined ? [] : [path]),
    asksTeachers: labels !== undefined,
    check(model, teachers) {
      if (path !== undefined) baseOf(latentPath(path), model);
      if (labels !== undefined) [model, ...teachers].forEach(assertSphericalCodes);
      if (labels === 'encoder+symbols') assertSymbolsFit(model);
    },
    enlarge: (support, options) => new VariantSupport(variants, support, options),
  };
}

/** Number of invented symbols, and of drawings of each. */
const SYMBOLS = 500;
const DRAWINGS = 20;
/** Alphabets of invented symbols, about as many drawings in all. */
const ALPHABETS = { alphabets: 40, characters: 16, drawers: 16, carelessness: 0.7 };
/** Share of invented symbols in each batch of an arm that has them: about the best on validation images. */
const SYMBOL_SHARE = 5 / 8;

/** Throws a `UsageError` unless symbols can be drawn in images of the model's shape. */
function assertSymbolsFit({ card, imageShape }: Model): void {
  const [height, width, channels] = imageShape;
  if (height === width && channels === 1) return;
  throw new UsageError(
    `invented symbols are gray squares, but images of ${card.name} are ${formatShape(imageShape)}`,
    { hint: 'Choose an arm without +symbols.', option: 'arms' },
  );
}

/** True for an encoder of drawings that are framed as the alphabets that it learned from. */
const knowsAlphabets = ({ card }: Model): boolean => framesStrokes(card.data.fit);

/** Drawings of invented symbols in the shape of images, and framed as the encoder knows them: others for each seed. */
function symbolImages(model: Model, seed: number): LabeledImage[] {
  const [side] = model.imageShape;
  return [
    ...imagesOf(
      knowsAlphabets(model)
        ? characterBatch({ ...ALPHABETS, side, seed })
        : inventSymbols({ symbols: SYMBOLS, drawings: DRAWINGS, side, seed }).images(),
    ),
  ];
}

/** Recipe for labels that are mostly soft: they need no regularizer, and without it a CNN comes nearer to the encoder. */
const FOR_SOFT_LABELS = { labelSmoothing: 0, dropout: { maps: 0, hidden: 0 } };

type Labeling = (images: readonly LabeledImage[]) => readonly LabeledImage[];

/** Labels each image once, however often it comes. */
function once(label: Labeling): Labeling {
  const known = new WeakMap<LabeledImage, LabeledImage>();
  return (images) => {
    const fresh = [...new Set(images)].filter((image) => !known.has(image));
    for (const [i, labeled] of label(fresh).entries()) known.set(fresh[i]!, labeled);
    return images.map((image) => known.get(image)!);
  };
}

/** Batches that are labeled at a time: an encoder is faster on many images. It divides the steps of the CNN's presets. */
const LABELED_BATCHES = 10;

/** Images hallucinated from a support set, with all that they depend on. */
interface Hallucinated {
  readonly model: Model;
  readonly options: string;
  readonly images: readonly LabeledImage[];
}

/** What was hallucinated from support sets that are still in use: arms that go on differently from there share it. */
const hallucinatedFrom = new WeakMap<ImageSet, Hallucinated[]>();

function hallucinatedOnce(
  support: ImageSet,
  model: Model,
  wanted: HallucinateOptions,
): readonly LabeledImage[] {
  const options = JSON.stringify(wanted);
  const known = hallucinatedFrom.get(support) ?? [];
  const earlier = known.find((made) => made.model === model && made.options === options);
  if (earlier !== undefined) return earlier.images;
  const images = [...hallucinations(model, imagesOf(support), wanted)];
  hallucinatedFrom.set(support, [...known, { model, options, images }]);
  return images;
}

class VariantSupport implements EnlargedSupport {
  readonly #variants: Variants;
  readonly #options: EnlargeOptions;
  readonly #transforms: Readonly<Record<'real' | 'hallucinated', ImageTransform | undefined>>;
  readonly #real: readonly LabeledImage[];
  readonly #hallucinated: readonly LabeledImage[];

  constructor(variants: Variants, support: ImageSet, options: EnlargeOptions) {
    const { path, labelCheck = false, transform, transformReal = transform } = variants;
    const { model, perClass, detail, background, seed } = options;
    this.#variants = variants;
    this.#transforms = { real: transformReal?.(background), hallucinated: transform?.(background) };
    this.#options = options;
    this.#real = [...imagesOf(support)];
    this.#hallucinated =
      path === undefined
        ? []
        : hallucinatedOnce(support, model, { perClass, seed, labelCheck, detail, path });
  }

  get recipe() {
    return this.#variants.labels === 'encoder+symbols' ? FOR_SOFT_LABELS : {};
  }

  /**
   * The real images, and `perClass` more for each class. Those are hallucinations, transformed real images, or, for arms
   * with both, `mix` of the first and the rest of the second.
   */
  references(): LabeledImage[] {
    const { perClass, mix } = this.#options;
    const [real, hallucinated] = [this.#real, this.#hallucinated];
    if (real.every((image) => this.#transformOf(image) === undefined)) return [...real, ...hallucinated];
    const fromHallucinated = hallucinated.length === 0 ? 0 : Math.round(perClass * mix);
    const ofClass = (images: readonly LabeledImage[], label: LabeledImage['label']) =>
      images.filter((image) => image.label === label);
    const labels = [...new Set(real.map(({ label }) => label))];
    return [
      ...real,
      ...labels.flatMap((label) => {
        const parents = [
          ...repeat(ofClass(hallucinated, label), fromHallucinated),
          ...repeat(ofClass(real, label), perClass - fromHallucinated),
        ];
        return parents.map((image, index) => this.#vary(image, index));
      }),
    ];
  }

  /**
   * Real and hallucinated images keep their shares in each batch, and are transformed afresh each time they are drawn. Symbols
   * are so many that each is transformed and labeled once.
   */
  *training({ batchSize }: TrainingPlan): Generator<LabeledImage> {
    const { model, teachers, mix, trust: share, seed } = this.#options;
    const { labels } = this.#variants;
    const invents = labels === 'encoder+symbols';
    const symbols = invents ? symbolImages(model, seed) : [];
    const label: Labeling =
      labels === undefined
        ? (images) => images
        : once(
            encoderLabels([model, ...teachers], this.#real, {
              share,
              ...(invents && !knowsAlphabets(model) ? { whitenBy: symbols } : {}),
            }),
          );
    const ahead = labels === undefined ? 1 : LABELED_BATCHES;
    const fromSymbols = invents ? Math.round(SYMBOL_SHARE * batchSize) : 0;
    const fromClasses = batchSize - fromSymbols;
    const hallucinations = this.#hallucinated.length === 0 ? 0 : mix;
    const sources = [
      { images: this.#real, share: 1 - hallucinations },
      { images: this.#hallucinated, share: hallucinations },
    ];
    const ofClasses = mixSources(sources, { batchSize: fromClasses, seed });
    const ofSymbols = this.#labeledSymbols(symbols, label);
    let index = 0;
    for (;;) {
      const images = Array.from({ length: ahead * fromClasses }, () => ofClasses.next().value);
      for (const batch of chunksOf(label(images.map((image) => this.#vary(image, index++))), fromClasses)) {
        yield* batch;
        for (let i = 0; i < fromSymbols; i++) yield ofSymbols.next().value;
      }
    }
  }

  /** Symbols in random order without end, each transformed and labeled the first time that it is drawn. */
  *#labeledSymbols(symbols: readonly LabeledImage[], label: Labeling): Generator<LabeledImage, never> {
    const labeled = new Map<LabeledImage, LabeledImage>();
    const indices = new Map(symbols.map((symbol, index) => [symbol, index]));
    const drawn = mixSources([{ images: symbols, share: 1 }], { batchSize: 1, seed: this.#options.seed });
    for (;;) {
      const chunk = Array.from({ length: CHUNK }, () => drawn.next().value);
      const fresh = chunk.filter((symbol) => !labeled.has(symbol));
      const made = label(fresh.map((symbol) => this.#vary(symbol, indices.get(symbol)!)));
      for (const [i, symbol] of fresh.entries()) labeled.set(symbol, made[i]!);
      for (const symbol of chunk) yield labeled.get(symbol)!;
    }
  }

  #vary(image: LabeledImage, index: number): LabeledImage {
    const transform = this.#transformOf(image);
    return transform === undefined
      ? image
      : transformed(image, transform, { seed: this.#options.seed, index });
  }

  #transformOf(image: LabeledImage): ImageTransform | undefined {
    return image.provenance === undefined ? this.#transforms.real : this.#transforms.hallucinated;
  }
}

/** The first `count` items of a list that starts again at its end. */
function repeat<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: items.length === 0 ? 0 : count }, (_, i) => items[i % items.length]!);
}
