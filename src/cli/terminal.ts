import { stderr, stdout } from 'node:process';
import { SingleBar } from 'cli-progress';

/** Notes and bars on stderr. Only results go to stdout. */
export interface Terminal {
  note(line: string): void;
  /** Starts a bar of `total` steps; silent off a terminal. */
  bar(total: number, format: string): Bar;
}

/** A progress bar. */
export interface Bar {
  update(done: number, payload?: Record<string, string>): void;
  stop(): void;
}

const silentBar: Bar = { update: () => undefined, stop: () => undefined };

/** Terminal of a command. `quiet` drops notes and bars. */
export function createTerminal(quiet: boolean): Terminal {
  return {
    note: (line) => {
      if (!quiet) stderr.write(`${line}\n`);
    },
    bar(total, format) {
      if (quiet || !stderr.isTTY) return silentBar;
      const bar = new SingleBar({ format, stream: stderr, hideCursor: true, barsize: 16, etaBuffer: 50 });
      bar.start(total, 0, { detail: '' });
      return { update: (done, payload) => bar.update(done, payload), stop: () => bar.stop() };
    },
  };
}

/** A bar that starts once the number of its steps is known. */
export function laterBar(terminal: Terminal, format: string) {
  let bar: Bar | undefined;
  return {
    update(done: number, total: number) {
      bar ??= terminal.bar(total, format);
      bar.update(done);
    },
    stop: () => bar?.stop(),
  };
}

/** True if stdout takes colors: a terminal, and no NO_COLOR (https://no-color.org). */
export function colored(): boolean {
  return stdout.isTTY === true && !process.env.NO_COLOR;
}

/** `1 min 20 s`, `45 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const FORMAT = '|{bar}| {value}/{total} images · {detail}';

/** A bar for images, with their speed and the time left, both measured from its first update. */
export function progressBar(terminal: Terminal, name: string) {
  let begun: { readonly bar: Bar; readonly time: number; readonly done: number } | undefined;
  return {
    update(done: number, total: number) {
      begun ??= { bar: terminal.bar(total, `${name} ${FORMAT}`), time: performance.now(), done };
      const rate = (done - begun.done) / ((performance.now() - begun.time) / 1000);
      const speed = `${Math.round(rate).toLocaleString('en')} images/s`;
      begun.bar.update(done, {
        detail: rate > 0 ? `${speed} · ${duration((total - done) / rate)} left` : '',
      });
    },
    stop: () => begun?.bar.stop(),
  };
}

const BAR = '{detail} |{bar}| {percentage} %';

/** Progress of one task after another: on a terminal a bar for each, elsewhere a line when one is done. */
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
