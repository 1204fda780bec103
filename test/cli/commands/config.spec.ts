import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandModule } from '../../../src/cli/command.js';
import { command as augment } from '../../../src/cli/commands/augment.js';
import { command as embed } from '../../../src/cli/commands/embed.js';
import { command as evaluation } from '../../../src/cli/commands/eval.js';
import { command as inspect } from '../../../src/cli/commands/inspect.js';
import { command as interpolate } from '../../../src/cli/commands/interpolate.js';
import { command as report } from '../../../src/cli/commands/report.js';
import { command as train } from '../../../src/cli/commands/train.js';
import { configParts, configSchema, parseConfig } from '../../../src/cli/config.js';
import { useConfig } from '../../../src/cli/useConfig.js';
import { UsageError } from '../../../src/core/errors.js';
import { codeBlocks } from '../../docs/markdown.js';
import { fewshot } from '../fewshot.js';

const schema = 'fewshot.config/1';
const bytes = (text: string) => new TextEncoder().encode(text);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A file with that config, in a folder of its own. */
async function configOf(content: object): Promise<string> {
  const file = join(await mkdtemp(join(folder, 'config-')), 'some.json');
  await writeFile(file, JSON.stringify({ schema, ...content }));
  return file;
}

/** A command that has parsed its words, and does nothing. */
function parsed({ table, addTo }: CommandModule, ...args: string[]): Command {
  const command = new Command(table.name).exitOverride().configureOutput({ writeErr() {}, writeOut() {} });
  addTo(command, () => {});
  return command.action(() => {}).parse(args, { from: 'user' });
}

/** Values of a command's options, given a config and a command line. */
async function told(
  module: CommandModule,
  content: object,
  ...args: string[]
): Promise<Record<string, unknown>> {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const command = parsed(module, ...args);
  await useConfig(command, module.table, await configOf(content));
  return command.opts();
}

