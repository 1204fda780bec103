import { Command, CommanderError } from 'commander';
import { version } from '../core/version.js';
import { report, USAGE } from './run.js';

/** A command as the list of all shows it. Its module is loaded when the command is called, or its help. */
interface Listed {
  readonly name: string;
  /** As the usage line shows it. */
  readonly argument?: string;
  readonly description: string;
  readonly load: () => Promise<Command>;
}

const commands: readonly Listed[] = [
  {
    name: 'init',
    argument: '[data]',
    description: 'look at your images, propose settings for them, and write these to fewshot.config.json',
    load: async () => (await import('./commands/init.js')).initCommand(),
  },
  {
    name: 'inspect',
    argument: '[data]',
    description:
      'count and check images: classes, sizes, broken and duplicate files, test images seen in training',
    load: async () => (await import('./commands/inspect.js')).inspectCommand(),
  },
  {
    name: 'augment',
    description: 'write hallucinated images as PNG files, with a manifest to make each again',
    load: async () => (await import('./commands/augment.js')).augmentCommand(),
  },
  {
    name: 'eval',
    description: 'compare augmentation arms on few-shot episodes',
    load: async () => (await import('./commands/eval.js')).evalCommand(),
  },
  {
    name: 'train',
    description: 'train an autoencoder and write a model file with its card',
    load: async () => (await import('./commands/train.js')).trainCommand(),
  },
  {
    name: 'interpolate',
    description: 'draw what a model makes of the ways between two images, a pair and path a row, as a PNG',
    load: async () => (await import('./commands/interpolate.js')).interpolateCommand(),
  },
  {
    name: 'embed',
    description: 'lay out codes of test images by t-SNE or UMAP: JSON, a picture, and in 3-D a page',
    load: async () => (await import('./commands/embed.js')).embedCommand(),
  },
  {
    name: 'quality',
    description: 'measure how good hallucinated images are, beside real ones',
    load: async () => (await import('./commands/quality.js')).qualityCommand(),
  },
  {
    name: 'report',
    description: 'write one HTML page: data, encoder, hallucinations, accuracy with and without, advice',
    load: async () => (await import('./commands/report.js')).reportCommand(),
  },
  {
    name: 'reproduce',
    argument: '<what>',
    description: 'train, measure and draw the tables and figures of the ATNL poster',
    load: async () => (await import('./commands/reproduce.js')).reproduceCommand(),
  },
  {
    name: 'preview',
    description: 'draw real images (left) beside hallucinated ones (right), a class a row, as a PNG',
    load: async () => (await import('./commands/preview.js')).previewCommand(),
  },
  {
    name: 'info',
    description: 'which backend is active and why, versions, threads',
    load: async () => (await import('./commands/info.js')).infoCommand(),
  },
];

/** Commands that read a config. */
const readers = ['inspect', 'train', 'augment', 'eval', 'embed', 'interpolate', 'report'];

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
  const { operands } = bareProgram()
    .configureOutput({ outputError: () => undefined })
    .parseOptions([...argv]);
  return operands[0] === 'help' ? operands[1] : operands[0];
}

/** The program, with all of the command that is called and the names of the others. */
async function programFor(argv: readonly string[]): Promise<Command> {
  const program = bareProgram();
  const called = commandIn(argv);
  const usage = new Map(commands.map(({ name, argument }) => [name, `${name} [options] ${argument ?? ''}`]));
  program.configureHelp({
    subcommandTerm: (command) =>
      (usage.get(command.name()) ?? `${command.name()} ${command.usage()}`).trimEnd(),
  });
  for (const { name, description, load } of commands) {
    const command = name === called ? await load() : new Command(name).description(description);
    program.addCommand(command.description(description).showHelpAfterError(HELP).exitOverride());
    command.configureHelp({ showGlobalOptions: readers.includes(name) });
  }
  return program.hook('preAction', async (_, command) => {
    const { useCache, useConfig } = await import('./useConfig.js');
    useCache(program.getOptionValue('cache') as boolean);
    await useConfig(command, program.getOptionValue('config'), readers.includes(command.name()));
  });
}

/**
 * Runs the command line. Everything but the end of the process is done: output is written, and nothing more happens.
 *
 * @param argv words behind the name of the program
 * @returns the exit code: 0, 1 for a failure, 2 for a wrong request, 130 for an interruption
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const before = { code: process.exitCode, cache: process.env.FEWSHOT_CACHE };
  try {
    process.exitCode = undefined;
    const program = await programFor(argv);
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has written its message. It calls a wrong command line 1, which is a failure here.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    return report(error);
  } finally {
    process.exitCode = before.code;
    if (before.cache === undefined) delete process.env.FEWSHOT_CACHE;
    else process.env.FEWSHOT_CACHE = before.cache;
  }
}
