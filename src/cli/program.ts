import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, platform } from 'node:process';
import { Command, CommanderError } from 'commander';
import { version } from '../core/version.js';
import type { CommandModule } from './command.js';
import { report, USAGE } from './run.js';

/** A command as the list of all shows it. Its module is loaded when the command is called, or its help. */
interface Listed {
  readonly name: string;
  /** As the usage line shows it. */
  readonly argument?: string;
  readonly description: string;
  /** True if it reads a config. */
  readonly reads?: true;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

const commands: readonly Listed[] = [
  {
    name: 'init',
    argument: '[data]',
    description: 'look at your images, propose settings for them, and write these to fewshot.config.json',
    load: () => import('./commands/init.js'),
  },
  {
    name: 'inspect',
    argument: '[data]',
    description:
      'count and check images: classes, sizes, broken and duplicate files, test images seen in training',
    reads: true,
    load: () => import('./commands/inspect.js'),
  },
  {
    name: 'augment',
    description: 'write hallucinated images as PNG files, with a manifest to make each again',
    reads: true,
    load: () => import('./commands/augment.js'),
  },
  {
    name: 'eval',
    description: 'compare augmentation arms on few-shot episodes',
    reads: true,
    load: () => import('./commands/eval.js'),
  },
  {
    name: 'sweep',
    argument: '<file>',
    description: 'evaluate each combination of encoders, arms, seeds and other settings in a file',
    load: () => import('./commands/sweep.js'),
  },
  {
    name: 'merge',
    argument: '<parts...>',
    description: 'join the shards of a command to the result that one machine would have made',
    load: () => import('./commands/merge.js'),
  },
  {
    name: 'worker',
    description: 'do jobs that commands with --queue submit, on any number of machines',
    load: () => import('./commands/worker.js'),
  },
  {
    name: 'train',
    description: 'train an autoencoder and write a model file with its card',
    reads: true,
    load: () => import('./commands/train.js'),
  },
  {
    name: 'interpolate',
    description: 'draw what a model makes of the ways between two images, a pair and path a row, as a PNG',
    reads: true,
    load: () => import('./commands/interpolate.js'),
  },
  {
    name: 'embed',
    description: 'lay out codes of test images by t-SNE or UMAP: JSON, a picture, and in 3-D a page',
    reads: true,
    load: () => import('./commands/embed.js'),
  },
  {
    name: 'quality',
    description: 'measure how good hallucinated images are, beside real ones',
    load: () => import('./commands/quality.js'),
  },
  {
    name: 'report',
    description: 'write one HTML page: data, encoder, hallucinations, accuracy with and without, advice',
    reads: true,
    load: () => import('./commands/report.js'),
  },
  {
    name: 'reproduce',
    argument: '<what>',
    description: 'train, measure and draw the tables and figures of the ATNL poster',
    load: () => import('./commands/reproduce.js'),
  },
  {
    name: 'preview',
    description: 'draw real images (left) beside hallucinated ones (right), a class a row, as a PNG',
    load: () => import('./commands/preview.js'),
  },
  {
    name: 'info',
    argument: '[model]',
    description: 'which backend is active and why, versions, threads; or what a model is',
    load: () => import('./commands/info.js'),
  },
];

const HELP = '(fewshot help <command> lists the options)';

/** The program with the flags that go before or behind any command. */
function bareProgram(): Command {
  return new Command('fewshot')
    .description(
      'Few-shot augmentation on the unit sphere: hallucinate images with a pretrained ATNL encoder.',
    )
    .version(version)
    .option('--config <file>', 'settings to begin with (default: fewshot.config.json where there is one)')
    .option('--no-config', 'read none')
    .option('--no-cache', 'unpack images anew, and keep nothing of them for other runs')
    .showHelpAfterError(HELP)
    .exitOverride();
}

/** Name of the command that is called, or whose help is asked for. */
function commandIn(argv: readonly string[]): string | undefined {
  const silent = { writeOut() {}, writeErr() {}, outputError() {} };
  try {
    const { operands } = bareProgram()
      .configureOutput(silent)
      .parseOptions([...argv]);
    return operands[0] === 'help' ? operands[1] : operands[0];
  } catch {
    // A version that is asked for, or a mistake: the program itself answers.
    return undefined;
  }
}

interface Prepared {
  readonly program: Command;
  /** Exit code of the command, once it has ended. */
  readonly code: () => number;
}

/** The program, with all of the command that is called and the names of the others. */
async function prepare(argv: readonly string[]): Promise<Prepared> {
  const program = bareProgram();
  const called = commandIn(argv);
  let code = 0;
  const usage = new Map(commands.map(({ name, argument }) => [name, `${name} [options] ${argument ?? ''}`]));
  program.configureHelp({
    subcommandTerm: (command) =>
      (usage.get(command.name()) ?? `${command.name()} ${command.usage()}`).trimEnd(),
  });
  for (const { name, description, reads = false, load } of commands) {
    const command = new Command(name).description(description).showHelpAfterError(HELP).exitOverride();
    program.addCommand(command.configureHelp({ showGlobalOptions: reads }));
    if (name !== called) continue;
    const { command: module } = await load();
    module.addTo(command, (ended) => {
      code = ended;
    });
    command.hook('preAction', async () => {
      const { cache, config } = program.opts();
      useCache(cache);
      // All options of all commands take longer to load than a small command takes.
      if (!reads && typeof config !== 'string') return;
      const { useConfig } = await import('./useConfig.js');
      await useConfig(command, module.table, config, reads);
    });
  }
  return { program, code: () => code };
}

/** Names the folder for unpacked images to this process and its threads; none under `--no-cache`. */
function useCache(wanted: boolean): void {
  env.FEWSHOT_CACHE = wanted ? (env.FEWSHOT_CACHE ?? join(systemCache(), 'fewshot-atnl')) : '';
}

/** Folder of the system for such files. */
function systemCache(): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache');
}

/**
 * Runs the command line to its end, and leaves the process running.
 *
 * @param argv words behind the name of the program
 * @returns the exit code: 0, 1 for a failure, 2 for a wrong request, 130 for an interruption
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const cache = env.FEWSHOT_CACHE;
  try {
    const { program, code } = await prepare(argv);
    await program.parseAsync([...argv], { from: 'user' });
    return code();
  } catch (error) {
    // Commander has written its message. It calls a wrong command line 1, which is a failure here.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    return report(error);
  } finally {
    if (cache === undefined) delete env.FEWSHOT_CACHE;
    else env.FEWSHOT_CACHE = cache;
  }
}
