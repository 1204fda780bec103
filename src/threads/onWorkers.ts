import { type ThreadOptions, withThreads } from './withThreads.js';

export interface OnWorkersOptions<Task> extends ThreadOptions {
  /** Called after each task. */
  readonly onDone?: (task: Task) => void;
}

/**
 * Runs tasks on threads whose entry is the default export of a file; on no more threads than there are tasks.
 *
 * @returns what each task gave, in the order of the tasks
 * @throws the first failure, after which the other tasks are given up
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
