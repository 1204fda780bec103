import { affine } from '../../augment/transforms/affine.js';
import { compose } from '../../augment/transforms/combine.js';
import { crop } from '../../augment/transforms/crop.js';
import { elastic } from '../../augment/transforms/elastic.js';
import { brightness } from '../../augment/transforms/tone.js';
import { UsageError } from '../../core/errors.js';
import type { NamedPipeline } from '../settings.js';
import type { Arm, ReferenceArm } from './arm.js';
import { codesArm } from './codesArm.js';
import { pipelineArm } from './pipelineArm.js';
import { variantArm } from './variantArm.js';

/**
 * The poster's "traditional image variants", which it does not describe. Our reading: a crop after padding by 2 pixels
 * and a change of brightness by up to 0.2. No mirror, which belongs to most recipes for photos: a mirrored digit is
 * another one, or none, and costs accuracy.
 */
const variants = compose('variants', crop({ margin: 2 }), brightness({ amount: 0.2 }));

/** A strong geometric baseline: wide affine and elastic in one. `paper/experiments/geometric.ts` compares it with others. */
const geometric = compose(
  'geometric',
  affine({ rotate: 20, scale: 0.25, shear: 0.4, shift: 0.1 }),
  elastic(),
);

const arms: readonly (Arm | ReferenceArm)[] = [
  variantArm('none'),
  variantArm('variants', { transform: variants }),
  variantArm('affine', { transform: affine() }),
  variantArm('lerp', { path: 'lerp' }),
  variantArm('atnl', { path: 'slerp' }),
  variantArm('atnl+affine', { path: 'slerp', transform: affine() }),
  variantArm('transport', { path: 'transport', labelCheck: true }),
  variantArm('transport+affine', { path: 'transport', labelCheck: true, transform: affine() }),
  variantArm('extrapolate', { path: 'extrapolate', labelCheck: true }),
  variantArm('mean', { path: 'mean' }),
  variantArm('tangent', { path: 'tangent', labelCheck: true }),
  variantArm('geometric', { transform: geometric }),
  variantArm('geometric+labels', { transform: geometric, labels: 'encoder' }),
  variantArm('atnl+geometric', { path: 'slerp', transformReal: geometric }),
  variantArm('transport+geometric', { path: 'transport', labelCheck: true, transformReal: geometric }),
  variantArm('restyle', { path: 'restyle', labelCheck: true }),
  variantArm('restyle+geometric', { path: 'restyle', labelCheck: true, transformReal: geometric }),
  variantArm('restyle+geometric+labels', {
    path: 'restyle',
    labelCheck: true,
    transformReal: geometric,
    labels: 'encoder',
  }),
  variantArm('geometric+symbols+labels', { transform: geometric, labels: 'encoder+symbols' }),
  variantArm('restyle+geometric+symbols+labels', {
    path: 'restyle',
    labelCheck: true,
    transformReal: geometric,
    labels: 'encoder+symbols',
  }),
  codesArm,
];

/** The arms of an evaluation that names none: the poster's, and the strong geometric baseline. */
export const defaultArms: readonly string[] = ['none', 'variants', 'affine', 'lerp', 'atnl', 'atnl+affine'];

/** Names of the arms that every evaluation can have, in the order of tables. */
export const armNames: readonly string[] = arms.map(({ name }) => name);

/**
 * The arm of that name, one of `armNames` or of the pipelines. Throws a `UsageError` that lists the names there are.
 */
export function armNamed(name: string, pipelines: readonly NamedPipeline[] = []): Arm | ReferenceArm {
  const named = pipelines.find((pipeline) => pipeline.name === name);
  if (named !== undefined) return pipelineArm(named.name, named.pipeline);
  const arm = arms.find((candidate) => candidate.name === name);
  if (arm === undefined) {
    const known = [...armNames, ...pipelines.map((pipeline) => pipeline.name)];
    throw new UsageError(`there is no arm named ${name}`, { hint: `Arms: ${known.join(', ')}.` });
  }
  return arm;
}
