import { assertDirections } from '../augment/classMeans.js';
import {
  baseOf,
  encoderLabels,
  hallucinations,
  type ImageTransform,
  latentPath,
  type PathName,
  transformed,
} from '../augment/index.js';
import { type ImageSet, imagesOf, type LabeledImage } from '../core/index.js';
import { mixSources } from '../stream/index.js';
import type { Arm, EnlargedSupport, EnlargeOptions, TrainingPlan } from './arm.js';
import { assertSymbolsFit, symbolImages } from './symbolImages.js';

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
  /** Whether the CNN learns labels in which the encoder has a say, see `encoderLabels`. Default `false`. */
  readonly encoderLabels?: boolean;
  /**
   * Whether most of what the CNN learns from are invented symbols, transformed as real images are, with the encoder's opinion for
   * a label. Default `false`.
   */
  readonly symbols?: boolean;
}

/** Share of invented symbols in each batch of an arm that has them: about the best on validation images. */
const SYMBOLS = 5 / 8;

/** An arm that hallucinates along a path, transforms, or both. */
export function variantArm(name: string, variants: Variants = {}): Arm {
  const { path, encoderLabels: labels = false, symbols = false } = variants;
  return {
    name,
    check(model, teachers) {
      if (path !== undefined) baseOf(latentPath(path), model);
      if (labels) [model, ...teachers].forEach(assertDirections);
      if (symbols) assertSymbolsFit(model);
    },
    enlarge: (support, options) => new VariantSupport(variants, support, options),
  };
}

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

  /** Real and hallucinated images keep their shares in each batch, and are transformed afresh each time they are drawn. */
  *training({ batchSize }: TrainingPlan): Generator<LabeledImage> {
    const { model, teachers, mix, trust: share, seed } = this.#options;
    const label = this.#variants.encoderLabels
      ? encoderLabels([model, ...teachers], this.#real, { share })
      : undefined;
    const ofClasses = this.#variants.symbols ? 1 - SYMBOLS : 1;
    const hallucinations = this.#hallucinated.length === 0 ? 0 : mix * ofClasses;
    const sources = [
      { images: this.#real, share: ofClasses - hallucinations },
      { images: this.#hallucinated, share: hallucinations },
      { images: this.#variants.symbols ? symbolImages(model.imageShape, seed) : [], share: 1 - ofClasses },
    ];
    let index = 0;
    let batch: LabeledImage[] = [];
    for (const image of mixSources(sources, { batchSize, seed })) {
      batch.push(this.#vary(image, index));
      index++;
      if (batch.length < batchSize) continue;
      yield* label === undefined ? batch : label(batch);
      batch = [];
    }
  }
}

/** The first `count` of a list that starts again at its end. */
function repeat<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: items.length === 0 ? 0 : count }, (_, i) => items[i % items.length]!);
}
