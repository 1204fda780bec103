import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markdownTable } from '../../bench/markdown.mjs';
import type { Table2 } from '../../paper/reproduce/table2Result.js';
import { evaluationTable } from '../../src/cli/report/evaluationTable.js';
import { qualityTable } from '../../src/cli/report/qualityTable.js';
import type { QualityMeasure, QualityResult } from '../../src/evaluate/quality/qualityResult.js';
import type { Comparison, EvaluationResult } from '../../src/evaluate/result.js';
import { pairedDifference } from '../../src/evaluate/statistics.js';
import { codeBlocks, prose, read } from './markdown.js';

const resultOf = (name: string) => JSON.parse(read(`paper/results/${name}.json`)) as EvaluationResult;
const percent = (share: number) => (100 * share).toFixed(1);

const mean = (result: EvaluationResult, arm: string, classifier: string) =>
  percent(result.results.find((row) => row.arm === arm && row.classifier === classifier)!.mean);
/** `9.2 ± 1.9` */
const gain = (
  result: EvaluationResult,
  ...[arm, against, classifier]: [string, string, Comparison['classifier']]
) => {
  const found = result.comparisons.find(
    (row) => row.arm === arm && row.against === against && row.classifier === classifier,
  )!;
  return `${percent(found.difference)} ± ${percent(found.ci95!)}`;
};

describe('figures of photos', () => {
  it('are those of the stored results', () => {
    const [drawn, kept, confirmed] = ['drawn', 'detail', 'detail-confirmed'].map((name) =>
      resultOf(`eval-photos-${name}`),
    );
    const text = read('docs/own-images.md').replaceAll(/\s+/g, ' ');
    for (const figure of [
      `which has ${mean(drawn!, 'none', 'cnn')} % on the real images alone`,
      `lowers that to ${mean(drawn!, 'atnl', 'cnn')} %`,
      `to ${mean(kept!, 'atnl', 'cnn')} %. On top`,
      `which has ${mean(drawn!, 'affine', 'cnn')} %, it is ${mean(drawn!, 'atnl+affine', 'cnn')} % without and ${mean(kept!, 'atnl+affine', 'cnn')} % with it`,
      `where \`affine\` has ${mean(confirmed!, 'affine', 'cnn')} %, it is ${mean(confirmed!, 'atnl+affine', 'cnn')} %`,
      `−${gain(confirmed!, 'atnl+affine', 'affine', 'cnn').slice(1)} points`,
    ]) {
      expect(text).toContain(figure);
    }
    expect(confirmed!.results[0]!.episodes).toHaveLength(16);
  });
});

