import type { Findings } from '../node/images/findings.js';
import { workerFile } from '../node/packageFiles.js';
import { defaultThreads, withThreads } from '../node/threads.js';
import { armNamed } from './arms/arms.js';
import { protocols, trainsEncoder } from './protocols.js';
import type { EvaluationSettings } from './settings.js';
import type { Task, Verdicts } from './trial.js';

export interface EvaluateOptions {
  /** The command that makes the same result, for the result to record. Default: none. */
  readonly command?: string;
  /** Number of threads, each with a backend of its own. The figures do not depend on it. Default: one a core. */
  readonly workers?: number;
  /** Called at the start, and after each encoder and task. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called before any work with what was found in images of your own. */
  readonly onFindings?: (findings: Findings) => void;
  /** Stops the work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Results of the worker threads. */
export interface Found {
  /** In the order of the tasks. */
  readonly verdicts: Verdicts[];
  /** Model files of the episodes, in order; empty where one encoder serves all. */
  readonly encoders: Uint8Array[];
}

/** Trains the encoders of all episodes first, if the protocol says so, then runs tasks, all on worker threads. */
export async function runOnWorkers(
  tasks: readonly Task[],
  settings: EvaluationSettings,
  { workers = defaultThreads(), onProgress, signal }: EvaluateOptions,
): Promise<Found> {
  const trains = trainsEncoder(protocols[settings.protocol]);
  const total = tasks.length + (trains ? settings.episodes : 0);
  let done = 0;
  onProgress?.(done, total);
  const options = {
    threads: Math.min(workers, tasks.length),
    ...(signal === undefined ? {} : { signal }),
  };
  return withThreads(workerFile('evaluate'), options, async (run) => {
    async function counted<T>(work: object, entry?: string): Promise<T> {
      const found = await run<T>({ ...work, settings }, entry);
      onProgress?.(++done, total);
      return found;
    }
    const encoders = Array.from({ length: trains ? settings.episodes : 0 }, (_, episode) =>
      counted<Uint8Array>({ episode }, 'encoderOf'),
    );
    // The longest first, so that no thread waits at the end: those that ask encoders.
    const asks = ({ arm }: Task) => armNamed(arm, settings.pipelines).asksTeachers;
    const order = [...tasks].sort((a, b) => Number(asks(b)) - Number(asks(a)));
    const begun = order.map(async (task) => {
      const encoder = await encoders[task.episode];
      return counted<Verdicts>({ task: encoder === undefined ? task : { ...task, encoder } });
    });
    const verdicts = tasks.map((task) => begun[order.indexOf(task)]!);
    const [found, files] = await Promise.all([Promise.all(verdicts), Promise.all(encoders)]);
    return { verdicts: found, encoders: files };
  });
}
