import { execFileSync } from 'node:child_process';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageFolder, resolvePackage } from '../../src/node/packageFiles.js';
import { bundle } from './bundle.js';
import { ownFolder } from './folder.js';

const root = dirname(fileURLToPath(new URL('../../package.json', import.meta.url)));
const at = ownFolder();

describe('packageFolder', () => {
  it('is above this file', () => {
    expect(packageFolder()).toBe(root);
  });
});

describe('resolvePackage', () => {
  it('finds a file of a dependency', () => {
    expect(resolvePackage('rxjs/package.json')).toMatch(/rxjs[/\\]package\.json$/);
  });

  it('is undefined for a package that is not installed', () => {
    expect(resolvePackage('not-installed-at-all/package.json')).toBeUndefined();
  });
});

describe('in a CommonJS bundle, which has no import.meta.url', () => {
  /** Evaluates an expression with the exports of the bundle, in a folder. */
  async function evaluated(expression: string, folder: string): Promise<unknown> {
    const file = await bundle(new URL('../../src/node/packageFiles.ts', import.meta.url), at('bundle'), {
      'import.meta.url': 'undefined',
    });
    const program = `import { packageFolder, resolvePackage, workerFile } from ${JSON.stringify(pathToFileURL(file).href)};
      let found;
      try { found = ${expression}; } catch ({ name, message }) { found = { name, message }; }
      console.log(JSON.stringify(found ?? null));`;
    const args = ['--input-type=module', '--eval', program];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }));
  }

  it('packageFolder is in the node_modules of the current folder or one above', async () => {
    const installed = at('node_modules', 'fewshot-atnl');
    await mkdir(join(installed, 'dist', 'workers'), { recursive: true });
    await mkdir(at('below'));
    await writeFile(join(installed, 'package.json'), '{ "name": "fewshot-atnl" }');
    await writeFile(join(installed, 'dist', 'workers', 'augment.js'), '');
    expect(await evaluated('packageFolder()', at('below'))).toBe(await realpath(installed));
    expect(await evaluated("workerFile('augment').href", at('below'))).toBe(
      pathToFileURL(join(await realpath(installed), 'dist', 'workers', 'augment.js')).href,
    );
  });

  it('packageFolder is the current folder or one above, where that is this package', async () => {
    await mkdir(at('below'));
    await writeFile(at('package.json'), '{ "name": "fewshot-atnl" }');
    expect(await evaluated('packageFolder()', at('below'))).toBe(await realpath(at('')));
  });

  it('packageFolder is undefined where the package is not installed, and worker threads are refused', async () => {
    await mkdir(at('below'));
    expect(await evaluated('packageFolder()', at('below'))).toBeNull();
    expect(await evaluated("workerFile('augment')", at('below'))).toEqual({
      name: 'UsageError',
      message: 'the files of worker threads are not found',
    });
  });
});
