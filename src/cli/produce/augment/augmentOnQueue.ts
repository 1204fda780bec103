import { onQueue, type QueueFlags } from '../../machines/onQueue.js';
import type { SubmitOptions } from '../../machines/submit.js';
import { planWork, writeMade } from './augmentation.js';
import type { MakeTasks } from './augmentFolder.js';
import { jobsOf } from './manifest.js';
import { TASK_SIZE } from './workshop.js';

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
