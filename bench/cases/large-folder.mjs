import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { said } from '../said.mjs';

const file = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const reportPeak = new URL('../reportPeak.mjs', import.meta.url).href;

/** Images of the larger folder, unless fewer are asked for; the smaller one has a tenth of them. */
const MOST = 200_000;

const commands = {
  inspect: (folder) => ['inspect', folder],
  augment: (folder, out) => [
    ...[
      'augment',
      '--data',
      folder,
      '--model',
      'mnist-plain',
      '--fit',
      'letterbox',
      '--skip-bad',
      '--out',
      out,
    ],
    ...['--per-class', '100', '--workers', '1', '--backend', 'wasm'],
  ],
};

/** Runs a command on a folder of so many images: its peak of resident memory in MB, and its seconds. */
export async function peakOf(command, images) {
  const work = await mkdtemp(join(tmpdir(), 'large-folder-'));
  try {
    const [folder, out] = [join(work, 'many'), join(work, 'out')];
    const make = [file('fixtures/manyImages.mjs'), folder, '--images', String(images)];
    const maker = spawn(process.execPath, make, { stdio: ['ignore', 'pipe', 'inherit'] });
    await said(maker, maker.stdout, make[0]);
    const args = [file('dist/cli/main.js'), ...commands[command](folder, out), '--no-config', '--no-cache'];
    const start = performance.now();
    const child = spawn(process.execPath, ['--import', reportPeak, ...args, '--quiet'], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    const peak = Number(await said(child, child.stdio[3], command));
    return { peak, seconds: (performance.now() - start) / 1000 };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Each command is a measurement of its own. */
export const parts = Object.keys(commands);

export default (command) => ({
  title: `${command} of a folder of tiny images: peak of resident memory beside that of a tenth of them`,
  /** One run, as such a folder takes a while to make. Peaks scatter by some tens of megabytes. */
  async measure({ name, images }) {
    const count = Math.min(images, MOST);
    const small = await peakOf(command, Math.round(count / 10));
    const large = await peakOf(command, count);
    const ratio = large.peak / small.peak;
    return [
      {
        ...{ name, backend: 'wasm', ours: large.peak, oursSpread: [large.peak, large.peak] },
        ...{ peer: 'a tenth', unit: 'MB', better: 'lower' },
        ...{ theirs: small.peak, theirsSpread: [small.peak, small.peak], ratio, ratioSpread: [ratio, ratio] },
        ...{ images: count, seconds: large.seconds },
      },
    ];
  },
});
