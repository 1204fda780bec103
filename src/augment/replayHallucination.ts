import { checkSeed, isShare } from '../core/checks.js';
import type { LabeledCode, LabeledItem } from '../core/code.js';
import { DataError, ModelError, UsageError } from '../core/errors.js';
import type { LabeledImage, Provenance } from '../core/image.js';
import { checkFields, checkList, listOf, numberFrom, optional, whole } from '../core/kindChecks.js';
import { shown } from '../core/shown.js';
import type { CodeSpace } from '../models/extractor.js';
import type { Model } from '../models/model.js';
import { assertNoDetail, type HallucinationSpace, spaceOf } from './hallucinationSpace.js';
import { walkAlong } from './latentCodes.js';
import { baseOf, type LatentPath, latentPath, type PathName } from './paths.js';
import { nearerParent } from './residual.js';

/** Positions farther away than that have no place. */
const MOST_OMEGA = 1e6;

/**
 * Makes one hallucinated image, or code, again from its parents and its provenance. On the wasm and cpu
 * backends its pixels are bit for bit those of the original, whatever batch that was made in.
 *
 * ```ts
 * const again = replayHallucination(model, image.provenance.parents.map((i) => cats[i]), image.provenance);
 * ```
 *
 * @param parents the images, or codes, whose arrival numbers `provenance.parents` lists, in that order
 * @throws ModelError when another model made the image; UsageError for other parents than the provenance lists or an
 *   unknown path; DataError for a provenance without ω, with base codes that the model or the path lacks, or an image or
 *   code that cannot be used
 */
export function replayHallucination(
  model: Model,
  parents: readonly LabeledImage[],
  provenance: Provenance,
): LabeledImage;
export function replayHallucination(
  extractor: CodeSpace,
  parents: readonly LabeledCode[],
  provenance: Provenance,
): LabeledCode;
export function replayHallucination(
  encoder: Model | CodeSpace,
  parents: readonly LabeledItem[],
  provenance: Provenance,
): LabeledItem {
  const space = spaceOf(encoder);
  const { kind, codes: model } = space;
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
      `the ${kind} was made by the model ${short(provenance.model)}, but this one is ${short(model.digest)}`,
      { hint: 'Load the model whose SHA-256 the provenance names.' },
    );
  }
  const path = latentPath(provenance.path as PathName);
  const { omega, detail = 0 } = provenance;
  if (omega === undefined || typeof omega !== 'number' || !(Math.abs(omega) <= MOST_OMEGA)) {
    throw new DataError(`the provenance of ${kind} ${provenance.index} gives no omega`, {
      hint: `Pass the provenance as it came with the ${kind}.`,
    });
  }
  if (!isShare(detail)) {
    throw new DataError(
      `the provenance of ${kind} ${provenance.index} gives a detail of ${shown(detail)}, not in [0, 1]`,
      {
        hint: `Pass the provenance as it came with the ${kind}.`,
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
      `${kind} ${provenance.index} was made of ${provenance.parents.length} ${kind}s, but ${parents.length} are given`,
      { hint: `Give those that have the numbers ${provenance.parents.join(' and ')} within their class.` },
    );
  }
  const values = parents.map((parent, i) => space.valuesOf(parent, provenance.parents[i]!));
  const other = parents.find(({ label }) => label !== first.label);
  if (other !== undefined) {
    throw new DataError(`its parents are of two classes, ${String(first.label)} and ${String(other.label)}`, {
      hint: 'Both parents of a hallucination belong to its class.',
    });
  }
  if (kind === 'code') assertNoDetail(detail);
  const encoded = space.encode(values, detail);
  const codes = [...encoded.map(({ code }) => code), ...baseCodesOf(space, path, provenance)];
  const points = walkAlong(path, [{ codes, omega }], model.styleSize);
  const [drawn] = space.draw(points, [nearerParent(encoded, omega)], detail);
  return { ...drawn!, label: first.label, provenance } as LabeledItem;
}

/** The base codes that a provenance lists. */
function baseCodesOf(
  { kind, codes: model }: HallucinationSpace<LabeledItem>,
  path: LatentPath,
  { base, index }: Provenance,
): Float32Array[] {
  const known = baseOf(path, model)?.codes ?? [];
  const indices: readonly number[] = base ?? [];
  const codes = indices.map((i) => known[i]);
  if (indices.length !== path.baseNeeded || codes.includes(undefined)) {
    throw new DataError(
      `${kind} ${index} was made with the base codes ${indices.join(', ') || 'none'}, but ${path.name} takes ${path.baseNeeded === 0 ? 'none' : `${path.baseNeeded} of ${known.length}`}`,
      { hint: `Pass the provenance as it came with the ${kind}.` },
    );
  }
  return codes as Float32Array[];
}

function short(digest: string | undefined): string {
  return digest === undefined ? 'without a name' : `${shown(digest).slice(0, 12)}…`;
}