describe('figures of the README', () => {
  const fiveShots = resultOf('eval-5-shots');
  const tenShots = resultOf('eval-10-shots-k10');
  const oneNeighbour = resultOf('eval-10-shots-k1');
  const standard = resultOf('eval-10-shots-k10-standard');
  const oneShot = resultOf('eval-1-shot-transport');
  const tenCarried = resultOf('eval-10-shots-k10-transport');
  const styled = resultOf('eval-10-shots-k10-styled');
  const unseen = resultOf('novel-mnist-01234-1-shots');
  const others = resultOf('novel-mnist-56789-1-shots');
  const taught = resultOf('novel-mnist-01234-1-shots-taught');
  const othersTaught = resultOf('novel-mnist-56789-1-shots-taught');
  const unseenFive = resultOf('novel-mnist-01234-5-shots');
  const othersFive = resultOf('novel-mnist-56789-5-shots');
  const clothes = resultOf('eval-10-shots-fashion');
  const symbols = 'geometric+symbols+labels';
  /** What hallucinations bring on top of invented symbols. */
  const onTop = ({ results }: EvaluationResult) => {
    const [made, without] = [`restyle+${symbols}`, symbols].map(
      (arm) => results.find((row) => row.arm === arm)!.episodes,
    );
    const { mean: difference, ci95 } = pairedDifference(made!, without!);
    const size = percent(Math.abs(difference));
    return `${difference < 0 && size !== '0.0' ? '−' : ''}${size} ± ${percent(ci95!)}`;
  };
  /** Share of the errors of `geometric` that hallucinations beside symbols do away with, in %. */
  const spared = ({ results }: EvaluationResult) => {
    const [own, other] = [`restyle+${symbols}`, 'geometric'].map(
      (arm) => results.find((row) => row.arm === arm)!.mean,
    );
    return ((100 * (own! - other!)) / (1 - other!)).toFixed(0);
  };
  const text = prose('README.md').join(' ').replace(/\s+/g, ' ');

  it('have the table of the result file', () => {
    const tables = codeBlocks('README.md').filter(({ language }) => language === 'text');
    expect(tables.map(({ code }) => code.trim())).toContain(evaluationTable(fiveShots).trim());
  });

  it('are those of the result files', () => {
    for (const figure of [
      `slerp adds ${gain(fiveShots, 'atnl', 'none', 'knn')} points`,
      `the ${gain(fiveShots, 'atnl', 'affine', 'knn')} beyond affine`,
      `from ${mean(tenShots, 'none', 'knn')} to ${mean(tenShots, 'atnl', 'knn')} %`,
      `${gain(tenShots, 'atnl', 'affine', 'knn')} points beyond affine`,
      `lowers that to ${mean(tenShots, 'atnl+affine', 'knn')} %`,
      `add ${gain(fiveShots, 'atnl', 'none', 'cnn')} points at 5 shots and ${gain(tenShots, 'atnl', 'none', 'cnn')} at 10`,
      `affine ${gain(fiveShots, 'affine', 'none', 'cnn')} and ${gain(tenShots, 'affine', 'none', 'cnn')}`,
      `(${mean(tenShots, 'atnl', 'cnn')} % at 10 shots)`,
      `it is ${mean(oneNeighbour, 'none', 'knn')} to ${mean(oneNeighbour, 'atnl', 'knn')} %`,
      `${mean(standard, 'none', 'cnn')} % without, ${mean(standard, 'affine', 'cnn')} % with affine and ${mean(standard, 'atnl', 'cnn')} % with slerp`,
      `CNN from ${mean(oneShot, 'affine', 'cnn')} to ${mean(oneShot, 'transport+affine', 'cnn')} %, ${gain(oneShot, 'transport+affine', 'affine', 'cnn')} points`,
      `KNN from ${mean(oneShot, 'affine', 'knn')} to ${mean(oneShot, 'transport+affine', 'knn')} %`,
      `${gain(tenCarried, 'transport', 'none', 'cnn')} points`,
      `(${gain(tenCarried, 'transport+affine', 'affine', 'cnn')})`,
      `takes the CNN to ${mean(styled, 'restyle', 'cnn')} %`,
      `on other episodes, to [${mean(resultOf('eval-10-shots-restyle'), 'restyle', 'cnn')} %]`,
      `labels bring ${gain(styled, 'geometric+labels', 'geometric', 'cnn')} points to the digits that the encoder knows, and ${gain(unseen, 'geometric+labels', 'geometric', 'cnn')} to unseen`,
      `labels alone bring those ${gain(unseenFive, 'geometric+labels', 'geometric', 'cnn')} points, and hallucinations the larger part of the ${gain(unseenFive, 'restyle+geometric+labels', 'geometric', 'cnn').split(' ')[0]}; to 0–4 labels alone bring ${gain(othersFive, 'geometric+labels', 'geometric', 'cnn')} of the ${gain(othersFive, 'restyle+geometric+labels', 'geometric', 'cnn').split(' ')[0]}.`,
      `has ${mean(styled, 'codes', 'cnn')} % on digits that it knows, and on unseen ones ${mean(unseen, 'codes', 'cnn')} % (5–9) and ${mean(others, 'codes', 'cnn')} % (0–4) at one shot`,
      `with \`glyphs\` beside it, on the episodes of \`+symbols\`, ${mean(taught, 'codes', 'cnn')} and ${mean(othersTaught, 'codes', 'cnn')} %`,
      `does away with ${spared(taught)} % of the errors of \`geometric\` on 5–9 and ${spared(othersTaught)} % on 0–4`,
      `\`${symbols}\` is ${gain(taught, symbols, 'geometric', 'cnn')} and ${gain(othersTaught, symbols, 'geometric', 'cnn')} points above it`,
      `bring ${onTop(taught)} and ${onTop(othersTaught)} of the gain`,
      `the codes' ${mean(unseenFive, 'codes', 'cnn')} and ${mean(othersFive, 'codes', 'cnn')} %`,
      `has ${['01234', '56789'].map((half) => mean(resultOf(`knn-mnist-${half}-5-shots`), 'geometric', 'knn')).join(' and ')} % at five shots`,
      `${tenShots.results[0]!.episodes.length} episodes`,
      `${standard.results[0]!.episodes.length} episodes`,
    ]) {
      expect(text).toContain(figure);
    }
  });

  it('have a row for each gain on the strongest baseline', () => {
    const all = 'restyle+geometric+labels';
    const rows: readonly (readonly [EvaluationResult, Comparison['classifier'], string, string])[] = [
      [resultOf('knn-mnist-10-shots-k10'), 'knn', 'light', 'restyle'],
      [styled, 'cnn', 'geometric', all],
      [resultOf('knn-fashion-10-shots'), 'knn', 'light', 'restyle'],
      [clothes, 'cnn', 'affine', 'restyle'],
      [unseen, 'cnn', 'geometric', all],
      [taught, 'cnn', 'geometric', `restyle+${symbols}`],
      [resultOf('knn-mnist-01234-1-shots'), 'knn', 'wide', 'tangent-wide'],
      [unseenFive, 'cnn', 'geometric', all],
      [resultOf('knn-mnist-01234-5-shots'), 'knn', 'light', 'mean-light'],
      [others, 'cnn', 'geometric', all],
      [othersTaught, 'cnn', 'geometric', `restyle+${symbols}`],
      [resultOf('knn-mnist-56789-1-shots'), 'knn', 'wide', 'tangent-wide'],
      [othersFive, 'cnn', 'geometric', all],
      [resultOf('knn-mnist-56789-5-shots'), 'knn', 'light', 'mean-light'],
      [resultOf('knn-fashion-01234-5-shots'), 'knn', 'light', 'mean-detail'],
      [resultOf('knn-fashion-56789-5-shots'), 'knn', 'light', 'mean-detail'],
    ];
    const expected = rows.map(([result, classifier, baseline, arm]) => {
      const [{ k, episodes }, against] = [arm, baseline].map(
        (name) => result.results.find((row) => row.arm === name && row.classifier === classifier)!,
      ) as [EvaluationResult['results'][number], EvaluationResult['results'][number]];
      const { mean: difference, ci95 } = pairedDifference(episodes, against.episodes);
      expect(difference, `${arm} in ${result.command}`).toBeGreaterThan(ci95!);
      const named = existsSync(new URL(`../../examples/pipelines/${arm}.json`, import.meta.url))
        ? `[\`${arm}\`](examples/pipelines/${arm}.json)`
        : `\`${arm}\``;
      const name = k === null ? 'CNN' : `KNN, k = ${k}`;
      return `| ${name} | ${mean(result, baseline, classifier)} | ${named} ${mean(result, arm, classifier)} | +${percent(difference)} ± ${percent(ci95!)} |`;
    });
    const lines = read('README.md')
      .split('\n')
      .filter((line) => /\| (CNN|KNN, k = \d+) \|/.test(line));
    expect(lines.map((line) => line.slice(line.search(/\| (CNN|KNN)/)))).toEqual(expected);
  });

  it('bear out what is said of them', () => {
    const difference = (result: EvaluationResult, arm: string, against: string) =>
      result.comparisons.find(
        (row) => row.arm === arm && row.against === against && row.classifier === 'cnn',
      )!;
    for (const result of [fiveShots, tenShots]) {
      const beside = difference(result, 'atnl+affine', 'affine');
      expect(beside.difference, 'hallucinations beside affine').toBeLessThan(beside.ci95!);
      for (const classifier of ['knn', 'cnn']) {
        const [slerp, lerp] = ['atnl', 'lerp'].map(
          (arm) => result.results.find((row) => row.arm === arm && row.classifier === classifier)!,
        );
        const apart = Math.abs(slerp!.mean - lerp!.mean);
        expect(apart, `slerp and lerp, ${classifier}`).toBeLessThan(Math.min(slerp!.ci95!, lerp!.ci95!));
      }
    }
  });
});

