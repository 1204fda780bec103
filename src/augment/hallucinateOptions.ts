import { checkCount, checkPositive, checkShare } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import type { LatentSpace } from '../models/architecture.js';
import type { LabelCheck } from './labelCheck.js';
import { defaultPath, type LatentPath, latentPath, type PathName } from './paths.js';

/** A hallucination that was given up: no attempt passed the label check. */
export interface DroppedHallucination {
  readonly label: Label;
  /** Number of the missing image among those of its class; the numbers of the others do not move up. */
  readonly index: number;
  /** How many were decoded and rejected. */
  readonly attempts: number;
}

/** How many images to make, of which classes, by which way. Exactly one of `perClass` and `ratio` must be given. */
export interface HallucinateOptions {
  /** Images to make for each class, when the source completes. */
  readonly perClass?: number;
  /**
   * Images to make for each real one, while the source runs: any number above 0. Fractions add up within a class: at
   * 0.25 every fourth image of a class brings one.
   */
  readonly ratio?: number;
  /** Way from one sample of a class to another. Default `slerp` where the model's codes lie on the sphere, else `lerp`. */
  readonly path?: PathName;
  /** Image *i* of a class depends on this seed, the label, *i* and the class's own samples. Default 0. */
  readonly seed?: number;
  /** Images decoded at a time; a matter of speed and memory only. Default 128. */
  readonly batchSize?: number;
  /**
   * Most samples remembered for each class, at least 2. Of more, each has the same chance to be among them (a seeded
   * reservoir). Default 512.
   */
  readonly bankSize?: number;
  /** Only these classes are hallucinated; images of others pass unseen. Default: every class of the stream. */
  readonly classes?: readonly Label[];
  /**
   * Keep a hallucination only if it still looks like its class: `true` for the nearest class mean (see `LabelCheck`),
   * or a test of your own. A rejected one is drawn anew, up to 8 times in all. Default `false`.
   */
  readonly labelCheck?: LabelCheck | boolean;
  /**
   * Share of what decoding loses of the nearer parent that is laid back over a drawing, in [0, 1]: `drawing + detail ·
   * (parent − drawing of the parent's code)`. At 0, as in the paper, an image is what the decoder draws. At 1 it keeps the
   * parent's detail, and what changes is what the decoder can draw: for photos, of which that is colours and rough
   * outlines. What moves far leaves ghosts. Not from the paper. Default 0.
   */
  readonly detail?: number;
  /** Told of each image that no attempt could make, so that the share of losses can be reported. */
  readonly onDrop?: (dropped: DroppedHallucination) => void;
}

/** Options that were checked, with their defaults. */
export interface HallucinatePlan {
  readonly perClass: number | undefined;
  readonly ratio: number | undefined;
  readonly path: LatentPath;
  readonly seed: number;
  readonly batchSize: number;
  readonly bankSize: number;
  readonly labelCheck: LabelCheck | boolean;
  readonly detail: number;
  /** Whether images of this class are to be made. */
  wants(label: Label): boolean;
  onDrop(dropped: DroppedHallucination): void;
}

/**
 * Fills in the defaults, for a model whose codes lie on the sphere or where they may. Throws a `UsageError` that names the
 * option that is out of range.
 */
export function planOf(options: HallucinateOptions, latentSpace: LatentSpace = 'sphere'): HallucinatePlan {
  const {
    perClass,
    ratio,
    path = defaultPath(latentSpace),
    seed = 0,
    batchSize = 128,
    bankSize = 512,
  } = options;
  const { classes, labelCheck = false, detail = 0, onDrop } = options;
  if ((perClass === undefined) === (ratio === undefined)) {
    throw new UsageError(`${perClass === undefined ? 'neither' : 'both'} perClass and ratio are given`, {
      hint: 'Give perClass for so many images of each class at the end, or ratio for so many a real image as they come.',
    });
  }
  if (perClass !== undefined) checkCount('perClass', perClass);
  if (ratio !== undefined) checkPositive('ratio', ratio);
  checkCount('batchSize', batchSize);
  const way = latentPath(path);
  checkCount('bankSize', bankSize, { least: way.samplesNeeded });
  if (classes !== undefined && !Array.isArray(classes))
    throw new UsageError(`classes must be a list of labels, not ${String(classes)}`);
  if (typeof labelCheck !== 'boolean' && typeof labelCheck !== 'function')
    throw new UsageError(`labelCheck must be true, false or a function, not ${String(labelCheck)}`);
  checkShare('detail', detail);
  const chosen = classes === undefined ? undefined : new Set(classes);
  return {
    perClass,
    ratio,
    path: way,
    seed,
    batchSize,
    bankSize,
    labelCheck,
    detail,
    wants: (label) => chosen?.has(label) ?? true,
    onDrop: (dropped) => onDrop?.(dropped),
  };
}
