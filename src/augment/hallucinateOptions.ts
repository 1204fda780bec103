import * as v from 'valibot';
import { checkCount } from '../core/checks.js';
import type { LabeledItem } from '../core/code.js';
import { UsageError } from '../core/errors.js';
import type { Label, LabeledImage } from '../core/image.js';
import type { LatentSpace } from '../models/architecture.js';
import type { LabelCheck } from './labelCheck.js';
import { above0, checkOptions, oneWordOf, seedEntry, share, wholeFrom } from './optionSchemas.js';
import { defaultPath, type LatentPath, latentPath, type PathName, pathNames } from './paths.js';

/**
 * Number and classes of the images, or codes, to make, and the path to make them by. Give exactly one of `perClass` and `ratio`.
 */
export interface HallucinateOptions<Item extends LabeledItem = LabeledImage> {
  /** Images to make for each class, when the source completes. */
  readonly perClass?: number;
  /**
   * Images to make for each real one, while the source runs: any number above 0. Fractions add up within a class: 0.25
   * makes one for every fourth image of a class.
   */
  readonly ratio?: number;
  /** Path between the codes of a class. Default `slerp` for a model with codes on the sphere, else `lerp`. */
  readonly path?: PathName;
  /** Image *i* of a class depends on this seed, the label, *i* and the class's own samples. Default 0. */
  readonly seed?: number;
  /** Images decoded at a time; affects only speed and memory. Default 128. */
  readonly batchSize?: number;
  /**
   * Most samples remembered for each class, at least 2. Of more, each has the same chance to be among them (a seeded
   * reservoir). Default 512.
   */
  readonly bankSize?: number;
  /** Classes to hallucinate; images of others pass unseen. Default: every class of the stream. */
  readonly classes?: readonly Label[];
  /**
   * Keeps only hallucinations that still look like their class: `true` for the nearest prototype (see `LabelCheck`), or a
   * test of your own. A rejected one is drawn anew, up to 8 times in all. Default `false`.
   */
  readonly labelCheck?: LabelCheck<Item> | boolean;
  /**
   * Share of the nearer parent's residual added to a drawing, in [0, 1]: `drawing + detail · (parent − drawing of the
   * parent's code)`. At 0, as in the paper, an image is what the decoder draws. At 1 it keeps the parent's detail, and only
   * what the decoder can draw changes: for photos, colors and rough outlines. Large movements leave ghosts. Codes have
   * none. Not from the paper. Default 0.
   */
  readonly detail?: number;
  /** Called for each image that no attempt could make, so that the share of losses can be reported. */
  readonly onDrop?: (dropped: DroppedHallucination) => void;
}

/** A hallucination that was given up: no attempt passed the label check. */
export interface DroppedHallucination {
  readonly label: Label;
  /** Number of the missing image among those of its class; the numbers of the others do not move up. */
  readonly index: number;
  /** Images decoded and rejected. */
  readonly attempts: number;
}

/** Ranges and defaults of the options that a pipeline's step has too. The path's default depends on the model. */
export const hallucinateEntries = {
  perClass: v.exactOptional(wholeFrom(1)),
  ratio: v.exactOptional(above0()),
  path: v.exactOptional(oneWordOf(pathNames)),
  batchSize: v.optional(wholeFrom(1), 128),
  bankSize: v.optional(wholeFrom(1), 512),
  classes: v.exactOptional(
    v.array(
      v.union([v.string(), v.pipe(v.number(), v.finite())], 'must be a list of labels'),
      'must be a list of labels',
    ),
  ),
  labelCheck: v.optional(
    v.custom<LabelCheck | boolean>(
      (value) => typeof value === 'boolean' || typeof value === 'function',
      'must be true or false, or a function',
    ),
    false,
  ),
  detail: v.optional(share, 0),
};

const hallucinateSchema = v.strictObject({
  ...hallucinateEntries,
  seed: seedEntry,
  onDrop: v.exactOptional(
    v.custom<(dropped: DroppedHallucination) => void>(
      (value) => typeof value === 'function',
      'must be a function',
    ),
  ),
});

/** Checked options with their defaults. */
export interface HallucinatePlan<Item extends LabeledItem = LabeledImage> {
  readonly perClass: number | undefined;
  readonly ratio: number | undefined;
  readonly path: LatentPath;
  readonly seed: number;
  readonly batchSize: number;
  readonly bankSize: number;
  readonly labelCheck: LabelCheck<Item> | boolean;
  readonly detail: number;
  /** True if images of this class are to be made. */
  wants(label: Label): boolean;
  onDrop(dropped: DroppedHallucination): void;
}

/** Fills in the defaults, for a model with that latent space. Throws a `UsageError` that names the option at fault. */
export function planOf<Item extends LabeledItem = LabeledImage>(
  options: HallucinateOptions<never>,
  latentSpace: LatentSpace = 'sphere',
): HallucinatePlan<Item> {
  const { path, classes, onDrop, perClass, ratio, ...rest } = checkOptions(
    'hallucinate',
    hallucinateSchema,
    options,
  );
  if ((perClass === undefined) === (ratio === undefined)) {
    const given = perClass === undefined ? 'neither perClass nor ratio is' : 'both perClass and ratio are';
    throw new UsageError(`${given} given`, {
      hint: 'Give perClass for a number of images of each class at the end, or ratio for a number per real image as they come.',
      option: ['perClass', 'ratio'],
    });
  }
  const taken = latentPath(path ?? defaultPath(latentSpace));
  checkCount('bankSize', rest.bankSize, { least: taken.samplesNeeded });
  const chosen = classes && new Set<Label>(classes);
  return {
    ...rest,
    labelCheck: rest.labelCheck as unknown as LabelCheck<Item> | boolean,
    perClass,
    ratio,
    path: taken,
    wants: (label) => chosen?.has(label) ?? true,
    onDrop: (dropped) => onDrop?.(dropped),
  };
}
