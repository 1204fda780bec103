import { decodeSafetensors } from '../models/safetensors.js';
import type { Findings } from '../node/images/findings.js';
import { workerFile } from '../node/packageFiles.js';
import { defaultThreads, withThreads } from '../node/threads.js';
import { makesImages } from './arms/arm.js';
import { armNamed } from './arms/arms.js';
import { protocols, trainsEncoder } from './protocols.js';
import type { EvaluationSettings } from './settings.js';
import type { Task, Verdicts } from './trial.js';
import type { Work } from './work.js';

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

/** What is found in one episode. */
export interface EpisodeVerdicts {
  /** By arm, in their order. */
  readonly verdicts: readonly Verdicts[];
  /** SHA-256 of the weights of its encoder; absent where one encoder serves all. */
  readonly encoder?: string;
}

/**
 * Starts threads that run episodes. Of an episode they train its encoder first, if the protocol says so. An arm in an episode is one
 * step of progress, and so is an encoder.
 */
export async function withEpisodeThreads<Result>(
  arms: readonly string[],
  settings: EvaluationSettings,
  { workers = defaultThreads(), signal }: EvaluateOptions,
  use: (run: Work<object, EpisodeVerdicts>['run']) => Promise<Result>,
): Promise<Result> {
  const trains = trainsEncoder(protocols[settings.protocol]);
  const threads = Math.min(workers, arms.length * settings.episodes);
  const stoppable = signal === undefined ? {} : { signal };
  return withThreads(workerFile('evaluate'), { threads, ...stoppable }, (run) =>
    use(async (episodes, { onValue, onProgress, threads: most = threads } = {}) => {
      const total = episodes.length * (arms.length + (trains ? 1 : 0));
      let done = 0;
      onProgress?.(done, total);
      async function counted<T>(work: object, entry?: string): Promise<T> {
        const found = await run<T>({ ...work, settings }, entry);
        onProgress?.(++done, total);
        return found;
      }
      const files = new Map<number, Promise<Uint8Array>>();
      if (trains) for (const episode of episodes) files.set(episode, counted({ episode }, 'encoderOf'));
      const finished = new Map(episodes.map((episode) => [episode, new Map<string, Verdicts>()]));
      const values = new Map<number, EpisodeVerdicts>();
      async function finish({ arm, episode }: Task, verdicts: Verdicts): Promise<void> {
        const own = finished.get(episode)!.set(arm, verdicts);
        if (own.size < arms.length) return;
        const file = await files.get(episode);
        const value = {
          verdicts: arms.map((name) => own.get(name)!),
          ...(file === undefined ? {} : { encoder: decodeSafetensors(file, 'encoder').metadata.sha256! }),
        };
        values.set(episode, value);
        await onValue?.(episode, value);
      }
      const tasks = episodes.flatMap((episode) => arms.map((arm): Task => ({ arm, episode })));
      const waiting = inOrder(tasks, settings);
      const running: (string | undefined)[] = [];
      async function inTurn(thread: number): Promise<void> {
        for (;;) {
          const next = nextOf(waiting, running, thread);
          if (next === undefined) return;
          waiting.splice(waiting.indexOf(next), 1);
          running[thread] = next.shares;
          const encoder = await files.get(next.task.episode);
          const task = encoder === undefined ? next.task : { ...next.task, encoder };
          await finish(next.task, await counted<Verdicts>({ task }));
        }
      }
      await Promise.all([...files.values(), ...Array.from({ length: most }, (_, thread) => inTurn(thread))]);
      return episodes.map((episode) => values.get(episode)!);
    }),
  );
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
