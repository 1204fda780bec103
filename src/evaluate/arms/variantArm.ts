import { encoderLabels } from '../../augment/encoderLabels.js';
import { hallucinations } from '../../augment/hallucinate.js';
import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import { assertDirections } from '../../augment/prototypes.js';
import { type ImageTransform, transformed } from '../../augment/transforms/transform.js';
import { UsageError } from '../../core/errors.js';
import {
  formatShape,
  type ImageSet,
  type ImageShape,
  imagesOf,
  type LabeledImage,
} from '../../core/image.js';
import { inventSymbols } from '../../data/inventSymbols.js';
import type { Model } from '../../models/model.js';
import { mixSources } from '../../stream/mixSources.js';
import type { Arm, EnlargedSupport, EnlargeOptions, TrainingPlan } from './arm.js';

/** How many symbols an arm invents, and how often each is drawn. */
const [SYMBOL_IMAGES_SYMBOLS, DRAWINGS] = [500, 20];

/** Throws a `UsageError` unless the model's images are such that symbols can be drawn in them. */
export function assertSymbolsFit({ card, imageShape }: Model): void {
  const [height, width, channels] = imageShape;
  if (height === width && channels === 1) return;
  throw new UsageError(
    `invented symbols are gray squares, but images of ${card.name} are ${formatShape(imageShape)}`,
    { hint: 'Choose an arm without +symbols.' },
  );
}

/** Drawings of invented symbols, of an image's shape: other ones for each seed. */
export function symbolImages([side]: ImageShape, seed: number): LabeledImage[] {
  return [
    ...imagesOf(inventSymbols({ symbols: SYMBOL_IMAGES_SYMBOLS, drawings: DRAWINGS, side, seed }).images()),
  ];
}

/** How an arm makes images. Without a path nothing is hallucinated, without a transform nothing is moved. */
export interface Variants {
  /** Latent path between samples of a class whose decoded points join the real images. */
  readonly path?: PathName;
  /** Draw hallucinations anew that look like another class. Default `false`. */
  readonly labelCheck?: boolean;
  /** Transform of every image, real or hallucinated, drawn afresh each time. */
  readonly transform?: ImageTransform;
  /** Transform of real images alone. */
  readonly transformReal?: ImageTransform;
  /**
   * What the CNN learns that images show. With `encoder` the encoder has a say, see `encoderLabels`. With `encoder+symbols` the CNN
   * learns from invented symbols as well, transformed as real images are, with the encoder's opinion for a label, in which what differs
   * among drawings of a symbol counts less. Default: their own labels.
   */
  readonly labels?: 'encoder' | 'encoder+symbols';
}

/** Share of invented symbols in each batch of an arm that has them: about the best on validation images. */
const SYMBOLS = 5 / 8;

/** Symbols labelled at a time. */
const CHUNK = 500;

/** Most labels are soft, and soft ones need no regularizer: without it a CNN comes nearer to the encoder. */
const FOR_SOFT_LABELS = { labelSmoothing: 0, dropout: { maps: 0, hidden: 0 } };

/** An arm that hallucinates along a path, transforms, or both. */
export function variantArm(name: string, variants: Variants = {}): Arm {
  const { path, labels } = variants;
  return {
    name,
    check(model, teachers) {
      if (path !== undefined) baseOf(latentPath(path), model);
      if (labels !== undefined) [model, ...teachers].forEach(assertDirections);
      if (labels === 'encoder+symbols') assertSymbolsFit(model);
    },
    enlarge: (support, options) => new VariantSupport(variants, support, options),
  };
}

type Labelling = (images: readonly LabeledImage[]) => readonly LabeledImage[];

class VariantSupport implements EnlargedSupport {
  readonly #variants: Variants;
  readonly #options: EnlargeOptions;
  readonly #real: readonly LabeledImage[];
  readonly #hallucinated: readonly LabeledImage[];

  constructor(variants: Variants, support: ImageSet, options: EnlargeOptions) {
    const { path, labelCheck = false } = variants;
    const { model, perClass, detail, seed } = options;
    this.#variants = variants;
    this.#options = options;
    this.#real = [...imagesOf(support)];
    const wanted = { perClass, seed, labelCheck, detail };
    this.#hallucinated =
      path === undefined ? [] : [...hallucinations(model, this.#real, { ...wanted, path })];
  }

  get recipe() {
    return this.#variants.labels === 'encoder+symbols' ? FOR_SOFT_LABELS : {};
  }

  /** The transform that an image gets. */
  #transformOf(image: LabeledImage): ImageTransform | undefined {
    const { transform, transformReal } = this.#variants;
    return image.provenance === undefined ? (transformReal ?? transform) : transform;
  }

  #vary(image: LabeledImage, index: number): LabeledImage {
    const transform = this.#transformOf(image);
    return transform === undefined
      ? image
      : transformed(image, transform, { seed: this.#options.seed, index });
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

  /** Symbols in random order without end, each transformed and labelled the first time that it is drawn. */
  *#taught(symbols: readonly LabeledImage[], label: Labelling): Generator<LabeledImage, never> {
    const taught = new Map<LabeledImage, LabeledImage>();
    const places = new Map(symbols.map((symbol, place) => [symbol, place]));
    const drawn = mixSources([{ images: symbols, share: 1 }], { batchSize: 1, seed: this.#options.seed });
    for (;;) {
      const chunk = Array.from({ length: CHUNK }, () => drawn.next().value);
      const fresh = chunk.filter((symbol) => !taught.has(symbol));
      const made = label(fresh.map((symbol) => this.#vary(symbol, places.get(symbol)!)));
      for (const [i, symbol] of fresh.entries()) taught.set(symbol, made[i]!);
      for (const symbol of chunk) yield taught.get(symbol)!;
    }
  }

  /**
   * Real and hallucinated images keep their shares in each batch, and are transformed afresh each time they are drawn. Symbols are
   * so many that each is transformed, and labelled, once.
   */
  *training({ batchSize }: TrainingPlan): Generator<LabeledImage> {
    const { model, teachers, mix, trust: share, seed } = this.#options;
    const { labels } = this.#variants;
    const invents = labels === 'encoder+symbols';
    const symbols = invents ? symbolImages(model.imageShape, seed) : [];
    const label: Labelling =
      labels === undefined
        ? (images) => images
        : encoderLabels([model, ...teachers], this.#real, {
            share,
            ...(invents ? { whitenBy: symbols } : {}),
          });
    const fromSymbols = invents ? Math.round(SYMBOLS * batchSize) : 0;
    const fromClasses = batchSize - fromSymbols;
    const hallucinations = this.#hallucinated.length === 0 ? 0 : mix;
    const sources = [
      { images: this.#real, share: 1 - hallucinations },
      { images: this.#hallucinated, share: hallucinations },
    ];
    const ofClasses = mixSources(sources, { batchSize: fromClasses, seed });
    const ofSymbols = this.#taught(symbols, label);
    let index = 0;
    for (;;) {
      const images = Array.from({ length: fromClasses }, () => ofClasses.next().value);
      yield* label(images.map((image) => this.#vary(image, index++)));
      for (let i = 0; i < fromSymbols; i++) yield ofSymbols.next().value;
    }
  }
}

/** The first `count` of a list that starts again at its end. */
function repeat<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: items.length === 0 ? 0 : count }, (_, i) => items[i % items.length]!);
}
