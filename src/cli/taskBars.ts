import { type Bar, duration, type Terminal } from './terminal.js';

const BAR = '{detail} |{bar}| {percentage} %';

/** Progress of one task after another: a bar for each on a terminal, and off it a line when one is done. */
export function taskBars(terminal: Terminal) {
  let shown: { readonly task: string; readonly since: number; readonly bar: Bar } | undefined;
  return {
    update(task: string, done: number, total: number) {
      if (task !== shown?.task) {
        shown?.bar.stop();
        if (shown !== undefined && !process.stderr.isTTY) {
          terminal.note(`${shown.task}: ${duration((performance.now() - shown.since) / 1000)}`);
        }
        shown = { task, since: performance.now(), bar: terminal.bar(total, BAR) };
      }
      shown.bar.update(done, { detail: task });
    },
    stop: () => shown?.bar.stop(),
  };
}
