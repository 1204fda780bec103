import type { MadeTask } from './augmentation.js';
import { readPlan, writePart } from './outFolder.js';
import { openWorkshop, type Workshop, type WorkshopTask, writeInto } from './workshop.js';

let workshop: Promise<Workshop> | undefined;

const open = ({ out, batchSize }: WorkshopTask) => {
  workshop ??= readPlan(out).then((plan) => openWorkshop(plan, batchSize));
  return workshop;
};

/** Entry of a worker thread: makes the files of a task, then writes their lines, so that the task counts as done. */
export default async function work(asked: WorkshopTask): Promise<void> {
  const { out, task } = asked;
  const entries = await (await open(asked)).make(task, writeInto(out));
  await writePart(out, task, entries);
}

/** Entry of a worker thread: makes the files of a task, and returns them with their lines. */
export async function value(asked: WorkshopTask): Promise<MadeTask> {
  const files = new Map<string, string>();
  const entries = await (await open(asked)).make(asked.task, async (path, png) => {
    files.set(path, Buffer.from(png).toString('base64'));
  });
  return { entries, files: entries.map(({ path }) => files.get(path)!) };
}