describe('figures of docs/own-images.md', () => {
  it('have those of clothes', () => {
    const text = prose('docs/own-images.md').join(' ').replace(/\s+/g, ' ');
    const clothes = resultOf('eval-10-shots-fashion');
    const both = ['knn', 'cnn'] as const;
    for (const { arm, against, difference, ci95 } of clothes.comparisons) {
      if (arm === 'restyle' && against === 'affine') expect(difference).toBeGreaterThan(ci95!);
    }
    const [knn, cnn] = both.map((classifier) => mean(clothes, 'restyle', classifier));
    const gains = both.map((classifier) => gain(clothes, 'restyle', 'affine', classifier));
    expect(text).toContain(
      `takes a KNN to ${knn} and a CNN to ${cnn} %: ${gains.join(' and ')} points above`,
    );
    const detailed = resultOf('eval-10-shots-fashion-detail');
    expect(detailed.detail).toBe(0.3);
    const sharper = mean(detailed, 'restyle', 'knn');
    expect(text).toContain(
      `the KNN has ${sharper} %, ${gain(detailed, 'restyle', 'affine', 'knn')} points above`,
    );
    expect(read('README.md')).toContain(`KNN from ${knn} to ${sharper} %`);
    const codes = both.map((classifier) => mean(clothes, 'codes', classifier));
    expect(text).toContain(`alone, with no image made, has ${codes.join(' and ')} %`);
    const { rows } = JSON.parse(read('paper/results/geometric-fashion.json'));
    const meanOf = (name: string) => {
      const own = rows.filter((row: { name: string }) => row.name === name);
      return own.reduce((sum: number, row: { mean: number }) => sum + row.mean, 0) / own.length;
    };
    const names = [...new Set(rows.map(({ name }: { name: string }) => name))] as string[];
    expect(names).toHaveLength(7);
    expect(names.sort((a, b) => meanOf(b) - meanOf(a))[0]).toBe('affine (defaults)');
  });
});

