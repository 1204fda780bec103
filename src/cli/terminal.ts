import { stderr, stdout } from 'node:process';
import { SingleBar } from 'cli-progress';

/** What a command says on stderr: notes, and a bar on a terminal. Results alone go to stdout. */
export interface Terminal {
  note(line: string): void;
  /** Starts a bar of `total` steps; silent off a terminal. */
  bar(total: number, format: string): Bar;
}

export interface Bar {
  update(done: number, payload?: Record<string, string>): void;
  stop(): void;
}

const silentBar: Bar = { update: () => undefined, stop: () => undefined };

/** `quiet` drops notes and bars; errors are not its business. */
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

/** A bar that starts when the number of its steps is known. */
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

/** Whether stdout takes colours: a terminal, and no NO_COLOR (https://no-color.org). */
export function coloured(): boolean {
  return stdout.isTTY === true && !process.env.NO_COLOR;
}

/** `1 min 20 s`, `45 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
