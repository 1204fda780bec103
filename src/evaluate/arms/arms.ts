import { affine } from '../../augment/transforms/affine.js';
import { compose } from '../../augment/transforms/combine.js';
import { crop } from '../../augment/transforms/crop.js';
import { elastic } from '../../augment/transforms/elastic.js';
import { brightness } from '../../augment/transforms/intensity.js';
import { UsageError } from '../../core/errors.js';
import { checkText, fieldsOf, listOf } from '../../core/kindChecks.js';
import { shown } from '../../core/shown.js';
import type { NamedPipeline } from '../settings.js';
import type { Arm } from './arm.js';
import { codesArm } from './codesArm.js';
import { enlargedCodesArm } from './enlargedCodesArm.js';
import { PIPELINE_TITLE, pipelineArm } from './pipelineArm.js';
import { type TransformOver, variantArm } from './variantArm.js';

/**
 * The poster's "traditional image variants", which it does not describe. Our reading: a crop after padding by 2 pixels
 * and a change of brightness by up to 0.2. No mirror, which belongs to most recipes for photos: a mirrored digit is
 * another one, or none, and costs accuracy.
 */
const variants: TransformOver = (fill) =>
  compose('variants', crop({ margin: 2, fill }), brightness({ amount: 0.2 }));

/** A strong geometric baseline: wide affine and elastic in one. `paper/experiments/geometric.ts` compares it with others. */
const geometric: TransformOver = (fill) =>
  compose('geometric', affine({ rotate: 20, scale: 0.25, shear: 0.4, shift: 0.1, fill }), elastic({ fill }));
/** Changes that leave a drawing in its frame, for means of codes: wider ones harm them. */
const slight: TransformOver = (fill) => affine({ rotate: 8, scale: 0.1, shear: 0.15, shift: 0, fill });

const affineOver: TransformOver = (fill) => affine({ fill });

/** The real images alone, from which gains are measured. */
export const realImages: Arm = variantArm({
  ...{ name: 'none', title: 'the real images alone' },
  ...{ isDefault: true, isReference: true },
});

