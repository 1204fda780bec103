import { availableParallelism } from 'node:os';

/** Number of threads by default: one a core. */
export const defaultThreads = (): number => availableParallelism();

export interface ThreadOptions {
  readonly threads: number;
  /** Ends the threads at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Runs a task on the next free thread, by an export of the threads' file. Default: its default export. */
export type RunTask = <Result>(task: unknown, entry?: string) => Promise<Result>;

/** Starts threads that run the exports of a file, and ends them when `use` is done. */
export async function withThreads<Result>(
  filename: URL,
  { threads, signal }: ThreadOptions,
  use: (run: RunTask) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const { Tinypool } = await import('tinypool');
  signal?.throwIfAborted();
  const pool = new Tinypool({
    filename: filename.href,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
  });
  // Tinypool's own signal waits for the running task; ending its threads stops at once.
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason as Error);
  });
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([use((task, name = 'default') => pool.run(task, { name })), aborted]);
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.destroy();
  }
}

export interface OnWorkersOptions<Task> extends ThreadOptions {
  /** Called after each task. */
  readonly onDone?: (task: Task) => void;
}

/**
 * Runs tasks on threads by the default export of a file, on no more threads than there are tasks.
 *
 * @returns the result of each task, in their order
 * @throws the first failure, after which the other tasks are abandoned
 */
export async function onWorkers<Task, Result = void>(
  filename: URL,
  tasks: readonly Task[],
  { threads, onDone, ...stoppable }: OnWorkersOptions<Task>,
): Promise<Result[]> {
  if (tasks.length === 0) return [];
  const most = { ...stoppable, threads: Math.min(threads, tasks.length) };
  return withThreads(filename, most, (run) =>
    Promise.all(
      tasks.map(async (task) => {
        const result = await run<Result>(task);
        onDone?.(task);
        return result;
      }),
    ),
  );
}
