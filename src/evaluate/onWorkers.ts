import type { Findings } from '../node/images/findings.js';
import { workerFile } from '../node/packageFiles.js';
import { defaultThreads, withThreads } from '../node/threads.js';
import { makesImages } from './arms/arm.js';
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
    const waiting = inOrder(tasks, settings);
    const running: (string | undefined)[] = [];
    const begun = new Map<Task, Verdicts>();
    async function inTurn(thread: number): Promise<void> {
      for (;;) {
        const next = nextOf(waiting, running, thread);
        if (next === undefined) return;
        waiting.splice(waiting.indexOf(next), 1);
        running[thread] = next.shares;
        const encoder = await encoders[next.task.episode];
        const task = encoder === undefined ? next.task : { ...next.task, encoder };
        begun.set(next.task, await counted<Verdicts>({ task }));
      }
    }
    const turns = Array.from({ length: options.threads }, (_, thread) => inTurn(thread));
    const [files] = await Promise.all([Promise.all(encoders), ...turns]);
    const found = tasks.map((task) => begun.get(task)!);
    return { verdicts: found, encoders: files };
  });
}

/** A task that no thread has begun. */
export interface Waiting {
  readonly task: Task;
  /** Name of the work that it shares with some others: a thread does it once if they follow each other. */
  readonly shares: string;
}

/**
 * The longest first, so that no thread waits at the end: those that ask encoders. Arms of codes share the codes of queries in all
 * episodes; others the episode, and what is hallucinated along one path.
 */
export function inOrder(
  tasks: readonly Task[],
  { pipelines }: Pick<EvaluationSettings, 'pipelines'>,
): Waiting[] {
  const armOf = ({ arm }: Task) => armNamed(arm, pipelines);
  return [...tasks]
    .sort((a, b) => Number(armOf(b).asksTeachers) - Number(armOf(a).asksTeachers))
    .map((task) => {
      const arm = armOf(task);
      return { task, shares: makesImages(arm) ? `${task.episode} ${arm.paths.join()}` : arm.name };
    });
}

/** The next task for a thread: one that goes on with its last one's work, else one that no other thread is at, else the first. */
export function nextOf(
  waiting: readonly Waiting[],
  running: readonly (string | undefined)[],
  thread: number,
): Waiting | undefined {
  return (
    waiting.find(({ shares }) => shares === running[thread]) ??
    waiting.find(({ shares }) => !running.includes(shares)) ??
    waiting[0]
  );
}
