import type { LabeledItem } from '../core/code.js';
import type { Label } from '../core/image.js';
import { randomStream } from '../core/random.js';
import { encodeSamples, type Sample } from './codeBank.js';
import type { HallucinatePlan } from './hallucinateOptions.js';
import type { HallucinationSpace } from './hallucinationSpace.js';
import { type Banks, customVerdicts, nearestPrototypeCheck } from './labelCheck.js';
import { angleAt, walkAlong } from './latentCodes.js';
import { baseOf, type Waypoint } from './paths.js';
import { type Encoded, nearerParent } from './residual.js';

/** Draws of one item before it is given up. */
const ATTEMPTS = 8;

/** An image or code to make, with the samples known when it was requested: later ones do not change it. */
export interface HallucinationRequest {
  readonly label: Label;
  readonly index: number;
  readonly samples: readonly Sample[];
  /** Samples that the check by prototypes compares with; empty without that check. */
  readonly banks: Banks;
}

/** A position drawn for a request. */
interface Draw extends Waypoint {
  readonly request: HallucinationRequest;
  readonly attempt: number;
}

/**
 * Returns a function that makes a batch of requested items: it encodes the samples that need it, decodes, and draws anew
 * what the label check rejects. Items that fail every attempt are reported and left out.
 */
export function hallucinationMaker<Item extends LabeledItem>(
  space: HallucinationSpace<Item>,
  plan: HallucinatePlan<Item>,
): (batch: readonly HallucinationRequest[]) => Item[] {
  const { path, seed, detail, labelCheck } = plan;
  const checkPrototypes = nearestPrototypeCheck(space);
  const { digest, styleSize } = space.codes;
  const baseCodes = baseOf(path, space.codes);

  function choose(request: HallucinationRequest, attempt: number): Draw {
    const { label, index, samples } = request;
    const retry = attempt === 0 ? [] : [attempt];
    const random = randomStream(seed, 'hallucinate', path.name, label, index, ...retry);
    return { request, attempt, ...path.choose(samples.length, random, baseCodes) };
  }

  function make(draws: readonly Draw[]): Item[] {
    const positions = draws.map(({ request, parents, base = [], omega }) => ({
      codes: [
        ...parents.map((parent) => request.samples[parent]!.code!),
        ...base.map((index) => baseCodes!.codes[index]!),
      ],
      omega,
    }));
    const nearer = draws.map(
      ({ request, parents, omega }) => request.samples[nearerParent(parents, omega)]! as Encoded,
    );
    const drawn = space.draw(walkAlong(path, positions, styleSize), nearer, detail);
    return draws.map(({ request, attempt, omega, parents, base }, i) => {
      const angle = angleAt(positions[i]!);
      return {
        ...drawn[i]!,
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
          model: digest,
          ...(attempt === 0 ? {} : { attempt }),
        },
      } as unknown as Item;
    });
  }

  function judge(items: readonly Item[], requests: readonly HallucinationRequest[]): readonly boolean[] {
    if (typeof labelCheck === 'function') return customVerdicts(labelCheck, items);
    if (!labelCheck) return items.map(() => true);
    return checkPrototypes(
      items,
      requests.map(({ banks }) => banks),
    );
  }

  return (batch) => {
    encodeSamples(
      space,
      batch.flatMap(({ samples, banks }) => [samples, ...banks.values()]),
      plan,
    );
    const made: (Item | undefined)[] = batch.map(() => undefined);
    let open = [...batch.keys()];
    for (let attempt = 0; attempt < ATTEMPTS && open.length > 0; attempt++) {
      const items = make(open.map((i) => choose(batch[i]!, attempt)));
      const verdicts = judge(
        items,
        open.map((i) => batch[i]!),
      );
      for (const [j, i] of open.entries()) if (verdicts[j]) made[i] = items[j];
      open = open.filter((_, j) => !verdicts[j]);
    }
    for (const i of open) {
      const { label, index } = batch[i]!;
      plan.onDrop({ label, index, attempts: ATTEMPTS });
    }
    return made.filter((item) => item !== undefined);
  };
}