describe('a config', () => {
  it('gives way to the command line, and goes before defaults', async () => {
    const config = {
      data: 'mnist',
      seed: 7,
      backend: 'wasm',
      train: { epochs: 3, batchSize: 16, warp: false },
    };
    expect(await told(train, config, '--epochs', '9', '--backend', 'auto')).toMatchObject({
      ...{ data: 'mnist', seed: 7, backend: 'auto', epochs: 9, batchSize: 16, warp: false, composed: 0 },
    });
    expect(await told(train, config, '--warp', '--seed', '1')).toMatchObject({
      seed: 1,
      warp: true,
    });
    expect(await told(evaluation, { eval: { queries: 'all', arms: ['none'], mix: 0 } })).toMatchObject({
      ...{ queries: 'all', arms: ['none'], mix: 0, k: 1, data: 'mnist' },
    });
  });

  it('tells how classes are folders, and where runs are, from its own folder', async () => {
    const settings = { eval: { levels: 2, within: true, runs: 'all_runs' } };
    const found = await told(evaluation, settings, '--levels', '3');
    expect(found).toMatchObject({ levels: 3, within: true });
    expect(found.runs).toMatch(/config-.*[/\\]all_runs$/);
    expect(await told(evaluation, settings)).toMatchObject({ levels: 2 });
  });

  it('gives each command what it knows of what they share, and its own part', async () => {
    const config = {
      ...{ data: 'glyphs', fit: 'crop', skipBad: true, seed: 2, backend: 'cpu', model: 'glyphs' },
      ...{ train: { latent: 8 }, augment: { perClass: 3 }, eval: { perClass: 4 } },
    };
    const shared = { data: 'glyphs', fit: 'crop', skipBad: true, seed: 2, backend: 'cpu', model: 'glyphs' };
    const { model: _, ...withoutModel } = shared;
    expect(await told(train, config)).toMatchObject({ ...withoutModel, latent: 8 });
    const augmented = await told(augment, config, '--out', 'more');
    expect(augmented).toMatchObject({ ...shared, perClass: 3 });
    expect(augmented).not.toHaveProperty('latent');
    expect(await told(evaluation, config)).toMatchObject({ ...shared, perClass: 4 });
    expect(await told(embed, config, '--out', 'e.json')).toMatchObject(shared);
    expect(await told(interpolate, config)).toMatchObject(shared);
    expect(await told(inspect, config)).toEqual({ data: 'glyphs' });
  });

  it('tells a report what it says of evaluations, unless one is given', async () => {
    const config = { data: 'photos', eval: { shots: 3, episodes: 9, k: 2 } };
    const { shots, episodes, ...rest } = await told(report, config, '--episodes', '7');
    expect([shots, episodes]).toEqual([3, 7]);
    expect(rest).not.toHaveProperty('k');
    const given = await told(report, config, '--evaluation', 'evaluation.json');
    expect(given).not.toHaveProperty('shots');
  });

  it('has paths relative to its folder, and names that stay names', async () => {
    const file = await configOf({
      ...{ data: 'photos', model: './own.safetensors' },
      ...{ train: { from: 'mnist', out: 'own.safetensors' } },
    });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const command = parsed(train);
    await useConfig(command, train.table, file);
    const at = (name: string) => join(file, '..', name);
    expect(command.opts()).toMatchObject({ data: at('photos'), from: 'mnist', out: at('own.safetensors') });
    const other = parsed(embed, '--out', 'e.json');
    await useConfig(other, embed.table, file);
    expect(other.opts()).toMatchObject({ data: at('photos'), model: at('own.safetensors') });
    expect(await told(embed, { data: '/photos' }, '--out', 'e')).toMatchObject({ data: '/photos' });
  });

  it('is for its images: with a data set by name, seed and backend alone are taken', async () => {
    const config = { data: 'photos', fit: 'crop', seed: 5, model: 'glyphs', eval: { shots: 2 } };
    expect(await told(evaluation, config, '--data', 'mnist')).toMatchObject({ seed: 5 });
    for (const name of ['fit', 'shots'])
      expect(await told(evaluation, config, '--data', 'mnist')).not.toHaveProperty(name);
    expect(await told(evaluation, config, '--data', 'others')).toMatchObject({ fit: 'crop', shots: 2 });
  });

  it('gives way to a model to begin with, to a manifest to replay, and to the environment', async () => {
    const nets = { train: { size: 48, channels: 3, filters: [4], latent: 8, epochs: 2 } };
    const begun = await told(train, nets, '--from', 'mnist');
    expect(begun).toMatchObject({ epochs: 2, from: 'mnist' });
    for (const key of ['size', 'channels', 'filters', 'latent']) expect(begun).not.toHaveProperty(key);
    const replayed = await told(augment, { data: 'x' }, '--out', 'o', '--replay', 'm.jsonl');
    expect(replayed).not.toHaveProperty('data');
    vi.stubEnv('FEWSHOT_BACKEND', 'cpu');
    expect(await told(train, { backend: 'wasm' })).toMatchObject({ backend: 'auto' });
  });

  it('takes false for a flag as not given', async () => {
    const config = { augment: { labelCheck: false } };
    expect(await told(augment, config, '--out', 'o')).not.toHaveProperty('labelCheck');
  });

  it.each([train, augment, evaluation, embed, interpolate])(
    'has its skipBad taken back by a flag (%#)',
    async (module) => {
      const { out: file } = module.table.options;
      const out = file?.required ? ['--out', 'o'] : [];
      expect(await told(module, { skipBad: true }, ...out)).toMatchObject({ skipBad: true });
      expect(await told(module, { skipBad: true }, ...out, '--no-skip-bad')).toMatchObject({
        skipBad: false,
      });
      expect(await told(module, { skipBad: false }, ...out, '--skip-bad')).toMatchObject({ skipBad: true });
    },
  );
});

