/** Installs what we are measured against into .peers/, a Python environment of its own: `npm run bench:peers`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const environment = join(root, '.peers');
const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const requirements = join(root, 'bench', 'requirements.txt');
const stamp = join(environment, 'installed.txt');

/** ONNX Runtime. Its installation downloads CUDA unless it is told not to. */
const onnxRuntime = 'onnxruntime-node@1.30.0';
process.env.ONNXRUNTIME_NODE_INSTALL = 'skip';

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`peers: ${error?.message ?? `${command} ${args.join(' ')} ended with ${status}`}`);
  process.exit(1);
}

const wanted = `${readFileSync(requirements, 'utf8')}${onnxRuntime}\n`;
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
  console.log('peers: installed already');
} else {
  run('python3', '-m', 'venv', environment);
  run(python, '-m', 'pip', 'install', '--quiet', '--requirement', requirements);
  run('npm', 'install', '--prefix', environment, '--no-audit', '--no-fund', onnxRuntime);
  // Written last, so that an installation that was cut off is not taken for a whole one.
  writeFileSync(stamp, wanted);
  console.log('peers: installed');
}
