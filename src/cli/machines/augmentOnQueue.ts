import { planWork, writeMade } from '../produce/augment/augmentation.js';
import type { MakeTasks } from '../produce/augment/augmentFolder.js';
import { jobsOf } from '../produce/augment/manifest.js';
import { TASK_SIZE } from '../produce/augment/workshop.js';
import { onQueue, type QueueFlags } from './onQueue.js';
import type { SubmitOptions } from './submit.js';

/** Has workers at a queue make tasks, then writes their files into the folder of the run, one result after another. */
export function onQueueOf(
  flags: QueueFlags,
  { onProgress, ...options }: Omit<SubmitOptions, 'store' | 'command'>,
): MakeTasks {
  return ({ plan, out, open }, onDone) => {
    const { count } = jobsOf(plan);
    const images = (tasks: number) => Math.min(count, tasks * TASK_SIZE);
    const run = { plan, out, open: new Set(open) };
    return onQueue(
      (store) => planWork(plan, store),
      flags,
      {
        ...options,
        command: plan.command,
        onProgress: (done, total) => onProgress?.(images(done), images(total)),
      },
      async (names, read) => {
        for (const name of names) {
          options.signal.throwIfAborted();
          await writeMade(run, name, await read(name), onDone);
        }
      },
    );
  };
}
