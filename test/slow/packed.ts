import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program to its end; what it printed, or an error where it failed. */
export const run = (command: string, args: readonly string[], cwd: string, env = process.env) =>
  execute(command, args, { cwd, env, maxBuffer: 1 << 26 });

/** Packs the package as it would be published; the path of the tarball in `folder`. */
export async function packInto(folder: string): Promise<string> {
  const { stdout } = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    repository,
  );
  return join(folder, JSON.parse(stdout)[0].filename);
}