describe('figures of clothes that an encoder has not seen', () => {
  it('are those of the stored results', () => {
    const [one, more, other] = ['01234-1-shots', '01234-1-shots-confirmed', '56789-1-shots'].map((name) =>
      resultOf(`novel-fashion-${name}`),
    );
    for (const result of [one!, more!, other!]) {
      expect(result).toMatchObject({ detail: 1, mix: 1, perClass: 500, protocol: 'novel', split: 'test' });
    }
    const [five, otherFive] = ['01234', '56789'].map((half) => resultOf(`knn-fashion-${half}-5-shots`));
    const lengths = [one, more, other, five, otherFive].map((result) => result!.results[0]!.episodes.length);
    expect(lengths).toEqual([20, 60, 20, 60, 60]);
    const over = (result: EvaluationResult | undefined) => gain(result!, 'transport+affine', 'affine', 'knn');
    const words = (result: EvaluationResult | undefined) => {
      const [made, alone] = ['mean-detail', 'light'].map((arm) =>
        result!.results.find((row) => row.arm === arm),
      );
      const { mean: difference, ci95 } = pairedDifference(made!.episodes, alone!.episodes);
      return [percent(alone!.mean), percent(made!.mean), percent(difference), percent(ci95!)];
    };
    const text = read('docs/own-images.md')
      .replaceAll(/\]\([^)]*\)/g, '')
      .replaceAll(/[[\s]+/g, ' ');
    const [a, b, c, d] = words(five);
    const [e, f, g, h] = words(otherFive);
    for (const figure of [
      `from ${a} to ${b} %, ${c} ± ${d} points, on sandal to ankle boot, and from ${e} to ${f} %, ${g} ± ${h}, on t-shirt to coat`,
      `by ${over(other)} points ( t-shirt to coat, ${mean(other!, 'affine', 'knn')} to ${mean(other!, 'transport+affine', 'knn')} %)`,
      `and ${over(one)} ( sandal to ankle boot; ${over(more)} in sixty others`,
    ]) {
      expect(text).toContain(figure);
    }
  });
});

describe('figures of docs/speed.md', () => {
  const cells = (table: string) =>
    table.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replace(/^-+$/, '-')));
  const page = read('docs/speed.md');

  it('have the table of the result file', () => {
    const expected = cells(markdownTable(JSON.parse(read('paper/results/bench.json'))));
    const found = cells(page);
    const start = found.findIndex((line) => line[1] === 'case');
    expect(found.slice(start, start + expected.length)).toEqual(expected);
  });

  it('have the cost of streaming of the result file', () => {
    const [wasm, native] = JSON.parse(read('paper/results/bench-stream-overhead.json')).rows;
    expect(page.replace(/\s+/g, ' ')).toContain(
      `put the stream's time at ${wasm.ratio.toFixed(2)} times the loop's on wasm and ${native.ratio.toFixed(2)} times on native.`,
    );
  });

  it('have the memory of the result file', () => {
    const [row] = JSON.parse(read('paper/results/bench-stream-memory.json')).rows;
    const { theirs, ours, ahead, bound, tensors } = row;
    const expected = [`${theirs.toFixed(1)} MB`, `${ours.toFixed(1)} MB`, `${ahead}`, `${bound}`];
    expect(cells(page)).toContainEqual(['', ...expected, `${tensors.before}, ${tensors.after}`, '']);
  });
});

describe('what docs/speed.md says of large folders', () => {
  it('is what the result file has', () => {
    const page = read('docs/speed.md').replace(/ +/g, ' ');
    for (const { name, ours, theirs, images, seconds } of JSON.parse(
      read('paper/results/bench-large-folder.json'),
    ).rows) {
      expect(images).toBe(200_000);
      const command = name.split('/')[1];
      expect(page).toContain(
        `| \`${command}\` | ${theirs.toFixed(0)} MB | ${ours.toFixed(0)} MB | ${seconds.toFixed(0)} s |`,
      );
    }
  });
});

describe('figures of docs/experiments.md', () => {
  const text = prose('docs/experiments.md').join(' ').replace(/\s+/g, ' ');

  it('has those of the linear probes', () => {
    const { rows } = JSON.parse(read('paper/results/linear-probes.json'));
    const probe = (learner: string, changed: Record<string, unknown>) => {
      const wanted = { learner, epochs: 6, latentSize: 32, options: {}, ...changed };
      const found = rows.find((row: Record<string, unknown>) =>
        Object.entries(wanted).every(([key, value]) => JSON.stringify(row[key]) === JSON.stringify(value)),
      );
      return 100 * found.linear[0];
    };
    const gain = (learner: string, changed: Record<string, unknown>) =>
      (probe(learner, changed) - probe(learner, {})).toFixed(2);
    const rise = (learner: string) =>
      `from ${probe(learner, {}).toFixed(2)} to ${probe(learner, { latentSize: 256 }).toFixed(2)} %`;
    for (const figure of [
      `the probe of AE rises ${rise('ae')}, and that of VAE ${rise('vae')}`,
      `twice the epochs add ${gain('ae', { epochs: 12 })} and ${gain('vae', { epochs: 12 })} points`,
      `(β 0.25), with ${gain('vae', { options: { beta: 0.25 } })}`,
    ]) {
      expect(text).toContain(figure);
    }
  });
});

