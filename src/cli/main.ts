#!/usr/bin/env node
import { Command } from 'commander';
import { version } from '../core/version.js';
import { augmentCommand } from './commands/augment.js';
import { embedCommand } from './commands/embed.js';
import { evalCommand } from './commands/eval.js';
import { infoCommand } from './commands/info.js';
import { initCommand } from './commands/init.js';
import { inspectCommand } from './commands/inspect.js';
import { interpolateCommand } from './commands/interpolate.js';
import { previewCommand } from './commands/preview.js';
import { qualityCommand } from './commands/quality.js';
import { reportCommand } from './commands/report.js';
import { reproduceCommand } from './commands/reproduce.js';
import { trainCommand } from './commands/train.js';
import { report } from './run.js';
import { addCacheFlag, addConfigFlags, readsConfig, useCache, useConfig } from './useConfig.js';

const USAGE = 2;

const program = new Command('fewshot')
  .description('Few-shot augmentation on the unit sphere: hallucinate images with a pretrained ATNL encoder.')
  .version(version)
  .showHelpAfterError('(fewshot help <command> lists the options)');

addCacheFlag(addConfigFlags(program)).hook('preAction', (_, command) => {
  useCache(program.getOptionValue('cache') as boolean);
  return useConfig(command, program.getOptionValue('config')).catch((error) => process.exit(report(error)));
});

for (const command of [
  initCommand(),
  inspectCommand(),
  augmentCommand(),
  evalCommand(),
  trainCommand(),
  interpolateCommand(),
  embedCommand(),
  qualityCommand(),
  reportCommand(),
  reproduceCommand(),
  previewCommand(),
  infoCommand(),
]) {
  program.addCommand(command.showHelpAfterError('(fewshot help <command> lists the options)'));
  if (readsConfig(command)) command.configureHelp({ showGlobalOptions: true });
}

// Commander leaves with 1 for a wrong command line; 2 is the custom, and 1 is a failure here.
for (const command of [program, ...program.commands]) {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));
}

await program.parseAsync();
