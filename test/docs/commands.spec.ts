import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CommandModule } from '../../src/cli/command.js';
import { codeBlocks, pages, prose, read, repository } from './markdown.js';

interface Line {
  readonly place: string;
  readonly text: string;
  /** Named in a sentence, where required options may be left out. */
  readonly inText: boolean;
}

/** The scripts that `npm run` knows at the root, and in the folder of the example that a page is about. */
function scriptsAt(place: string): string[] {
  const example = /^examples\/[^/]+\//.exec(place)?.[0];
  const folders = example === undefined ? [''] : ['', example];
  return folders.flatMap((folder) => Object.keys(JSON.parse(read(`${folder}package.json`)).scripts ?? {}));
}
/** What npm does by itself. */
const npmCommands = ['ci', 'init', 'install', 'ls', 'pkg', 'publish', 'test'];
const helpful = ['help', '--help', '--version'];

/** Commands in code blocks, with lines that go on after a backslash joined, and those in `code` of sentences. */
function commandLines(file: string): Line[] {
  const inBlocks = codeBlocks(file)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ line, code }) => {
      const joined = code.replace(/\\\n\s*/g, ' ').split('\n');
      return joined.map((text) => ({ place: `${file}:${line}`, text, inText: false }));
    });
  const inText = prose(file).flatMap((line, i) =>
    [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => ({
      place: `${file}:${i + 1}`,
      text: text!,
      inText: true,
    })),
  );
  return [...inBlocks, ...inText];
}

const lines = pages().flatMap(commandLines);
const prefix = /^(?:\w+=\S+ )*(?:npx )?fewshot(?= |$)/;
const fewshotLines = lines.filter(({ text }) => prefix.test(text));

/** Every command of `src/cli/commands`, parsing only. */
async function parsers(): Promise<Map<string, () => Command>> {
  const found = new Map<string, () => Command>();
  for (const file of readdirSync(join(repository, 'src/cli/commands'))) {
    const name = basename(file, '.ts');
    const { command }: { command: CommandModule } = await import(join(repository, 'src/cli/commands', file));
    found.set(name, () => {
      const parser = new Command(name).exitOverride().configureOutput({ writeErr() {}, writeOut() {} });
      command.addTo(parser, () => {});
      return parser.action(() => {});
    });
  }
  return found;
}

describe('commands on pages', () => {
  let commands: Map<string, () => Command>;
  beforeAll(async () => {
    commands = await parsers();
  });

  function faultOf({ text, inText }: Pick<Line, 'text' | 'inText'>): string | undefined {
    const [name, ...args] = text
      .replace(prefix, '')
      .replace(/\s+#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (name === undefined || (helpful.includes(name) && args.every((arg) => commands.has(arg)))) return;
    const make = commands.get(name);
    if (make === undefined) return `there is no command ${name}`;
    try {
      make().parse(args, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      const partial =
        [
          'commander.missingMandatoryOptionValue',
          'commander.optionMissingArgument',
          'commander.missingArgument',
        ].includes(error.code) ||
        (error.code === 'commander.invalidArgument' && /\b[A-Z]\b/.test(text));
      if (!inText || !partial) return error.message;
    }
    return;
  }

  it('are registered in the program', () => {
    expect([...commands.keys()].sort()).toEqual([
      'augment',
      'embed',
      'eval',
      'info',
      'init',
      'inspect',
      'interpolate',
      'merge',
      'preview',
      'quality',
      'report',
      'reproduce',
      'sweep',
      'train',
      'worker',
    ]);
    const program = read('src/cli/program.ts');
    for (const name of commands.keys()) expect(program).toContain(`./commands/${name}.js`);
  });

  it('exist, and so do their options', () => {
    const faults = fewshotLines.flatMap((line) => {
      const fault = faultOf(line);
      return fault === undefined ? [] : [`${line.place}: ${line.text}: ${fault}`];
    });
    expect(faults).toEqual([]);
    expect(fewshotLines.length).toBeGreaterThan(10);
  });

  it('that are wrong are found', () => {
    const inText = false;
    expect(faultOf({ text: 'npx fewshot bake', inText })).toMatch('no command bake');
    expect(faultOf({ text: 'fewshot eval --shot 5', inText })).toMatch("unknown option '--shot'");
    expect(faultOf({ text: 'fewshot info --backend abacus', inText })).toMatch('abacus');
    expect(faultOf({ text: 'fewshot augment', inText })).toMatch('--out');
    expect(faultOf({ text: 'fewshot augment', inText: true })).toBeUndefined();
    expect(faultOf({ text: 'fewshot help eval', inText })).toBeUndefined();
  });

  it('of npm are scripts of this package, or of the example that the page is about', () => {
    const unknown = lines.flatMap(({ place, text }) => {
      const [, command, script] = /^npm (\S+)(?: (\S+))?/.exec(text) ?? [];
      if (command === undefined || npmCommands.includes(command)) return [];
      return command === 'run' && scriptsAt(place).includes(script!) ? [] : [`${place}: ${text}`];
    });
    expect(unknown).toEqual([]);
  });

  it('of node run files that are there', () => {
    const files = lines.flatMap(({ text }) => /^node ((?:scripts|bench)\/\S+)/.exec(text)?.[1] ?? []);
    for (const file of files) expect(() => read(file)).not.toThrow();
  });
});