describe('what docs/experiments.md says of lines', () => {
  it('is what the trials have', () => {
    const text = prose('docs/experiments.md').join(' ').replace(/\s+/g, ' ');
    const rows: readonly {
      readonly learner: string;
      readonly epochs: number;
      readonly options?: { readonly lambda: number };
      readonly meanDistance: number;
      readonly smoothness: number;
    }[] = JSON.parse(read('paper/results/lines.json')).rows;
    const trial = (lambda?: number) =>
      rows.find(({ options, epochs }) => options?.lambda === lambda && epochs === 25)!;
    const [ae, light, middle, heavy] = [trial(), trial(0.05), trial(0.1), trial(0.2)];
    expect(text).toContain(
      `Smoothness of ${middle.smoothness.toFixed(3)} is nearer to AE's ${ae.smoothness.toFixed(3)}`,
    );
    expect(middle.smoothness).toBeLessThan(light.smoothness);
    const distances = [light, middle, ae, heavy].map(({ meanDistance }) => meanDistance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
  });
});

describe('what docs/figures.md says of Table 2', () => {
  const { rows } = JSON.parse(read('paper/results/table2.json')) as Table2;
  const text = prose('docs/figures.md').join(' ').replace(/\s+/g, ' ');
  const row = (protocol: string, model: string | null, shots: number, arm: string, k: number | null) =>
    rows.find(
      (one) =>
        one.protocol === protocol &&
        one.model === model &&
        one.shots === shots &&
        one.arm === arm &&
        one.k === k,
    )!;
  /** Accuracy, of the KNN with k = 1 where nothing else is said. */
  const at = (
    ...[protocol, model, shots, arm, k = 1]: [string, string | null, number, string, (number | null)?]
  ) => percent(row(protocol, model, shots, arm, k).mean);
  /** What an arm is above another: `1.2 ± 0.4`. */
  const above = (
    ...[protocol, model, shots, arm, than, k]: [string, string | null, number, string, string, number | null]
  ) => {
    const [one, other] = [arm, than].map((name) => row(protocol, model, shots, name, k).episodes);
    const { mean: difference, ci95 } = pairedDifference(one!, other!);
    const sign = difference < 0 ? '−' : '';
    return `${sign}${percent(Math.abs(difference))} ± ${percent(ci95!)}`;
  };

  it('is what the result file has', () => {
    const all = 'restyle+geometric+labels';
    const unseen = (shots: number) =>
      ['mnist-01234', 'mnist-56789'].map((model) => above('novel', model, shots, all, 'geometric', null));
    const taught = (arm: string) =>
      ['mnist-01234', 'mnist-56789']
        .map((model) => above('novel', model, 1, arm, 'geometric', null))
        .join(' and ');
    /** Share of the errors of `geometric` that an arm does away with, in %. */
    const spared = (arm: string) =>
      ['mnist-01234', 'mnist-56789']
        .map((model) => {
          const [own, other] = [arm, 'geometric'].map((name) => row('novel', model, 1, name, null).mean);
          return ((100 * (own! - other!)) / (1 - other!)).toFixed(0);
        })
        .join(' and ');
    const first = 'mnist-atnl-first-54000-1';
    for (const figure of [
      `\`none\` has ${at('paper', 'mnist', 10, 'none', 10)} and ${at('paper', 'mnist', 10, 'none', null)} % where the poster has 61.5 and 86.3`,
      `slerp takes the KNN to ${at('paper', 'mnist', 10, 'atnl', 10)} % (78.7)`,
      `The CNN stays at ${at('paper', 'mnist', 10, 'atnl', null)} % (94.4)`,
      `\`restyle\` takes it to ${at('paper', 'mnist-styled', 10, 'restyle', null)} %`,
      `\`variants\` has ${at('paper', 'mnist', 10, 'variants', 10)} and ${at('paper', 'mnist', 10, 'variants', null)} % (62.4 and 86.8)`,
      `the KNN with slerp has ${[5, 10, 20].map((shots) => at('paper', 'mnist', shots, 'atnl')).join(', ')} % at 5, 10 and 20 shots, \`affine\` ${[5, 10, 20].map((shots) => at('paper', 'mnist', shots, 'affine')).join(', ')}`,
      `by ${unseen(1).join(' and ')} points at one shot, ${unseen(5).join(' and ')} at five, ${unseen(10).join(' and ')} at ten and ${unseen(20).join(' and ')} at twenty`,
      `is above \`geometric\` by ${taught('restyle+geometric+symbols+labels')} points (5–9 and 0–4), which is ${spared('restyle+geometric+symbols+labels')} % of its errors`,
      `slerp takes the KNN from ${at('disjoint', first, 10, 'none', 10)} to ${at('disjoint', first, 10, 'atnl', 10)} % and \`transport\` to ${at('disjoint', first, 10, 'transport', 10)}.`,
      `A CNN has ${at('disjoint', first, 10, 'atnl', null)} % with slerp and ${at('disjoint', first, 10, 'affine', null)} % with \`affine\`.`,
      `\`geometric+symbols+labels\` is above it by ${taught('geometric+symbols+labels')}.`,
      `${above('novel', 'glyphs', 1, all, 'geometric', null)} points at one shot and ${above('novel', 'glyphs', 5, all, 'geometric', null)} at five`,
      `nearest class mean among its codes has ${at('novel', 'glyphs', 1, 'codes', null)} and ${at('novel', 'glyphs', 5, 'codes', null)} %, \`geometric\` ${at('novel', 'glyphs', 1, 'geometric', null)} and ${at('novel', 'glyphs', 5, 'geometric', null)}`,
      `\`lerp\` takes a KNN from ${at('unlabelled', 'mnist-acai-1', 5, 'none')} to ${at('unlabelled', 'mnist-acai-1', 5, 'lerp')} %; \`affine\` has ${at('unlabelled', 'mnist-acai-1', 5, 'affine')}`,
      `A CNN has ${at('unlabelled', 'mnist-acai-1', 5, 'lerp', null)} % with \`lerp\` and ${at('unlabelled', 'mnist-acai-1', 5, 'affine', null)} % with \`affine\``,
      `on top of \`affine\` it gains ${above('shots-only', null, 5, 'atnl+affine', 'affine', 1)} points with a KNN`,
      `costs a CNN ${above('shots-only', null, 5, 'atnl+affine', 'affine', null).replace('−', '')}`,
    ]) {
      expect(text).toContain(figure);
    }
  });
});

describe('figures of docs/figures.md', () => {
  const text = prose('docs/figures.md').join(' ').replace(/\s+/g, ' ');
  const resultsOf = (name: string) => JSON.parse(read(`paper/results/${name}.json`));

  it('has those of Table 1, and they bear out what is said of them', () => {
    const row = (dataset: string, learner: string, classifier = 'knn') =>
      resultsOf('table1').rows.find(
        (own: Record<string, unknown>) =>
          own.dataset === dataset && own.learner === learner && own.classifier === classifier,
      );
    const shown = (dataset: string, learner: string, classifier?: string) => {
      const { mean, ci95 } = row(dataset, learner, classifier);
      return `${(100 * mean).toFixed(2)} ± ${(100 * ci95).toFixed(2)}`;
    };
    const faces = 'faces-stand-in';
    for (const figure of [
      `${shown('mnist', 'vaeTripletLoss')} and ${shown('mnist', 'atnl')} with a KNN`,
      `${shown('mnist', 'vaeTripletLoss', 'linear')} and ${shown('mnist', 'atnl', 'linear')} with a linear probe`,
      `(${shown('mnist', 'ae')} and ${shown('mnist', 'vae')} with a KNN)`,
      `${shown('mnist', 'ae', 'linear')} and ${shown('mnist', 'vae', 'linear')} beside ${(100 * row('mnist', 'ae').poster).toFixed(2)} and ${(100 * row('mnist', 'vae').poster).toFixed(2)}`,
      `VAE-TL is above ATNL, ${shown(faces, 'vaeTripletLoss')} and ${shown(faces, 'atnl')}`,
      `VAE is below AE, ${shown(faces, 'vae')} and ${shown(faces, 'ae')}`,
      `${(100 * row('mnist', 'atnl').poster).toFixed(2)} and ${(100 * row('mnist', 'vaeTripletLoss').poster).toFixed(2)}`,
    ]) {
      expect(text).toContain(figure);
    }
    for (const classifier of ['knn', 'linear']) {
      const [triplet, atnl] = [row('mnist', 'vaeTripletLoss', classifier), row('mnist', 'atnl', classifier)];
      expect(Math.abs(triplet.mean - atnl.mean)).toBeLessThan(Math.min(triplet.ci95, atnl.ci95));
      for (const [high, low] of [
        ['vaeTripletLoss', 'atnl'],
        ['ae', 'vae'],
      ] as const) {
        const [above, below] = [row(faces, high, classifier), row(faces, low, classifier)];
        expect(above.mean - above.ci95).toBeGreaterThan(below.mean + below.ci95);
      }
    }
  });

  it('has those of Figure 1, and the most that can be reached', () => {
    const shown = (learner: string) => {
      const { spearman, ci95 } = resultsOf('figure1').rows.find(
        (row: { learner: string }) => row.learner === learner,
      );
      return `${spearman.toFixed(3).replace('-', '−')} ± ${ci95.toFixed(3)}`;
    };
    expect(text).toContain(`${shown('atnl')} for ATNL, ${shown('vae')} for VAE`);
    // Ranks of 45 pairs, of which 9 differ by 1, 8 by 2, …: Kendall's correction for ties in one of two rankings.
    const cubes = (count: number) => count ** 3 - count;
    const ties = [1, 2, 3, 4, 5, 6, 7, 8, 9].reduce((sum, count) => sum + cubes(count), 0);
    expect(text).toContain(`${Math.sqrt(1 - ties / cubes(45)).toFixed(3)} is the most that ties`);
  });

  it('has those of Figure 5', () => {
    const ends = (dimensions: number) => {
      const rows = resultsOf('figure5').rows.filter(
        (row: { dimensions: number }) => row.dimensions === dimensions,
      );
      const values = rows.map((row: { trustworthiness: number }) => row.trustworthiness);
      return `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)} in ${dimensions}-D`;
    };
    expect(text).toContain(`${ends(2)} and ${ends(3)}`);
  });

  it('has those of Figure 6, and they bear out what is said of them', () => {
    interface Row {
      readonly name: string;
      readonly meanDistance: number;
      readonly smoothness: number;
      readonly labelKept: number;
      readonly labelKept95: readonly [number, number];
    }
    const rows: readonly Row[] = resultsOf('figure6').rows;
    const row = (name: string) => rows.find((other) => other.name === name)!;
    const kept = ({ labelKept, labelKept95 }: Row) =>
      `${(100 * labelKept).toFixed(2)} % (${labelKept95.map((end) => (100 * end).toFixed(2)).join(' – ')})`;
    for (const name of ['ATNL', 'ATNL*', 'AE']) expect(text).toContain(kept(row(name)));
    const [least, most] = [row('ATNL').labelKept95[0], row('ATNL').labelKept95[1]];
    expect(row('ATNL*').labelKept > least && row('ATNL*').labelKept < most).toBe(true);
    for (const name of ['AE', 'VAE', 'AAE', 'ACAI'])
      expect(row(name).labelKept).toBeLessThan(row('ATNL').labelKept);
    const [acai, vae, ae] = ['ACAI', 'VAE', 'AE'].map(row);
    const distances = [acai, vae, ae].map((one) => (1000 * one!.meanDistance).toFixed(2));
    expect(text).toContain(`is ${distances[0]}, VAE's ${distances[1]}, AE's ${distances[2]}`);
    expect(acai!.meanDistance).toBe(Math.min(...rows.map(({ meanDistance }) => meanDistance)));
    const steps = [acai, vae, ae].map((one) => one!.smoothness.toFixed(3));
    expect(text).toContain(`${steps[0]}, is better than VAE's ${steps[1]}, but not than AE's ${steps[2]}`);
  });

  it('come with their pictures and tables', () => {
    for (const name of [
      'table1.svg',
      'figure1.svg',
      'figure5-mnist-2d.svg',
      'figure5-faces-stand-in-2d.svg',
      'figure6-1-7.svg',
    ])
      expect(text).toMatch(
        new RegExp(`!\\[[^\\]]+\\]\\(\\.\\./paper/results/${name.replace('.', '\\.')}\\)`),
      );
    for (const name of ['table1.md', 'figure1.md', 'figure5.md', 'figure6.md'])
      expect(text).toContain(`](../paper/results/${name})`);
  });
});

describe('figures of docs/quality.md', () => {
  const result = JSON.parse(read('paper/results/quality.json')) as QualityResult;
  const text = prose('docs/quality.md').join(' ').replace(/\s+/g, ' ');
  const unseen = JSON.parse(read('paper/results/quality-unseen.json')) as QualityResult;
  type Row = readonly [model: string | null, path: string];
  const rowOf = ([model, path]: Row, measure: QualityMeasure, of = result) =>
    of.results.find((row) => row.model === model && row.path === path && row.measure === measure)!;
  const mean = (path: string, measure: QualityMeasure, model = 'mnist') =>
    percent(rowOf([model, path], measure).mean);
  const differences = (measure: QualityMeasure, a: Row, b: Row, of = result) => {
    const { mean: difference, ci95 } = pairedDifference(
      rowOf(a, measure, of).episodes,
      rowOf(b, measure, of).episodes,
    );
    return { difference, ci95: ci95! };
  };
  const apart = (measure: QualityMeasure, a: Row, b: Row) => {
    const { difference, ci95 } = differences(measure, a, b);
    return `${percent(Math.abs(difference))} ± ${percent(ci95)}`;
  };
  const slerp: Row = ['mnist', 'slerp'];
  const lerp: Row = ['mnist', 'lerp'];
  const styledSlerp: Row = ['mnist-styled', 'slerp'];
  const styledLerp: Row = ['mnist-styled', 'lerp'];

  it('have the table of the result file', () => {
    const tables = codeBlocks('docs/quality.md').filter(({ language }) => language === 'text');
    expect(tables.map(({ code }) => code.trim())).toContain(qualityTable(result).trim());
  });

  it('are those of the result file', () => {
    for (const figure of [
      `${mean('slerp', 'labelPreservation')} % keep their class`,
      `recall is ${mean('slerp', 'recall')} % and coverage ${mean('slerp', 'coverage')} %`,
      `CAS is ${mean('slerp', 'classificationAccuracy')} %, the support set alone gives ${percent(result.supportAlone.mean)} %`,
      `learns from lerp on \`mnist-styled\` is ${apart('classificationAccuracy', styledLerp, styledSlerp)} points better`,
      `Coverage grows by ${apart('coverage', ['mnist', 'transport'], slerp)} points on slerp, by ${apart('coverage', ['mnist', 'transport'], lerp)} on lerp, and CAS by ${apart('classificationAccuracy', ['mnist', 'transport'], slerp)}`,
      `${apart('labelPreservation', ['mnist', 'transport'], slerp)} points fewer keep their class`,
      `CAS ${mean('restyle', 'classificationAccuracy', 'mnist-styled')} %, ${apart('classificationAccuracy', ['mnist-styled', 'restyle'], slerp)} points above slerp, with ${mean('restyle', 'labelPreservation', 'mnist-styled')} % of`,
      `least FLD (${rowOf(['mnist-acai-1', 'lerp'], 'frechetLeNet').mean.toFixed(2)}, slerp on \`mnist\` ${rowOf(slerp, 'frechetLeNet').mean.toFixed(2)})`,
      `most coverage (${mean('lerp', 'coverage', 'mnist-acai-1')} %)`,
      `CAS is ${apart('classificationAccuracy', [null, 'real'], slerp)} points above that of slerp`,
    ]) {
      expect(text).toContain(figure);
    }
  });

  it('are those of the other paths, on the same support sets', () => {
    const paths = JSON.parse(read('paper/results/quality-paths.json')) as QualityResult;
    const episodesOf = (model: string | null, path: string, measure: QualityMeasure) =>
      rowOf([model, path], measure, paths).episodes;
    expect(episodesOf(null, 'real', 'coverage')).toEqual(rowOf([null, 'real'], 'coverage').episodes);
    const shown = (path: string, measure: QualityMeasure) =>
      percent(rowOf(['mnist', path], measure, paths).mean);
    const { mean: difference, ci95 } = pairedDifference(
      episodesOf('mnist', 'tangent', 'classificationAccuracy'),
      rowOf(slerp, 'classificationAccuracy').episodes,
    );
    for (const figure of [
      `${shown('tangent', 'labelPreservation')} % keep their class, coverage is ${shown('tangent', 'coverage')} %, and CAS is ${percent(difference)} ± ${percent(ci95!)} points above slerp's`,
      `\`extrapolate\` keeps ${shown('extrapolate', 'labelPreservation')} % and covers ${shown('extrapolate', 'coverage')} %, with a CAS of ${shown('extrapolate', 'classificationAccuracy')} %`,
      `\`mean\` is tighter than slerp: ${shown('mean', 'coverage')} % and ${shown('mean', 'classificationAccuracy')} %`,
    ]) {
      expect(text).toContain(figure);
    }
    for (const model of ['mnist', 'mnist-styled']) {
      const cas = ['mean', 'extrapolate', 'tangent'].map(
        (path) => rowOf([model, path], 'classificationAccuracy', paths).mean,
      );
      expect(cas).toEqual([...cas].sort((a, b) => a - b));
    }
  });

  it('bear out what is said of them', () => {
    const clear = (...which: Parameters<typeof differences>) => {
      const { difference, ci95 } = differences(...which);
      return Math.abs(difference) <= ci95 ? 0 : Math.sign(difference);
    };
    const ofImages = new Set(result.results.map(({ measure }) => measure));
    ofImages.delete('largestStep');
    for (const measure of ofImages) {
      expect(clear(measure, slerp, lerp), measure).toBe(0);
      const styled = measure === 'classificationAccuracy' ? -1 : 0;
      expect(clear(measure, styledSlerp, styledLerp), measure).toBe(styled);
    }
    const steps = [
      differences('largestStep', styledSlerp, styledLerp),
      differences('largestStep', slerp, lerp),
    ];
    expect(steps.map(({ difference, ci95 }) => [difference.toFixed(2), ci95.toFixed(2)])).toEqual([
      ['-0.09', '0.02'],
      ['0.01', '0.01'],
    ]);
    const found = ['glyphs', 'mnist-01234'].map((name) => {
      const [straight, curved]: readonly [Row, Row] = [
        [name, 'lerp'],
        [name, 'slerp'],
      ];
      expect(clear('labelPreservation', straight, curved, unseen), name).toBe(0);
      const { difference, ci95 } = differences('largestStep', straight, curved, unseen);
      return `${difference.toFixed(2)} ± ${ci95.toFixed(2)}`;
    });
    expect(text).toContain(`slerp's largest step is less by ${found.join(' and ')}.`);
    expect(clear('precision', [null, 'real'], slerp)).toBe(-1);
    for (const measure of ['coverage', 'classificationAccuracy'] as const)
      expect(clear(measure, ['mnist', 'transport'], slerp), measure).toBe(1);
    for (const name of ['mnist-ae-1', 'mnist-vae-1', 'mnist-acai-1']) {
      expect(clear('frechetLeNet', [name, 'lerp'], slerp), name).toBe(-1);
      expect(clear('coverage', [name, 'lerp'], slerp), name).toBe(1);
      expect(clear('labelPreservation', [name, 'lerp'], slerp), name).toBe(0);
    }
  });
});
