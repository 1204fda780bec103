import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evalText } from '../../../src/cli/options/evalOptions.js';
import { ModelError } from '../../../src/core/errors.js';
import { armNames } from '../../../src/evaluate/arms/arms.js';
import type { EvaluationResult } from '../../../src/evaluate/result.js';
import type { EvaluationSettings } from '../../../src/evaluate/settings.js';
import { estimate, pairedDifference } from '../../../src/evaluate/statistics.js';
import type { ResultHead } from '../../reproduce/exhibit.js';
import { type LabOptions, openLab } from '../../reproduce/lab.js';
import { full, quick, type Scale } from '../../reproduce/recipes.js';
import { redraw } from '../../reproduce/reproduce.js';
import { type Table2Means, table2With } from '../../reproduce/table2.js';
import { table2Settings, trainedEncoders } from '../../reproduce/table2Settings.js';

/** What an arm gains on doing nothing, in each of two episodes. */
const gains: Readonly<Record<string, readonly [number, number]>> = {
  geometric: [0.1, 0.12],
  'transport+geometric': [0.15, 0.17],
  'restyle+geometric': [0.1, 0.16],
  atnl: [0.04, 0.05],
};

/** An evaluation that is made up. */
function madeUp(settings: EvaluationSettings): EvaluationResult {
  const { shots, k, arms, classifiers, protocol } = settings;
  const results = arms.flatMap((arm) =>
    classifiers.map((classifier) => {
      const start = 0.4 + 0.01 * shots + (classifier === 'cnn' ? 0.1 : 0);
      const episodes = [0, 0.05].map((luck, i) => start + luck + (gains[arm] ?? [0.01, 0.01])[i]!);
      return { arm, classifier, k: classifier === 'knn' ? k : null, ...estimate(episodes), episodes };
    }),
  );
  return {
    ...{ schema: 'fewshot.eval/1', command: `fewshot eval --shots ${shots}`, seed: 201, backend: 'wasm' },
    ...{ versions: {}, data: 'mnist', split: 'test', protocol, ways: settings.ways, shots, queries: 100 },
    ...(protocol === 'shots-only' ? {} : { model: { name: 'made up', sha256: 'abc' } }),
    ...{ perClass: 100, mix: 0.5, trust: 0.5, cnn: 'fast', cnnSteps: 10, knnEngine: 'exact' },
    ...{ results, comparisons: [], seconds: 1 },
  };
}

/** Where an encoder's file lies that is not shipped; others are known by their names. */
const fileOf = (name: string) => (name in trainedEncoders ? join('elsewhere', name) : name);

const settingsOf = (scale: Scale) =>
  table2Settings(scale, 'wasm').map((settings) => ({ ...settings, model: fileOf(settings.model) }));

/** The parts that are judged at a time: an arm each, or all arms that share the encoders of episodes. */
const partsOf = (scale: Scale) =>
  settingsOf(scale).flatMap((settings) =>
    settings.protocol === 'shots-only'
      ? [settings]
      : settings.arms.map((arm) => ({ ...settings, arms: [arm] })),
  );

const head: ResultHead = {
  schema: 'fewshot.table2/1',
  command: 'fewshot reproduce table2 --backend wasm',
  scale: 'full',
  seeds: [1, 2, 3],
  backend: 'wasm',
  versions: {},
};

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'table2-'));
});
afterEach(() => rm(work, { recursive: true }));

function lab(options: Partial<LabOptions> = {}) {
  const backend = {
    name: 'wasm',
    reason: 'a test',
    threads: 1,
    simd: true,
    versions: { tfjs: '4' },
  } as const;
  return openLab({ work, scale: full, backend, command: head.command, ...options });
}

/** Means that count what they are asked for. */
function counted(change: Partial<Table2Means> = {}) {
  const asked: EvaluationSettings[] = [];
  const means: Table2Means = {
    evaluate: async (settings) => {
      asked.push(settings);
      return madeUp(settings);
    },
    pathOf: fileOf,
    encoder: async (name) => ({ model: fileOf(name), digest: `digest of ${name}` }),
    ...change,
  };
  return { asked, exhibit: table2With(means) };
}

