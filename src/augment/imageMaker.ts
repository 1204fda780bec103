import type { Label, LabeledImage } from '../core/image.js';
import { randomStream } from '../core/random.js';
import type { Model } from '../models/model.js';
import { encodeSamples, type Sample } from './codeBank.js';
import type { HallucinatePlan } from './hallucinateOptions.js';
import { askUser, type Banks, nearestMeanCheck } from './labelCheck.js';
import { decodePlaces } from './latentCodes.js';
import { baseOf, type Waypoint } from './paths.js';
import { layBack, nearerParent } from './residual.js';

/** Draws for one image before it is given up. */
const ATTEMPTS = 8;

/** An image that is due, with what was remembered when it fell due; so that nothing that comes later changes it. */
export interface Order {
  readonly label: Label;
  readonly index: number;
  readonly samples: readonly Sample[];
  /** What the check by class means compares with; empty where that is not asked for. */
  readonly banks: Banks;
}

/** A place that was drawn for an order. */
interface Draw extends Waypoint {
  readonly order: Order;
  readonly attempt: number;
}

/**
 * Makes the images of orders, one batch a call: encodes the samples that need it, decodes, and draws anew what the label
 * check rejects. Those that fail every attempt are reported and left out.
 */
export function imageMaker(model: Model, plan: HallucinatePlan): (batch: readonly Order[]) => LabeledImage[] {
  const { path, seed, detail, labelCheck } = plan;
  const checkMeans = nearestMeanCheck(model);
  const known = baseOf(path, model);

  function draw(order: Order, attempt: number): Draw {
    const { label, index, samples } = order;
    const retry = attempt === 0 ? [] : [attempt];
    const random = randomStream(seed, 'hallucinate', path.name, label, index, ...retry);
    return { order, attempt, ...path.choose(samples.length, random, known) };
  }

  function decode(draws: readonly Draw[]): LabeledImage[] {
    const places = draws.map(({ order, parents, base = [], omega }) => ({
      codes: [
        ...parents.map((parent) => order.samples[parent]!.code!),
        ...base.map((place) => known!.codes[place]!),
      ],
      omega,
    }));
    const drawings = decodePlaces(model, path, places);
    return draws.map(({ order, attempt, omega, parents, base }, i): LabeledImage => {
      const { pixels, angle } = drawings[i]!;
      return {
        pixels: layBack(pixels, order.samples[nearerParent(parents, omega)]!, detail),
        shape: model.imageShape,
        label: order.label,
        provenance: {
          parents: parents.map((parent) => order.samples[parent]!.number),
          path: path.name,
          omega,
          ...(base === undefined ? {} : { base }),
          ...(detail === 0 ? {} : { detail }),
          angle,
          index: order.index,
          seed,
          model: model.digest,
          ...(attempt === 0 ? {} : { attempt }),
        },
      };
    });
  }

  function judge(images: readonly LabeledImage[], orders: readonly Order[]): readonly boolean[] {
    if (typeof labelCheck === 'function') return askUser(labelCheck, images);
    if (!labelCheck) return images.map(() => true);
    return checkMeans(
      images,
      orders.map(({ banks }) => banks),
    );
  }

  return (batch) => {
    encodeSamples(
      model,
      batch.flatMap(({ samples, banks }) => [samples, ...banks.values()]),
      plan,
    );
    const made: (LabeledImage | undefined)[] = batch.map(() => undefined);
    let open = [...batch.keys()];
    for (let attempt = 0; attempt < ATTEMPTS && open.length > 0; attempt++) {
      const images = decode(open.map((place) => draw(batch[place]!, attempt)));
      const verdicts = judge(
        images,
        open.map((place) => batch[place]!),
      );
      for (const [i, place] of open.entries()) if (verdicts[i]) made[place] = images[i];
      open = open.filter((_, i) => !verdicts[i]);
    }
    for (const place of open) {
      const { label, index } = batch[place]!;
      plan.onDrop({ label, index, attempts: ATTEMPTS });
    }
    return made.filter((image) => image !== undefined);
  };
}
