import type { Label, LabeledImage } from '../core/image.js';
import { randomStream } from '../core/random.js';
import type { Model } from '../models/model.js';
import { encodeSamples, type Sample } from './codeBank.js';
import type { HallucinatePlan } from './hallucinateOptions.js';
import { type Banks, customVerdicts, nearestPrototypeCheck } from './labelCheck.js';
import { decodeAlong } from './latentCodes.js';
import { baseOf, type Waypoint } from './paths.js';
import { addResidual, nearerParent } from './residual.js';

/** Draws of one image before it is given up. */
const ATTEMPTS = 8;

/** An image to make, with the samples known when it was requested: later ones do not change it. */
export interface ImageRequest {
  readonly label: Label;
  readonly index: number;
  readonly samples: readonly Sample[];
  /** Samples that the check by prototypes compares with; empty without that check. */
  readonly banks: Banks;
}

/** A position drawn for a request. */
interface Draw extends Waypoint {
  readonly request: ImageRequest;
  readonly attempt: number;
}

/**
 * Returns a function that makes a batch of requested images: it encodes the samples that need it, decodes, and draws anew
 * what the label check rejects. Images that fail every attempt are reported and left out.
 */
export function imageMaker(
  model: Model,
  plan: HallucinatePlan,
): (batch: readonly ImageRequest[]) => LabeledImage[] {
  const { path, seed, detail, labelCheck } = plan;
  const checkPrototypes = nearestPrototypeCheck(model);
  const baseCodes = baseOf(path, model);

  function draw(request: ImageRequest, attempt: number): Draw {
    const { label, index, samples } = request;
    const retry = attempt === 0 ? [] : [attempt];
    const random = randomStream(seed, 'hallucinate', path.name, label, index, ...retry);
    return { request, attempt, ...path.choose(samples.length, random, baseCodes) };
  }

  function decode(draws: readonly Draw[]): LabeledImage[] {
    const positions = draws.map(({ request, parents, base = [], omega }) => ({
      codes: [
        ...parents.map((parent) => request.samples[parent]!.code!),
        ...base.map((index) => baseCodes!.codes[index]!),
      ],
      omega,
    }));
    const drawings = decodeAlong(model, path, positions);
    return draws.map(({ request, attempt, omega, parents, base }, i): LabeledImage => {
      const { pixels, angle } = drawings[i]!;
      return {
        pixels: addResidual(pixels, request.samples[nearerParent(parents, omega)]!, detail),
        shape: model.imageShape,
        label: request.label,
        provenance: {
          parents: parents.map((parent) => request.samples[parent]!.number),
          path: path.name,
          omega,
          ...(base === undefined ? {} : { base }),
          ...(detail === 0 ? {} : { detail }),
          angle,
          index: request.index,
          seed,
          model: model.digest,
          ...(attempt === 0 ? {} : { attempt }),
        },
      };
    });
  }

  function judge(images: readonly LabeledImage[], requests: readonly ImageRequest[]): readonly boolean[] {
    if (typeof labelCheck === 'function') return customVerdicts(labelCheck, images);
    if (!labelCheck) return images.map(() => true);
    return checkPrototypes(
      images,
      requests.map(({ banks }) => banks),
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
      const images = decode(open.map((i) => draw(batch[i]!, attempt)));
      const verdicts = judge(
        images,
        open.map((i) => batch[i]!),
      );
      for (const [j, i] of open.entries()) if (verdicts[j]) made[i] = images[j];
      open = open.filter((_, j) => !verdicts[j]);
    }
    for (const i of open) {
      const { label, index } = batch[i]!;
      plan.onDrop({ label, index, attempts: ATTEMPTS });
    }
    return made.filter((image) => image !== undefined);
  };
}
