import type { EvaluationSettings } from './settings.js';
import { type Bench, prepare, runTask, type Task, trainEncoder, type Verdicts } from './trial.js';

let bench: Promise<Bench> | undefined;

/** Entry of a worker thread for tasks. The first task loads backend, data and models, which are kept for the next ones. */
export default async function work({
  task,
  settings,
}: {
  readonly task: Task;
  readonly settings: EvaluationSettings;
}): Promise<Verdicts> {
  bench ??= prepare(settings);
  return runTask(await bench, task, settings);
}

/** Entry for the encoder of an episode, under a protocol that trains one. */
export async function encoderOf({
  episode,
  settings,
}: {
  readonly episode: number;
  readonly settings: EvaluationSettings;
}): Promise<Uint8Array> {
  bench ??= prepare(settings);
  return trainEncoder(await bench, episode, settings);
}
