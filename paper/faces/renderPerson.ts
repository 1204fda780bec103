import { faceIdentity } from './identity.js';
import type { Light } from './light.js';
import { headRenderer } from './renderHead.js';
import { takePose } from './variation.js';

/** Which pictures are taken of each person. */
export interface Sitting {
  readonly yaws: readonly number[];
  readonly lights: readonly Light[];
  readonly takes: number;
  readonly size: number;
  readonly variation: number;
  readonly seed: number;
}

/** The pictures of one person, of `size` × `size` bytes each: by yaw, then light, then take. */
export function* renderPerson(
  person: number,
  { yaws, lights, takes, size, variation, seed }: Sitting,
): Generator<Uint8Array> {
  const draw = headRenderer(faceIdentity(seed, person), size);
  for (const yaw of yaws) {
    for (const light of lights) {
      for (let take = 0; take < takes; take++) {
        const { azimuth, elevation } = light;
        const pose = takePose(yaw, variation, seed, 'stand-in take', person, yaw, azimuth, elevation, take);
        yield draw(pose, light);
      }
    }
  }
}
