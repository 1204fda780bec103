import { availableParallelism } from 'node:os';
import { stdout } from 'node:process';
import { Argument, Command, Option } from 'commander';
import { type ExhibitName, exhibitNames } from '../../../paper/reproduce/exhibits.js';
import { redraw } from '../../../paper/reproduce/redraw.js';
import { reproduce } from '../../../paper/reproduce/reproduce.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { backendFlag } from '../flags.js';
import { run } from '../run.js';
import { createTerminal, taskBars } from '../terminal.js';

interface ReproduceFlags {
  readonly quick?: true;
  readonly draw?: true;
  readonly out?: string;
  readonly work: string;
  readonly backend: BackendRequest;
  readonly force?: true;
  readonly extend?: true;
  readonly quiet?: true;
}

const OUT = 'paper/results';
const WORK = '.fewshot';

const namesOf = (what: ExhibitName | 'all') => (what === 'all' ? exhibitNames : [what]);
const folderOf = ({ out, quick }: ReproduceFlags) => out ?? (quick ? `${OUT}/quick` : OUT);
const print = (files: readonly string[]) => stdout.write(`${files.join('\n')}\n`);

async function reproduceAndPrint(
  what: ExhibitName | 'all',
  flags: ReproduceFlags,
  signal: AbortSignal,
): Promise<void> {
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const bars = taskBars(terminal);
  try {
    const files = await reproduce({
      names: namesOf(what),
      quick: flags.quick === true,
      out: folderOf(flags),
      work: flags.work,
      force: flags.force === true,
      extend: flags.extend === true,
      backend,
      workers: availableParallelism(),
      commandOf: (name) =>
        ['fewshot reproduce', name, ...(flags.quick ? ['--quick'] : []), '--backend', backend.name].join(' '),
      onProgress: bars.update,
      onKept: (file) => terminal.note(`${file} is there already and stays.`),
      signal,
    });
    bars.stop();
    print(files);
  } finally {
    bars.stop();
  }
}

/** `fewshot reproduce`: the tables and figures of the poster. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('train, measure and draw the tables and figures of the ATNL poster')
    .addArgument(new Argument('<what>', 'table or figure').choices([...exhibitNames, 'all']))
    .option('--quick', 'a small run that takes minutes; its figures are worse')
    .addOption(
      new Option('--draw', 'draw pictures and tables again from the results that are there').conflicts([
        'work',
        'backend',
        'force',
        'extend',
      ]),
    )
    .option('--out <folder>', `where results go (default: ${OUT}, with --quick ${OUT}/quick)`)
    .option('--work <folder>', 'where encoders and finished parts are kept, to go on from', WORK)
    .addOption(backendFlag())
    .option('--force', 'replace results that are there')
    .addOption(
      new Option('--extend', 'keep the rows of the table2 that is there and make those it lacks').conflicts(
        'force',
      ),
    )
    .option('--quiet', 'nothing but results and errors')
    .action((what: ExhibitName | 'all', flags: ReproduceFlags) =>
      flags.draw
        ? run(async () => {
            print(await redraw({ names: namesOf(what), out: folderOf(flags) }));
          }, 'Files are whole, old or new; the same command draws the rest.')
        : run(
            (signal) => reproduceAndPrint(what, flags, signal),
            'Encoders and finished parts are kept; the same command goes on from them.',
          ),
    );
}
