import { readPlan, writePart } from './outFolder.js';
import { openWorkshop, type Workshop, type WorkshopTask } from './workshop.js';

let workshop: Promise<Workshop> | undefined;

/** Entry of a worker thread: makes the files of a task, then writes their lines, so that the task counts as done. */
export default async function work({ out, task, batchSize }: WorkshopTask): Promise<void> {
  workshop ??= readPlan(out).then((plan) => openWorkshop(plan, batchSize));
  const entries = await (await workshop).make(task, out);
  await writePart(out, task, entries);
}
