import { UsageError } from '../../core/index.js';
import type { LatentPath } from './latentPath.js';
import { lerpPath } from './lerp.js';
import { slerpPath } from './slerp.js';

export type { LatentPath, Waypoint } from './latentPath.js';
export { lerpPath, slerpPath };

const paths = { slerp: slerpPath, lerp: lerpPath };

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
