import type { OperatorFunction } from 'rxjs';
import { type PipelineJSON, pipelineFromJSON } from '../../augment/pipeline/pipeline.js';
import { type ImageSet, imagesOf, type LabeledImage } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import { mixSources } from '../../stream/mixSources.js';
import { pullThrough } from '../../stream/pullThrough.js';
import { shuffleWith } from '../../stream/shuffleWith.js';
import type { Arm, EnlargedSupport, EnlargeOptions, TrainingPlan } from './arm.js';

type Operator = OperatorFunction<LabeledImage, LabeledImage>;

/**
 * Images among which those to train on are shuffled, as steps may bring many copies of one image in a row. It is more
 * than the presets of the CNN train on (38 or 51 MB of digits), and bounds the memory of longer trainings.
 */
const SHUFFLED = 16_384;

/** An arm that runs the support set through a pipeline. How many images it makes is up to the pipeline alone. */
export function pipelineArm(name: string, json: PipelineJSON): Arm {
  return { name, enlarge: (support, options) => new PipelineSupport(json, support, options) };
}

const inARow =
  (operators: readonly Operator[]): Operator =>
  (source) =>
    operators.reduce((images$, operator) => operator(images$), source);

/**
 * The steps up to the last that hallucinates see the support set once; what they emit is the pool, real images included
 * that pass. The steps behind them work on every image that is drawn from the pool.
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
    // Of the episode's seed and the pipeline's own: each episode draws anew, and pipelines of one seed draw alike.
    const own = randomStream(seed, 'pipeline', json.seed).integer(2 ** 31);
    const { steps, operators } = pipelineFromJSON(json, { model, seed: own });
    const hallucinating = steps.findLastIndex((step) => step.do === 'hallucinate') + 1;
    this.#real = [...imagesOf(support)];
    this.#pool = [...pullThrough(this.#real, inARow(operators.slice(0, hallucinating)))];
    this.#afterwards = operators.slice(hallucinating);
  }

  /** The support set, and of what the whole pipeline emits everything but images of the support set that pass. */
  references(): LabeledImage[] {
    const emitted = pullThrough(this.#pool, inARow(this.#afterwards));
    return [...this.#real, ...[...emitted].filter(({ provenance }) => provenance !== undefined)];
  }

  /**
   * Images drawn from the pool, those that a model decoded with the share `mix` in each batch, then through the steps
   * behind, which draw afresh for each. Every step emits at least what it receives, so it suffices to draw as many as
   * the plan takes; and steps that hold much back come to the end of it.
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
    const shuffled = inARow([...this.#afterwards, shuffleWith<LabeledImage>(this.#seed, SHUFFLED)]);
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
