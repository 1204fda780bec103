import type { OperatorFunction } from 'rxjs';
import type { PathName } from '../../augment/paths.js';
import { type PipelineJSON, pipelineFromJSON } from '../../augment/pipeline/pipeline.js';
import type { StepJSON } from '../../augment/pipeline/steps.js';
import { type ImageSet, imagesOf, type LabeledImage } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import { mixSources } from '../../stream/mixSources.js';
import { pullThrough } from '../../stream/pullThrough.js';
import { shuffleWith } from '../../stream/shuffleWith.js';
import {
  type EnlargedSupport,
  type EnlargeOptions,
  factsOfPaths,
  type ImageArm,
  type TrainingPlan,
} from './arm.js';

type Operator = OperatorFunction<LabeledImage, LabeledImage>;

/** Description of every arm that is a pipeline. */
export const PIPELINE_TITLE = 'a pipeline, as its file says';

/**
 * Window of the shuffle before training, as steps may emit many copies of one image in a row. It is larger than what the
 * presets of the CNN train on (38 or 51 MB of digits), and bounds the memory of longer trainings.
 */
const SHUFFLED = 16_384;

const pathsOf = (steps: readonly StepJSON[]): PathName[] =>
  steps.flatMap((step) => (step.do === 'hallucinate' ? [(step.path ?? 'slerp') as PathName] : []));

/** An arm that runs the support set through a pipeline, which alone says how many images it makes. */
export function pipelineArm(name: string, json: PipelineJSON): ImageArm {
  const { steps } = json;
  return {
    ...{ name, title: PIPELINE_TITLE },
    ...factsOfPaths(pathsOf(steps)),
    // The first step meets the support set alone, later ones may meet more images.
    samplesNeeded: factsOfPaths(pathsOf(steps.slice(0, 1))).samplesNeeded,
    asksTeachers: false,
    enlarge: (support, options) => new PipelineSupport(json, support, options),
  };
}

const inARow =
  (operators: readonly Operator[]): Operator =>
  (source) =>
    operators.reduce((images$, operator) => operator(images$), source);

/**
 * The steps up to the last that hallucinates take the support set once. The images that they emit, real ones included, are
 * the pool. The later steps work on every image that is drawn from the pool.
 */
class PipelineSupport implements EnlargedSupport {
  readonly #mix: number;
  readonly #seed: number;
  readonly #real: readonly LabeledImage[];
  readonly #pool: readonly LabeledImage[];
  readonly #afterwards: readonly Operator[];

  constructor(json: PipelineJSON, support: ImageSet, { model, mix, seed }: EnlargeOptions) {
    this.#mix = mix;
    this.#seed = seed;
    // Each episode draws anew, and pipelines of one seed draw alike.
    const derived = randomStream(seed, 'pipeline', json.seed).integer(2 ** 31);
    const { steps, operators } = pipelineFromJSON(json, { model, seed: derived });
    const hallucinating = steps.findLastIndex((step) => step.do === 'hallucinate') + 1;
    this.#real = [...imagesOf(support)];
    this.#pool = [...pullThrough(this.#real, inARow(operators.slice(0, hallucinating)))];
    this.#afterwards = operators.slice(hallucinating);
  }

  /** The support set, and all images that the whole pipeline emits but the unchanged ones of the support set. */
  references(): LabeledImage[] {
    const emitted = pullThrough(this.#pool, inARow(this.#afterwards));
    return [...this.#real, ...[...emitted].filter(({ provenance }) => provenance !== undefined)];
  }

  /**
   * Images drawn from the pool, with the share `mix` of decoded ones in each batch, then sent through the later steps, which
   * draw afresh for each. Every step emits at least as many images as it receives, so it suffices to draw as many as the
   * plan takes; the end of the source also flushes steps that hold many back.
   */
  training({ steps, batchSize }: TrainingPlan): Iterable<LabeledImage> {
    const isHallucinated = ({ provenance }: LabeledImage) => provenance?.model !== undefined;
    const hallucinated = this.#pool.filter(isHallucinated);
    const others = this.#pool.filter((image) => !isHallucinated(image));
    const share = hallucinated.length === 0 ? 0 : this.#mix;
    const drawn = mixSources(
      [
        { images: others, share: 1 - share },
        { images: hallucinated, share },
      ],
      { batchSize, seed: this.#seed },
    );
    if (this.#afterwards.length === 0) return drawn;
    const shuffled = inARow([
      ...this.#afterwards,
      shuffleWith<LabeledImage>({ seed: this.#seed, window: SHUFFLED }),
    ]);
    return pullThrough(first(steps * batchSize, drawn), shuffled);
  }
}

function* first<T>(count: number, items: Iterable<T>): Generator<T> {
  let taken = 0;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
