import { UsageError } from '../../core/index.js';
import type { BaseCodes, LatentSpace, Model } from '../../models/index.js';
import { extrapolatePath } from './extrapolate.js';
import type { LatentPath, Waypoint } from './latentPath.js';
import { lerpPath } from './lerp.js';
import { meanPath } from './mean.js';
import { restylePath } from './restyle.js';
import { slerpPath } from './slerp.js';
import { tangentPath } from './tangent.js';
import { transportPath } from './transport.js';

export type { LatentPath, Waypoint };
export { extrapolatePath, lerpPath, meanPath, restylePath, slerpPath, tangentPath, transportPath };

const paths = {
  slerp: slerpPath,
  lerp: lerpPath,
  extrapolate: extrapolatePath,
  mean: meanPath,
  transport: transportPath,
  tangent: tangentPath,
  restyle: restylePath,
};

/** Names of the latent paths. */
export type PathName = keyof typeof paths;

/** Names of the latent paths, for choices. */
export const pathNames = Object.keys(paths) as readonly PathName[];

/** The path of that name. Throws a `UsageError` that lists the names there are. */
export function latentPath(name: PathName): LatentPath {
  const path = Object.hasOwn(paths, name) ? paths[name] : undefined;
  if (path === undefined) {
    throw new UsageError(`there is no path named ${name}`, {
      hint: `Paths: ${Object.keys(paths).join(', ')}.`,
    });
  }
  return path;
}

/** The path between samples that suits codes: along the sphere where they lie on it, else straight. */
export function defaultPath(latentSpace: LatentSpace): PathName {
  return latentSpace === 'sphere' ? 'slerp' : 'lerp';
}

/**
 * The base codes that a path takes from a model; undefined for a path that uses none. Throws a `UsageError` when the path
 * needs what the model lacks: codes on a sphere, a style part, or base codes.
 */
export function baseOf(path: LatentPath, model: Model): BaseCodes | undefined {
  const { name } = model.card;
  if (path.spherical && model.latentSpace !== 'sphere') {
    throw new UsageError(`the path ${path.name} needs codes on a sphere, but those of ${name} are not`, {
      hint: 'Choose the path lerp, or a model whose latent space is the sphere, such as mnist.',
    });
  }
  if (path.styled && model.styleSize === 0) {
    throw new UsageError(
      `the path ${path.name} needs codes with a style part, but those of ${name} have none`,
      {
        hint: 'Train it with `fewshot train --style 16`, or choose the path transport.',
      },
    );
  }
  if (path.baseNeeded === 0) return undefined;
  if (model.base === undefined || model.base.classes.length === 0) {
    throw new UsageError(`the path ${path.name} needs base codes, but the model ${name} holds none`, {
      hint: 'Train it with `fewshot train --base 200`, or choose the path slerp.',
    });
  }
  return model.base;
}
