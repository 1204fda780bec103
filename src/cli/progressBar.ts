import { type Bar, duration, type Terminal } from './terminal.js';

const FORMAT = '|{bar}| {value}/{total} images · {detail}';

/** A bar for images, with their speed and the time left, both reckoned from the state of its first update. */
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
