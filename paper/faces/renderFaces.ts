import { setImmediate } from 'node:timers/promises';
import { checkCount } from '../../src/core/checks.js';
import { UsageError } from '../../src/core/errors.js';
import { workerFile } from '../../src/node/packageFiles.js';
import { onWorkers } from '../../src/node/threads.js';
import { type FaceSet, faceSet, multiPieYaws } from '../data/multiPie.js';
import { type Light, standardLights } from './light.js';
import { renderPerson, type Sitting, type WorkerTask } from './worker.js';

export interface RenderFacesOptions {
  /** Number of people, or the numbers of those to render. Default 50. */
  readonly identities?: number | readonly number[];
  /** Degrees, −90 … 90. Default: the 13 yaws of Multi-PIE's cameras, every 15 degrees. */
  readonly yaws?: readonly number[];
  /** Default: seven, from the front to both sides. */
  readonly lights?: readonly Light[];
  /** Pictures of each person at each yaw and light, which differ by `variation`. Default 1. */
  readonly takes?: number;
  /** Height and width in pixels, from 16 to 512. Default 48. */
  readonly size?: number;
  /**
   * Variation of the pose between takes, as a factor of these standard deviations: yaw 2.5 degrees, pitch 3, roll 2, shift 1.2 % of
   * the picture. Default 1; 0 for exact poses.
   */
  readonly variation?: number;
  /** Seed of the people and the takes. */
  readonly seed: number;
  /** Number of threads, which does not change the images. Default 1: the calling thread. */
  readonly workers?: number;
  /** Called from time to time with the number of pictures that are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the work: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Milliseconds of rendering between turns of the event loop. */
const SLICE = 50;

/**
 * Renders a **stand-in** for a face data set with poses, such as the licensed Multi-PIE: parametric heads, every person
 * in every yaw and light. No image is of a real person. Images come person by person, then by yaw, light and take; each
 * depends on the seed, its person, yaw, light and take alone, not on what else is rendered.
 *
 * ```ts
 * const faces = await renderFaces({ identities: 20, size: 48, seed: 1 });
 * const { pixels, labels } = faces.byYaw.images();   // classes −90, −75, … 90
 * ```
 *
 * @throws UsageError for an option out of range
 */
export async function renderFaces(options: RenderFacesOptions): Promise<FaceSet> {
  const { yaws = multiPieYaws, lights = standardLights, takes = 1, size = 48, variation = 1 } = options;
  const { identities = 50, seed, workers = 1, onProgress, signal } = options;
  if (typeof identities === 'number') checkCount('identities', identities);
  const people = typeof identities === 'number' ? [...Array(identities).keys()] : identities;
  check({ people, yaws, lights, takes, size, variation });
  checkCount('workers', workers);

  const sitting = { yaws, lights, takes, size, variation, seed };
  const perPerson = yaws.length * lights.length * takes;
  const total = people.length * perPerson;
  const bytes = new Uint8Array(total * size * size);
  const tell = (done: number) => onProgress?.(done, total);
  if (Math.min(workers, people.length) === 1) {
    await onThisThread(people, sitting, { bytes, tell, signal });
  } else {
    let done = 0;
    const pictures = await onWorkers<WorkerTask, Uint8Array>(
      workerFile('faces'),
      people.map((person) => ({ person, sitting })),
      {
        threads: workers,
        onDone: () => {
          done += perPerson;
          tell(done);
        },
        ...(signal === undefined ? {} : { signal }),
      },
    );
    for (const [i, own] of pictures.entries()) bytes.set(own, i * perPerson * size * size);
  }
  const personOf = (i: number) => people[Math.floor(i / perPerson)]!;
  const facts = {
    subjects: Int32Array.from({ length: total }, (_, i) => personOf(i)),
    yaws: Float32Array.from(
      { length: total },
      (_, i) => yaws[Math.floor((i % perPerson) / (lights.length * takes))]!,
    ),
    lights: Int32Array.from({ length: total }, (_, i) => Math.floor(i / takes) % lights.length),
  };
  return faceSet('rendered stand-in', bytes, [size, size, 1], facts);
}

interface Target {
  readonly bytes: Uint8Array;
  readonly tell: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Renders into `bytes`, with turns of the event loop between slices of time. */
async function onThisThread(
  people: readonly number[],
  sitting: Sitting,
  { bytes, tell, signal }: Target,
): Promise<void> {
  let done = 0;
  let sliceEnd = performance.now() + SLICE;
  for (const person of people) {
    for (const picture of renderPerson(person, sitting)) {
      bytes.set(picture, done++ * picture.length);
      if (performance.now() < sliceEnd) continue;
      tell(done);
      await setImmediate();
      signal?.throwIfAborted();
      sliceEnd = performance.now() + SLICE;
    }
  }
  tell(done);
}

interface Checked {
  readonly people: readonly number[];
  readonly yaws: readonly number[];
  readonly lights: readonly Light[];
  readonly takes: number;
  readonly size: number;
  readonly variation: number;
}

function check({ people, yaws, lights, takes, size, variation }: Checked): void {
  for (const [name, list] of Object.entries({ identities: people, yaws, lights })) {
    if (list.length === 0)
      throw new UsageError(`there are no ${name} to render`, { hint: 'Name at least one.' });
  }
  for (const [i, person] of people.entries()) {
    if (Number.isSafeInteger(person) && person >= 0 && people.indexOf(person) === i) continue;
    throw new UsageError(`identities[${i}] is ${person}, but must be a whole number of its own from 0 on`);
  }
  for (const [i, yaw] of yaws.entries()) {
    if (yaw >= -90 && yaw <= 90 && yaws.indexOf(yaw) === i) continue;
    throw new UsageError(`yaws[${i}] is ${yaw}, but must be an angle of its own from −90 to 90 degrees`);
  }
  for (const [i, { azimuth, elevation }] of lights.entries()) {
    if (Math.abs(azimuth) <= 180 && Math.abs(elevation) <= 90) continue;
    throw new UsageError(`lights[${i}] comes from azimuth ${azimuth}, elevation ${elevation}`, {
      hint: 'An azimuth is an angle from −180 to 180 degrees, an elevation one from −90 to 90.',
    });
  }
  checkCount('takes', takes);
  checkCount('size', size, { least: 16, most: 512 });
  if (!(variation >= 0 && variation <= 5)) {
    throw new UsageError(`variation is ${variation}, but must be a number from 0 to 5`);
  }
}
