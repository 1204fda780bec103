import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import { compose } from '../../augment/transforms/combine.js';
import { flip } from '../../augment/transforms/flip.js';
import { resizedCrop } from '../../augment/transforms/resizedCrop.js';
import type { ImageTransform } from '../../augment/transforms/transform.js';
import { UsageError } from '../../core/errors.js';
import { shown } from '../../core/shown.js';
import type { CodeSpace } from '../../models/extractor.js';
import type { ArmTexts } from '../arms/arm.js';

/** A way to enlarge the codes of a support set. */
export interface CodesArm extends Omit<ArmTexts, 'isReference'> {
  /** True if it needs codes of changed versions of each image, which are added to its own unless `views`. */
  readonly varies: boolean;
  /** True if the code of an image, of queries too, is the mean of its own and of those versions. Default `false`. */
  readonly views?: boolean;
  /** Path along which codes are hallucinated between all that there are. Default: none are. */
  readonly path?: PathName;
  /** Shots that a class needs for its codes to be hallucinated. Default: 1. */
  readonly samples?: number;
  /** Arm that has all but what this one adds; absent for the real codes alone. */
  readonly without?: string;
}

/** Codes of the real images alone, judged by the nearest prototype: the reference of every row. */
export const codeReference = { arm: 'codes', classifier: 'prototypes' } as const;

/** Changed versions of each image, for arms that add their codes. */
export const VARIANTS = 8;

/** A mirror, and a look from nearer by: what another photo of the same thing could differ in. */
export const photoVariants = (): ImageTransform =>
  compose('photoVariants', flip(), resizedCrop({ area: 0.5, aspect: 1.1 }));

const hallucinating = (path: PathName, title: string, isDefault = false): CodesArm => ({
  ...{ name: `codes+${path}`, title, varies: false, path, without: 'codes', isDefault },
  samples: latentPath(path).samplesNeeded,
});

const viewing = (path: PathName, title: string, isDefault = false): CodesArm => ({
  ...hallucinating(path, title, isDefault),
  ...{ name: `codes+views+${path}`, varies: true, views: true, without: 'codes+views' },
});

/** Every arm of codes, in the order of tables. */
export const codeArms: readonly CodesArm[] = [
  { name: 'codes', title: 'codes of the real images alone', varies: false, isDefault: true },
  hallucinating('slerp', 'with codes hallucinated on great circles between two', true),
  hallucinating('mean', 'with codes hallucinated in the middle of three', true),
  hallucinating(
    'transport',
    'with codes hallucinated by differences within the classes that the model knows',
  ),
  hallucinating(
    'tangent',
    'with codes hallucinated around each, as far as classes that the model knows are wide',
  ),
  {
    name: 'codes+geometric',
    title: `with codes of ${VARIANTS} changed versions of each image`,
    ...{ varies: true, without: 'codes', isDefault: true },
  },
  {
    name: 'codes+geometric+slerp',
    title: 'the same, with codes hallucinated on great circles between all of them',
    ...{ varies: true, path: 'slerp', without: 'codes+geometric' },
  },
  {
    name: 'codes+geometric+mean',
    title: 'the same, with codes hallucinated in the middle of three of them',
    ...{ varies: true, path: 'mean', without: 'codes+geometric' },
  },
  {
    name: 'codes+views',
    title: `with the mean code of each image and its ${VARIANTS} changed versions, of queries too`,
    ...{ varies: true, views: true, without: 'codes', isDefault: true },
  },
  viewing('slerp', 'the same, with codes hallucinated on great circles between two'),
  viewing('mean', 'the same, with codes hallucinated in the middle of three', true),
  viewing(
    'transport',
    'the same, with codes hallucinated by differences within the classes that the model knows',
  ),
];

/** Names of the arms of codes, in the order of tables. */
export const codeArmNames: readonly string[] = codeArms.map(({ name }) => name);

/** Names of the arms of an evaluation of codes that names none. */
export const defaultCodeArms: readonly string[] = codeArms
  .filter(({ isDefault }) => isDefault)
  .map(({ name }) => name);

/** The arm of that name. Throws a `UsageError` that lists the known names. */
export function codeArmNamed(name: string): CodesArm {
  const arm = codeArms.find((known) => known.name === name);
  if (arm !== undefined) return arm;
  throw new UsageError(`there is no arm of codes named ${shown(name)}`, {
    hint: `A model of features makes no images. Arms: ${codeArmNames.join(', ')}.`,
    option: 'arms',
  });
}

/** Throws a `UsageError` when an arm needs something that codes of the model lack. */
export function assertCodesFor({ path }: CodesArm, space: CodeSpace): void {
  if (path !== undefined) baseOf(latentPath(path), space);
}
