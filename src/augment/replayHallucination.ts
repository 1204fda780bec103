import { checkSeed, isShare } from '../core/checks.js';
import { DataError, ModelError, UsageError } from '../core/errors.js';
import { assertUsableImage, type LabeledImage, type Provenance } from '../core/image.js';
import {
  checkFields,
  checkList,
  checkModel,
  listOf,
  numberFrom,
  optional,
  whole,
} from '../core/kindChecks.js';
import { shown } from '../core/shown.js';
import type { Model } from '../models/model.js';
import { decodeAlong } from './latentCodes.js';
import { baseOf, type LatentPath, latentPath, type PathName } from './paths.js';
import { addResidual, encodeParents, nearerParent } from './residual.js';

/** Positions farther away than that have no place. */
const MOST_OMEGA = 1e6;

/**
 * Makes one hallucinated image again from its parents and its provenance. On the wasm and cpu
 * backends its pixels are bit for bit those of the original, whatever batch that was made in.
 *
 * ```ts
 * const again = replayHallucination(model, image.provenance.parents.map((i) => cats[i]), image.provenance);
 * ```
 *
 * @param parents the images whose arrival numbers `provenance.parents` lists, in that order
 * @throws ModelError when another model made the image; UsageError for other parents than the provenance lists or an
 *   unknown path; DataError for a provenance without ω, with base codes that the model or the path lacks, or an image that
 *   the model cannot take
 */
export function replayHallucination(
  model: Model,
  parents: readonly LabeledImage[],
  provenance: Provenance,
): LabeledImage {
  checkModel(model);
  checkList('parents', parents, 'replayHallucination');
  checkFields('the provenance', provenance, {
    parents: listOf(whole(0)),
    base: optional(listOf(whole(0))),
    index: whole(0),
    seed: checkSeed,
    angle: optional(numberFrom(0)),
  });
  if (provenance.model !== model.digest) {
    throw new ModelError(
      `the image was made by the model ${short(provenance.model)}, but this one is ${short(model.digest)}`,
      { hint: 'Load the model whose SHA-256 the provenance names.' },
    );
  }
  const path = latentPath(provenance.path as PathName);
  const { omega, detail = 0 } = provenance;
  if (omega === undefined || typeof omega !== 'number' || !(Math.abs(omega) <= MOST_OMEGA)) {
    throw new DataError(`the provenance of image ${provenance.index} gives no omega`, {
      hint: 'Pass the provenance as it came with the image.',
    });
  }
  if (!isShare(detail)) {
    throw new DataError(
      `the provenance of image ${provenance.index} gives a detail of ${shown(detail)}, not in [0, 1]`,
      {
        hint: 'Pass the provenance as it came with the image.',
      },
    );
  }
  const [first] = parents;
  if (
    first === undefined ||
    parents.length !== path.samplesNeeded ||
    parents.length !== provenance.parents.length
  ) {
    throw new UsageError(
      `image ${provenance.index} was made of ${provenance.parents.length} images, but ${parents.length} are given`,
      { hint: `Give those that have the numbers ${provenance.parents.join(' and ')} within their class.` },
    );
  }
  for (const [i, image] of parents.entries())
    assertUsableImage(image, provenance.parents[i]!, model.imageShape);
  const other = parents.find(({ label }) => label !== first.label);
  if (other !== undefined) {
    throw new DataError(`its parents are of two classes, ${String(first.label)} and ${String(other.label)}`, {
      hint: 'Both parents of a hallucination belong to its class.',
    });
  }
  const encoded = encodeParents(
    model,
    parents.map(({ pixels }) => pixels),
    detail,
  );
  const codes = encoded.map(({ code }) => code);
  const [drawing] = decodeAlong(model, path, [
    { codes: [...codes, ...baseCodesOf(model, path, provenance)], omega },
  ]);
  const pixels = addResidual(drawing!.pixels, nearerParent(encoded, omega), detail);
  return { pixels, shape: model.imageShape, label: first.label, provenance };
}

/** The base codes that a provenance lists. */
function baseCodesOf(model: Model, path: LatentPath, { base, index }: Provenance): Float32Array[] {
  const known = baseOf(path, model)?.codes ?? [];
  const indices: readonly number[] = base ?? [];
  const codes = indices.map((i) => known[i]);
  if (indices.length !== path.baseNeeded || codes.includes(undefined)) {
    throw new DataError(
      `image ${index} was made with the base codes ${indices.join(', ') || 'none'}, but ${path.name} takes ${path.baseNeeded === 0 ? 'none' : `${path.baseNeeded} of ${known.length}`}`,
      { hint: 'Pass the provenance as it came with the image.' },
    );
  }
  return codes as Float32Array[];
}

function short(digest: string | undefined): string {
  return digest === undefined ? 'without a name' : `${shown(digest).slice(0, 12)}…`;
}
