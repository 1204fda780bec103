import { Tinypool } from 'tinypool';

export interface ThreadOptions {
  readonly threads: number;
  /** Ends the threads at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Runs a task on the next thread that is free, by an export of the threads' file. Default: its default export. */
export type RunTask = <Result>(task: unknown, entry?: string) => Promise<Result>;

/** Starts threads whose entries are the exports of a file, for as long as `use` takes. */
export async function withThreads<Result>(
  filename: URL,
  { threads, signal }: ThreadOptions,
  use: (run: RunTask) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const pool = new Tinypool({
    filename: filename.href,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
  });
  // Tinypool's own signal waits for a task at hand; ending its threads stops at once.
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
