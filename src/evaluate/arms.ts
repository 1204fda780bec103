import { affine, brightness, compose, crop, type ImageTransform, type PathName } from '../augment/index.js';
import { UsageError } from '../core/index.js';

/** One way to enlarge a support set. Without a path nothing is hallucinated, without a transform nothing is moved. */
export interface Arm {
  readonly name: string;
  /** Latent path between samples of a class whose decoded points join the real images. */
  readonly path?: PathName;
  /** Transform of every image, real or hallucinated, drawn afresh each time. */
  readonly transform?: ImageTransform;
}

/**
 * The poster's "traditional image variants", which it does not describe. Our reading: a crop after padding by 2 pixels
 * and a change of brightness by up to 0.2. No mirror, which belongs to most recipes for photos: a mirrored digit is
 * another one, or none, and costs accuracy.
 */
const variants = compose('variants', crop({ margin: 2 }), brightness({ amount: 0.2 }));

const arms: readonly Arm[] = [
  { name: 'none' },
  { name: 'variants', transform: variants },
  { name: 'affine', transform: affine() },
  { name: 'lerp', path: 'lerp' },
  { name: 'atnl', path: 'slerp' },
  { name: 'atnl+affine', path: 'slerp', transform: affine() },
];

/** Names of all arms, in the order of tables. */
export const armNames: readonly string[] = arms.map(({ name }) => name);

/** The arm of that name. Throws a `UsageError` that lists the names there are. */
export function armNamed(name: string): Arm {
  const arm = arms.find((candidate) => candidate.name === name);
  if (arm === undefined)
    throw new UsageError(`there is no arm named ${name}`, { hint: `Arms: ${armNames.join(', ')}.` });
  return arm;
}
