import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { preview } from 'vite';
import { expect } from 'vitest';

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

/** A copy of an example in `folder`, outside the repository, with the packed package. */
export async function installExample(name: string, folder: string, tarball: string): Promise<string> {
  const project = join(folder, name);
  await cp(join(repository, 'examples', name), project, {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist)$/.test(path),
  });
  await run('npm', ['install', '--no-audit', '--no-fund', tarball], project);
  return project;
}

/** Checks the types of an example's page, builds it, and serves it from a folder of the server, since it may lie in any. */
export async function servePage(project: string) {
  await run('npx', ['tsc', '--noEmit'], project);
  const vite = join(project, 'node_modules', '.bin', 'vite');
  const { stdout, stderr } = await run(vite, ['build', '--outDir', 'served/page'], project);
  expect(stdout).toContain('built in');
  expect(stderr).toBe('');
  const server = await preview({
    root: project,
    configFile: false,
    logLevel: 'error',
    build: { outDir: 'served' },
    preview: { host: '127.0.0.1', port: 0 },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/page/`, close: () => server.close() };
}
