import { readPlan, writePart } from './outFolder.js';
import { openWorkshop, type Workshop } from './workshop.js';

/** What a worker thread is asked for: one task of the run that `out` holds the plan of. */
export interface WorkerTask {
  readonly out: string;
  readonly task: number;
  readonly batchSize: number;
}

let workshop: Promise<Workshop> | undefined;

/** Entry of a worker thread: makes the files of a task, then notes their lines, so that the task counts as done. */
export default async function work({ out, task, batchSize }: WorkerTask): Promise<void> {
  workshop ??= readPlan(out).then((plan) => openWorkshop(plan, batchSize));
  const entries = await (await workshop).make(task, out);
  await writePart(out, task, entries);
}