describe('measuring Table 2', () => {
  it('judges each arm of all settings once', async () => {
    const first = counted();
    const found = await first.exhibit.measure(lab());
    expect(first.asked).toEqual(partsOf(full));
    expect(first.exhibit.seeds).toEqual([301]);
    const whole = settingsOf(full);
    expect(found.evaluations.map(({ command }) => command)).toEqual(whole.map(evalText));
    expect(found.evaluations[0]!.sha256).toBe('digest of mnist-plain');
    const judged = whole.reduce((sum, { arms, classifiers }) => sum + arms.length * classifiers.length, 0);
    expect(found.rows).toHaveLength(judged);
    expect(found.evaluations.at(-1)!.sha256).toBeNull();
    const again = counted();
    expect(await again.exhibit.measure(lab())).toEqual(found);
    expect(again.asked).toEqual([]);
  });

  it('holds what teachers labelled against arms without them, and makes it anew for another teacher', async () => {
    const { exhibit } = counted();
    const found = await exhibit.measure(lab());
    const taught = found.rows.filter(({ teachers }) => teachers !== undefined);
    expect(taught.map(({ model, arm, teachers }) => [model, arm, teachers])).toEqual(
      ['mnist-01234', 'mnist-56789'].flatMap((model) =>
        ['geometric+symbols+labels', 'restyle+geometric+symbols+labels'].map((arm) => [
          model,
          arm,
          ['glyphs'],
        ]),
      ),
    );
    // Made up: 0.01 above doing nothing, where geometric has 0.1 and 0.12.
    for (const { against } of taught) expect(against.geometric!.difference).toBeCloseTo(0.01 - 0.11, 12);
    const { md } = (await exhibit.draw({ ...head, ...found })) as { md: string };
    expect(md).toMatch(
      /Labels of `geometric\+symbols\+labels` and `restyle\S+` are by the encoder and `glyphs` together\./,
    );
    const other = counted({
      encoder: async (name) => ({
        model: fileOf(name),
        digest: `${name === 'glyphs' ? 'other' : ''}digest of ${name}`,
      }),
    });
    await other.exhibit.measure(lab());
    expect(other.asked.every(({ model, teachers }) => model === 'glyphs' || teachers?.[0] === 'glyphs')).toBe(
      true,
    );
    expect(other.asked.filter(({ teachers }) => teachers !== undefined)).toHaveLength(4);
  });

  it('goes on after what was finished, and makes anew what another encoder gave', async () => {
    let left = 3;
    const killed = counted({
      evaluate: async (settings) => {
        if (left-- === 0) throw new Error('killed');
        return madeUp(settings);
      },
    });
    await expect(killed.exhibit.measure(lab({ scale: quick }))).rejects.toThrow('killed');
    const later = counted();
    await later.exhibit.measure(lab({ scale: quick }));
    expect(later.asked).toEqual(partsOf(quick).slice(3));
    const other = counted({
      encoder: async (name) => ({
        model: fileOf(name),
        digest: name === 'mnist-01234' ? 'another' : `digest of ${name}`,
      }),
    });
    await other.exhibit.measure(lab({ scale: quick }));
    expect(new Set(other.asked.map(({ model }) => model))).toEqual(new Set(['mnist-01234']));
  });

  it('keeps the rows of a result that it extends, and makes what that lacks or another encoder gave', async () => {
    const made = await counted().exhibit.measure(lab());
    const fresh = join(work, 'fresh');
    const trained: string[] = [];
    const encoder = async (name: string) => {
      trained.push(name);
      return { model: fileOf(name), digest: `digest of ${name}` };
    };
    const extend = async (before: typeof made, change: Partial<Table2Means> = {}) => {
      const { asked, exhibit } = counted({ encoder, ...change });
      await rm(fresh, { recursive: true, force: true });
      return { asked, found: await exhibit.extend!(lab({ work: fresh }), before) };
    };
    const whole = await extend(made);
    expect(whole.found).toEqual(made);
    expect(whole.asked).toEqual([]);
    // What is known needs no encoder that is trained first.
    expect(trained.filter((name) => name in trainedEncoders)).toEqual([]);

    const lacking = { ...made, rows: made.rows.filter(({ protocol }) => protocol !== 'disjoint') };
    const more = await extend(lacking);
    expect(more.found).toEqual(made);
    expect(new Set(more.asked.map(({ protocol }) => protocol))).toEqual(new Set(['disjoint']));

    const otherCommand = made.evaluations.map((evaluation, i) =>
      i === 0 ? { ...evaluation, command: `${evaluation.command} --mix 0.2` } : evaluation,
    );
    const first = await extend({ ...made, evaluations: otherCommand });
    expect(first.asked.map(({ arms }) => arms[0])).toEqual(settingsOf(full)[0]!.arms);

    const another = await extend(made, {
      encoder: async (name) => ({
        model: fileOf(name),
        digest: `${name === 'glyphs' ? 'other' : ''}digest of ${name}`,
      }),
    });
    expect(another.asked).toHaveLength(
      partsOf(full).filter(({ model, teachers }) => model === 'glyphs' || teachers?.[0] === 'glyphs').length,
    );
  });

  it('has each part as a piece, and those of an encoder that is trained first under its name', async () => {
    const { asked, exhibit } = counted();
    const pieces = exhibit.pieces(lab());
    for (const piece of pieces) await piece.make();
    expect(asked).toEqual(partsOf(full));
    const later = counted();
    await later.exhibit.measure(lab());
    expect(later.asked).toEqual([]);
    for (const [i, part] of partsOf(full).entries()) {
      const trained = Object.keys(trainedEncoders).find((name) => part.model === fileOf(name));
      expect(pieces[i]!.name).toEqual(trained ?? expect.stringMatching(/^table2-/));
    }
  });

  it('misses a model before anything is evaluated', async () => {
    const encoder = async (name: string) => {
      if (name === 'mnist-56789') throw new ModelError(`there is no model named ${name}`);
      return { model: name, digest: name };
    };
    const { asked, exhibit } = counted({ encoder });
    await expect(exhibit.measure(lab())).rejects.toThrow('there is no model named mnist-56789');
    expect(asked).toEqual([]);
  });

  it('tells how far it is, and can be stopped', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const { exhibit } = counted({
      evaluate: async (settings, { onProgress, signal } = {}) => {
        onProgress?.(1, 2);
        expect(signal).toBe(stop.signal);
        return madeUp(settings);
      },
    });
    const onProgress = (what: string, done: number, total: number) => told.push(`${what} ${done}/${total}`);
    await exhibit.measure(lab({ scale: quick, signal: stop.signal, onProgress }));
    expect(told[0]).toBe('Evaluating paper-mnist-plain-10-shots-k10-none 1/2');
    expect(told.at(-1)).toBe('Evaluating shots-only-5-shots-k1 1/2');
    expect(new Set(told).size).toBe(partsOf(quick).length);
  });

  it('compares arms of the same episodes, and knows which figures the poster has', async () => {
    const { rows } = await counted().exhibit.measure(lab());
    for (const row of rows) {
      for (const reference of ['geometric', 'none'] as const) {
        const other = rows.find(
          ({ arm, ...same }) =>
            arm === reference &&
            (['protocol', 'model', 'shots', 'k', 'classifier'] as const).every(
              (key) => same[key] === row[key],
            ),
        );
        const found = row.against[reference];
        if (other === undefined || row.arm === reference) expect(found).toBeUndefined();
        else {
          const { mean: difference, ci95 } = pairedDifference(row.episodes, other.episodes);
          expect(found).toEqual({ difference, ci95 });
        }
      }
      expect(row.model === null).toBe(row.protocol === 'shots-only');
    }
    const figures = rows.flatMap(({ poster, protocol, shots, k, arm, classifier }) =>
      poster === undefined ? [] : [[protocol, shots, k, arm, classifier, poster]],
    );
    expect(figures).toEqual([
      ['paper', 10, 10, 'none', 'knn', 0.615],
      ['paper', 10, null, 'none', 'cnn', 0.863],
      ['paper', 10, 10, 'variants', 'knn', 0.624],
      ['paper', 10, null, 'variants', 'cnn', 0.868],
      ['paper', 10, 10, 'atnl', 'knn', 0.787],
      ['paper', 10, null, 'atnl', 'cnn', 0.944],
    ]);
  });
});

