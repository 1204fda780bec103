import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { type BackendRequest, backendNames, describeBackend, selectBackend } from '../backend/index.js';
import { version } from '../version.js';
import { run } from './run.js';

/** `fewshot info`: which backend computes here, and why. */
export function infoCommand(): Command {
  return new Command('info')
    .description('which backend is active and why, versions, threads')
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend')
        .choices(['auto', ...backendNames])
        .default('auto'),
    )
    .action(({ backend }: { backend: BackendRequest }) =>
      run(async () => {
        const lines = describeBackend(await selectBackend(backend));
        stdout.write(`${[`fewshot-atnl ${version}`, ...lines].join('\n')}\n`);
      }, 'Nothing was written.'),
    );
}