describe('its keys', () => {
  const { $schema: _s, schema: _, train: _t, augment: _a, eval: _e, ...shared } = configSchema.entries;
  const commands = { train, augment, eval: evaluation };
  const keys = Object.entries(commands).flatMap(([name, module]) =>
    Object.entries({ ...shared, ...configParts[name as keyof typeof configParts].entries }).map(
      ([key, entry]) => ({ name, key, module, entry: entry as v.GenericSchema }),
    ),
  );

  it('are options of the commands', () => {
    const missing = keys.filter(({ key, module }) => !Object.hasOwn(module.table.options, key));
    expect(missing.map(({ name, key }) => `${name}.${key}`)).toEqual(['train.model']);
  });

  it('take the numbers that the flags take', () => {
    const numbers = [-1, 0, 1e-8, 1e-7, 0.5, 1, 1.5, 2, 3, 4, 7, 8, 512, 513, 2000];
    const numeric = keys.filter(({ entry }) => numbers.some((n) => v.safeParse(entry, n).success));
    expect(numeric.length).toBeGreaterThan(20);
    for (const { name, key, module, entry } of numeric) {
      const flag = `--${key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
      const accepts = (n: number) => {
        try {
          parsed(module, `${flag}=${n}`, '--out', 'o.safetensors');
          return true;
        } catch {
          return false;
        }
      };
      const flags = numbers.filter(accepts);
      const config = numbers.filter((n) => v.safeParse(entry, n).success);
      expect(config, `${name}.${key}`).toEqual(flags);
    }
  });
});

describe('a config that cannot be used', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /c\.json is not JSON/],
    ['truncated', `{"schema":"${schema}","data":"pho`, /c\.json is not JSON/],
    ['a list', '[]', /a config is an object, not a list/],
    ['nothing in it', '{}', /has no "schema"/],
    [
      'another version',
      '{"schema":"fewshot.config/2"}',
      /has the schema "fewshot\.config\/2", but .*config\/1/,
    ],
    ['an unknown key', `{"schema":"${schema}","sed":1}`, /c\.json: there is no key "sed"$/],
    ['an unknown key of a part', `{"schema":"${schema}","train":{"epoch":1}}`, /no key "epoch" in train$/],
    ['a key of all objects', `{"schema":"${schema}","toString":1}`, /no key "toString"$/],
    ['their prototype', `{"schema":"${schema}","__proto__":{"seed":1}}`, /no key "__proto__"$/],
    ['that of a part', `{"schema":"${schema}","eval":{"__proto__":1}}`, /no key "__proto__" in eval$/],
    ['text for a number', `{"schema":"${schema}","seed":"1"}`, /seed must be a whole number .*, not "1"$/],
    ['no part', `{"schema":"${schema}","train":3}`, /train must be an object, not 3$/],
    ['a list for a part', `{"schema":"${schema}","train":[]}`, /train must be an object, not a list$/],
    [
      'a small size',
      `{"schema":"${schema}","train":{"size":4}}`,
      /train\.size must be .* from 8 to 512, not 4$/,
    ],
    [
      'an unknown arm',
      `{"schema":"${schema}","eval":{"arms":["none","x"]}}`,
      /eval\.arms.* must be a list of/,
    ],
    ['null', `{"schema":"${schema}","fit":null}`, /fit must be one of letterbox, crop, ink, .*, not null$/],
    ['no name', `{"schema":"${schema}","data":""}`, /data must be text/],
    [
      'a steered terminal',
      `{"schema":"${schema}","data":"\\u001b[2J"}`,
      /data must be text .*, not "\\u001b/,
    ],
    [
      'a model in a network',
      `{"schema":"${schema}","model":"https://a.b/c"}`,
      /model must be a shipped name/,
    ],
    ...['../m.safetensors', '/m.safetensors', 'a/../../m.safetensors', '.bashrc', 'm.safetensors/x'].map(
      (out): [string, string, RegExp] => [
        `a file elsewhere or of another kind: ${out}`,
        JSON.stringify({ schema, train: { out } }),
        /train\.out must be the path of a \.safetensors file in the folder of the config or below/,
      ],
    ),
  ])('%s', (_, text, says) => {
    const refused = expect(() => parseConfig(bytes(text), 'c.json'));
    refused.toThrow(UsageError);
    refused.toThrow(says);
  });

  it('is not that of docs/files.md', () => {
    const [{ code } = { code: '' }] = codeBlocks('docs/files.md').filter((b) => b.language === 'json');
    expect(parseConfig(bytes(code), 'c.json')).toMatchObject({ schema, eval: { classifiers: ['knn'] } });
  });

  it('is not text', () => {
    expect(() => parseConfig(new Uint8Array([0x22, 0xff, 0x22]), 'c.json')).toThrow(
      /c\.json is not text in UTF-8/,
    );
  });

  it('may begin with a byte order mark', () => {
    expect(parseConfig(bytes(`\uFEFF{"schema":"${schema}"}`), 'c.json')).toEqual({ schema });
  });
});

describe('whatever happens to a config', () => {
  const whole = JSON.stringify(
    {
      ...{ schema, data: 'photos', fit: 'letterbox', skipBad: true, model: './photos.safetensors', seed: 1 },
      train: { out: 'photos.safetensors', size: 48, channels: 3, filters: [32, 64], learningRate: 0.002 },
      augment: { perClass: 100, path: 'slerp' },
      eval: { shots: 5, arms: ['none', 'atnl'], queries: 'all' },
    },
    null,
    2,
  );
  /** A valid config, or a refusal that names the file. */
  function expectOrder(content: Uint8Array): void {
    try {
      expect(v.safeParse(configSchema, parseConfig(content, 'c.json')).success).toBe(true);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      expect(error.message).toMatch(/^c\.json/);
      expect(error.message.length).toBeLessThan(1000);
      expect(error.message).not.toMatch(/\p{Cc}/u);
      expect(error.hint).toBeTruthy();
    }
  }

  it('is read or refused when bytes of it change, go or come', () => {
    const change = fc.record({
      at: fc.nat(whole.length),
      gone: fc.nat(12),
      come: fc.uint8Array({ maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let content = bytes(whole);
        for (const { at, gone, come } of changes) {
          content = Uint8Array.from([...content.subarray(0, at), ...come, ...content.subarray(at + gone)]);
        }
        expectOrder(content);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read or refused when values are others', () => {
    const paths = ['', 'train', 'augment', 'eval'];
    const names = [
      ...Object.keys(configSchema.entries),
      ...Object.keys(configParts.train.entries),
      'constructor',
    ];
    fc.assert(
      fc.property(
        ...[fc.constantFrom(...paths), fc.constantFrom(...names, ...Object.keys(configParts.eval.entries))],
        fc.jsonValue({ maxDepth: 3 }),
        (part, key, value) => {
          const json = JSON.parse(whole);
          Object.assign(part === '' ? json : json[part], { [key]: value });
          expectOrder(bytes(JSON.stringify(json)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is cut off anywhere', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseConfig(bytes(whole.slice(0, length)), 'c.json')).toThrow(/^c\.json is not JSON/);
    }
  });

  it('is as deep as a file may be', () => {
    expectOrder(bytes('['.repeat(1 << 16)));
    expectOrder(bytes(`{"schema":"${schema}","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`));
  });
});

describe('on the command line', () => {
  const run = (args: string[], cwd = folder) => fewshot(args, { cwd });
  const inFolder = async (content: string, name = 'fewshot.config.json') => {
    const cwd = await mkdtemp(join(folder, 'run-'));
    await writeFile(join(cwd, name), content);
    return cwd;
  };

  it('the config of the current folder is read, said and obeyed, unless it is not to be', async () => {
    const cwd = await inFolder(JSON.stringify({ schema, data: 'nowhere' }));
    const read = await run(['inspect'], cwd);
    expect([read.code, read.stderr]).toEqual([
      2,
      expect.stringMatching(/^Read fewshot\.config\.json: data\.\n.*nowhere/),
    ]);
    const flag = await run(['inspect', 'elsewhere', '--quiet'], cwd);
    expect([flag.code, flag.stderr]).toEqual([
      2,
      expect.stringMatching(/^fewshot: there are no data at elsewhere/),
    ]);
    const none = await run(['inspect', '--no-config'], cwd);
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/^fewshot: no data are named/)]);
    const other = await run(['--config', join(cwd, 'fewshot.config.json'), 'inspect']);
    expect(other.stderr).toContain(`no data at ${join(cwd, 'nowhere')}`);
  });

  it('a bad one ends with 2 before anything is done', async () => {
    const cwd = await inFolder(JSON.stringify({ schema, train: { epochs: '6' } }));
    for (const args of [
      ['train', '--out', 'm.safetensors'],
      ['inspect', 'x'],
      ['augment', '--out', 'o'],
    ]) {
      const { code, stdout, stderr } = await run(args, cwd);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^fewshot: fewshot\.config\.json: train\.epochs must be .*, not "6"\n {2}\S/);
    }
  });

  it('one that is no file, too large or not there', async () => {
    const cwd = await inFolder(`{"schema":"${schema}"${' '.repeat(1 << 16)}}`, 'large.json');
    await mkdir(join(cwd, 'folder.json'));
    const refusal = async (file: string) => (await run(['inspect', 'x', '--config', file], cwd)).stderr;
    expect(await refusal('large.json')).toMatch(/config large\.json: it is larger than 64 KiB/);
    expect(await refusal('folder.json')).toMatch(/config folder\.json: it is not a file/);
    expect(await refusal('none.json')).toMatch(/there is no config none\.json/);
    expect(await refusal('large.json/x')).toMatch(/cannot read the config large\.json\/x/);
  });

  it('a command that reads none says so', async () => {
    const { code, stderr } = await run(['info', '--config', 'x.json']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/fewshot info reads no config/)]);
    const cwd = await inFolder('no JSON');
    expect((await run(['info'], cwd)).code).toBe(0);
  });
});
