import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { protocols, trainsEncoder } from './protocols/index.js';
import type { EvaluationSettings } from './settings.js';
import type { Accuracies, Task } from './trial.js';

export interface EvaluateOptions {
  /** Threads, each with a backend of its own. The figures do not depend on it. Default: one a core. */
  readonly workers?: number;
  /** Called at the start, and whenever an encoder or a task is done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What worker threads found. */
export interface Found {
  /** In the order of the tasks. */
  readonly accuracies: Accuracies[];
  /** Model files of the episodes, in order; none where one encoder serves all. */
  readonly encoders: Uint8Array[];
}

/** Trains the encoders of all episodes first, if the protocol says so, then runs tasks, all on worker threads. */
export async function runOnWorkers(
  tasks: readonly Task[],
  settings: EvaluationSettings,
  { workers = availableParallelism(), onProgress, signal }: EvaluateOptions,
): Promise<Found> {
  const threads = Math.min(workers, tasks.length);
  const pool = new Tinypool({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
  });
  // Tinypool's own signal waits for a task at hand; ending its threads stops at once.
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const trains = trainsEncoder(protocols[settings.protocol]);
  const total = tasks.length + (trains ? settings.episodes : 0);
  let done = 0;
  onProgress?.(done, total);
  async function counted<T>(name: string, work: object): Promise<T> {
    const found = (await pool.run({ ...work, settings }, { name })) as T;
    onProgress?.(++done, total);
    return found;
  }
  const encoders = Array.from({ length: trains ? settings.episodes : 0 }, (_, episode) =>
    counted<Uint8Array>('encoderOf', { episode }),
  );
  const accuracies = tasks.map(async (task) => {
    const encoder = await encoders[task.episode];
    return counted<Accuracies>('default', {
      task: encoder === undefined ? task : { ...task, encoder },
    });
  });
  try {
    const work = Promise.all([Promise.all(accuracies), Promise.all(encoders)]);
    const [found, files] = await Promise.race([work, aborted]);
    return { accuracies: found, encoders: files };
  } finally {
    for (const work of [...accuracies, ...encoders]) work.catch(() => undefined);
    await pool.destroy();
  }
}
