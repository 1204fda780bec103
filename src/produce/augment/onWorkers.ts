import { Tinypool } from 'tinypool';

export interface OnWorkersOptions<Task> {
  readonly threads: number;
  /** Called after each task. */
  readonly onDone?: (task: Task) => void;
  /** Ends the threads at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Runs tasks on threads whose entry is the default export of a file. Rejects with the first failure. */
export async function onWorkers<Task>(
  filename: URL,
  tasks: readonly Task[],
  { threads, onDone, signal }: OnWorkersOptions<Task>,
): Promise<void> {
  signal?.throwIfAborted();
  const pool = new Tinypool({
    filename: filename.href,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
  });
  // Tinypool's own signal waits for a task at hand; ending its threads stops at once.
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const running = tasks.map(async (task) => {
    await pool.run(task);
    onDone?.(task);
  });
  try {
    await Promise.race([Promise.all(running), aborted]);
  } finally {
    for (const task of running) task.catch(() => undefined);
    await pool.destroy();
  }
}
