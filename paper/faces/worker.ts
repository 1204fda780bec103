import { takePose } from './camera.js';
import { faceIdentity } from './identity.js';
import type { Light } from './light.js';
import { headRenderer } from './renderHead.js';

/** Pictures to take of each person. */
export interface Sitting {
  readonly yaws: readonly number[];
  readonly lights: readonly Light[];
  readonly takes: number;
  readonly size: number;
  readonly variation: number;
  readonly seed: number;
}

/** Yields the pictures of one person, `size` × `size` bytes each: by yaw, then light, then take. */
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

/** Task of a worker thread: all pictures of one person. */
export interface WorkerTask {
  readonly person: number;
  readonly sitting: Sitting;
}

/** Entry of a worker thread. Returns the pictures of a person, concatenated. */
export default function work({ person, sitting }: WorkerTask): Uint8Array {
  const pictures = [...renderPerson(person, sitting)];
  const each = sitting.size ** 2;
  const bytes = new Uint8Array(pictures.length * each);
  for (const [i, picture] of pictures.entries()) bytes.set(picture, i * each);
  return bytes;
}