describe('drawing Table 2', () => {
  async function result() {
    const { exhibit } = counted();
    return { exhibit, made: { ...head, ...(await exhibit.measure(lab())) } };
  }

  it('has the same page and picture from its file', async () => {
    const { exhibit, made } = await result();
    const { md, svg } = await exhibit.draw(made);
    await writeFile(join(work, 'table2.json'), JSON.stringify(made));
    expect(await redraw({ names: ['table2'], out: work })).toEqual([
      join(work, 'table2.md'),
      join(work, 'table2.svg'),
    ]);
    expect(await readFile(join(work, 'table2.md'), 'utf8')).toBe(md);
    expect(await readFile(join(work, 'table2.svg'), 'utf8')).toBe(svg);
  });

  it("has the poster's arms beside ours, and says what is inferred", async () => {
    const { exhibit, made } = await result();
    const { md } = await exhibit.draw(made);
    expect(md).toContain('that they are 10 and k = 10 is inferred');
    expect(md).toMatch(/\| mnist-plain \| none \| 53\.5 ± [\d.]+ \| 61\.5 \| 63\.5 ± [\d.]+ \| 86\.3 \|/);
    expect(md).toMatch(/\| mnist \| restyle \| [\d.]+ ± [\d.]+ \| – \| [\d.]+ ± [\d.]+ \| – \|/);
    expect(md).toMatch(/\| mnist-plain \| atnl \| 57\.0 ± [\d.]+ \| 78\.7 \| 67\.0 ± [\d.]+ \| 94\.4 \|/);
  });

  it('has one table a protocol, bold where a gain on `geometric` is clear', async () => {
    const { exhibit, made } = await result();
    const { md } = await exhibit.draw(made);
    expect([...md!.matchAll(/^## .*/gm)].map(([heading]) => heading)).toEqual([
      '## Beside the poster',
      '## Protocol `paper`',
      '## Protocol `novel`',
      '## Protocol `disjoint`',
      '## Protocol `unlabelled`',
      '## Protocol `shots-only`',
    ]);
    expect(md).toContain('Under `novel` the encoder has seen: other classes only');
    expect(md).toContain('`mnist-01234` on digits 5–9, `mnist-56789` on digits 0–4');
    const novel = md!.split('## ').find((part) => part.startsWith('Protocol `novel`'))!;
    const cells = (arm: string) =>
      novel
        .split('\n')
        .find((line) => line.startsWith(`| mnist-01234 | KNN, k = 1 | ${arm} |`))!
        .split(' | ');
    // A gain of 5 points in every episode; one of 0 and of 4; none; a loss.
    expect(cells('transport+geometric')[3]).toMatch(/^\*\*.*\*\* \(\+5\.0 ± 0\.0\)$/);
    expect(cells('restyle+geometric')[3]).toMatch(/^[\d.]+ ± [\d.]+ \(\+2\.0 ± 25\.4\)$/);
    expect(cells('geometric')[3]).toMatch(/^[\d.]+ ± [\d.]+$/);
    expect(cells('none')[3]).toMatch(/^[\d.]+ ± [\d.]+ \(−10\.0 ± 12\.7\)$/);
    expect(cells('none')).toHaveLength(3 + 4);
    const arms = [...md!.matchAll(/^\| mnist-plain \| CNN \| (\S+) /gm)].map(([, arm]) => arm);
    expect(arms).toEqual(armNames.filter((name) => arms.includes(name)));
    expect(arms.length).toBe(8);
    expect(md).toMatch(/\| one an episode \| CNN \| atnl\+affine \|/);
    expect(md).toMatch(/\| mnist-plain \| KNN, k = 13 \| codes \| – \| – \| – \| [^|–]+ \(−[^|]+ \| – \|/);
  });

  it('draws accuracy against shots for arms that were judged at all of several', async () => {
    const { exhibit, made } = await result();
    const { svg } = await exhibit.draw(made);
    for (const title of [
      'paper mnist-plain',
      'novel digits 5–9',
      'novel digits 0–4',
      'novel all ten digits',
    ]) {
      expect(svg).toContain(`${title}, KNN, k = 1`);
      expect(svg).toContain(`${title}, CNN`);
    }
    for (const one of ['paper mnist,', 'unlabelled', 'shots-only']) expect(svg).not.toContain(one);
    for (const arm of ['affine', 'restyle+geometric+labels', 'codes']) expect(svg).toContain(`>${arm}<`);
    for (const arm of ['variants', 'transport', 'geometric+labels', 'restyle+geometric'])
      expect(svg).not.toContain(`>${arm}<`);
  });

  it('refuses a result that lacks something, and names it', async () => {
    const { made } = await result();
    const write = (rows: unknown) => writeFile(join(work, 'table2.json'), JSON.stringify({ ...made, rows }));
    const drawn = () => redraw({ names: ['table2'], out: work });
    await write(made.rows.map((row, i) => (i === 2 ? { ...row, protocol: 'hearsay' } : row)));
    await expect(drawn()).rejects.toThrow('rows.2.protocol');
    await write(made.rows.slice(1));
    await expect(drawn()).rejects.toThrow('no row with protocol paper, shots 10, k 10, arm none');
  });
});