/** Every arm but pipelines, in the order of tables. */
export const arms: readonly Arm[] = [
  realImages,
  variantArm(
    { name: 'variants', title: 'cropped and changed in brightness', isDefault: true },
    { transform: variants },
  ),
  variantArm(
    {
      ...{ name: 'affine', title: 'rotated, scaled, sheared and shifted' },
      isReference: true,
    },
    { transform: affineOver },
  ),
  variantArm(
    { name: 'lerp', title: 'hallucinated along straight lines between codes', isDefault: true },
    { path: 'lerp' },
  ),
  variantArm(
    {
      name: 'atnl',
      title: 'hallucinated by slerp, along great circles between codes',
      isDefault: true,
    },
    { path: 'slerp' },
  ),
  variantArm(
    {
      name: 'atnl+affine',
      title: 'hallucinated by slerp, and all of it transformed as by affine',
    },
    { path: 'slerp', transform: affineOver },
  ),
  variantArm(
    {
      name: 'transport',
      title: 'hallucinated by differences between codes of the classes that the encoder knows',
    },
    { path: 'transport', labelCheck: true },
  ),
  variantArm(
    {
      name: 'transport+affine',
      title: 'hallucinated by transport, and all of it transformed as by affine',
    },
    { path: 'transport', labelCheck: true, transform: affineOver },
  ),
  variantArm(
    {
      name: 'extrapolate',
      title: 'hallucinated past one of two codes, away from the other',
    },
    { path: 'extrapolate', labelCheck: true },
  ),
  variantArm({ name: 'mean', title: 'hallucinated in the middle of three codes' }, { path: 'mean' }),
  variantArm(
    {
      name: 'tangent',
      title: 'hallucinated around codes, as far as classes that the encoder knows are wide',
    },
    { path: 'tangent', labelCheck: true },
  ),
  variantArm(
    {
      name: 'geometric',
      title: 'a wider affine transform and an elastic one: the baseline to beat',
      ...{ isDefault: true, isReference: true },
    },
    { transform: geometric },
  ),
  variantArm(
    { name: 'geometric+labels', title: 'as geometric, with labels by the encoder' },
    { transform: geometric, labels: 'encoder' },
  ),
  variantArm(
    {
      name: 'atnl+geometric',
      title: 'hallucinated by slerp; real images transformed as by geometric',
    },
    { path: 'slerp', transformReal: geometric },
  ),
  variantArm(
    {
      name: 'transport+geometric',
      title: 'hallucinated by transport; real images transformed as by geometric',
    },
    { path: 'transport', labelCheck: true, transformReal: geometric },
  ),
  variantArm(
    {
      name: 'restyle',
      title: 'hallucinated by changing the style part of codes',
      isDefault: true,
    },
    { path: 'restyle', labelCheck: true },
  ),
  variantArm(
    { name: 'restyle+geometric', title: 'hallucinated by restyle; real images transformed as by geometric' },
    { path: 'restyle', labelCheck: true, transformReal: geometric },
  ),
  variantArm(
    {
      name: 'restyle+geometric+labels',
      title: 'as restyle+geometric, with labels by the encoder',
      isDefault: true,
    },
    { path: 'restyle', labelCheck: true, transformReal: geometric, labels: 'encoder' },
  ),
  variantArm(
    {
      name: 'geometric+symbols+labels',
      title: 'as geometric, with invented symbols beside, and labels by the encoder',
    },
    { transform: geometric, labels: 'encoder+symbols' },
  ),
  variantArm(
    {
      name: 'restyle+geometric+symbols+labels',
      title: 'as restyle+geometric, with invented symbols beside, and labels by the encoder',
    },
    { path: 'restyle', labelCheck: true, transformReal: geometric, labels: 'encoder+symbols' },
  ),
  codesArm,
  enlargedCodesArm(
    {
      name: 'codes+views',
      title:
        'as codes, with mean codes of each image and eight versions, slightly turned, slanted and scaled, of queries too',
    },
    { views: slight },
  ),
  enlargedCodesArm(
    {
      name: 'codes+transport',
      title: 'as codes, with some hallucinated by differences within the classes that the encoder knows',
    },
    { path: 'transport' },
  ),
];

const namesOf = (chosen: readonly Arm[]): readonly string[] => chosen.map(({ name }) => name);

/** Names of the arms that every evaluation can have, in the order of tables. */
export const armNames = namesOf(arms);

/** Names of the arms of an evaluation that names none: the poster's, the baseline to beat, the best, and codes to compare with. */
export const defaultArms = namesOf(arms.filter(({ isDefault }) => isDefault));

/** Names of the arms of a one-shot test that names none: of images, then of codes. */
export const oneShotArms: readonly string[] = [
  ...['none', 'geometric', 'restyle+geometric', 'codes', 'codes+views', 'codes+transport'],
];

/** Names of the arms that others are compared with, in the order of tables. */
export const references = namesOf(arms.filter(({ isReference }) => isReference));

/** Description of the arm of that name. A name that is none of `armNames` is that of a pipeline. */
export const armTitle = (name: string): string =>
  arms.find((arm) => arm.name === name)?.title ?? PIPELINE_TITLE;

/** The arm of that name, one of `armNames` or of the pipelines. Throws a `UsageError` that lists the known names. */
export function armNamed(name: string, pipelines: readonly NamedPipeline[] = []): Arm {
  listOf(fieldsOf({ name: checkText }))('pipelines', pipelines, 'armNamed');
  const named = pipelines.find((pipeline) => pipeline.name === name);
  if (named !== undefined) return pipelineArm(named.name, named.pipeline);
  const arm = arms.find((candidate) => candidate.name === name);
  if (arm !== undefined) return arm;
  const known = [...armNames, ...pipelines.map((pipeline) => pipeline.name)];
  throw new UsageError(`there is no arm named ${shown(name)}`, {
    hint: `Arms: ${known.join(', ')}.`,
    option: 'arms',
  });
}
