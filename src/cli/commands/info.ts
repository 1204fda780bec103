import { stdout } from 'node:process';
import { describeBackend } from '../../backend/backendInfo.js';
import { version } from '../../core/version.js';
import type { BackboneExtractor } from '../../models/backbone.js';
import type { FeatureExtractor } from '../../models/extractor.js';
import { selectBackend } from '../../node/selectBackend.js';
import { defineCommand } from '../command.js';
import { common } from '../options/common.js';

/** Most outputs that the text names; JSON has all. */
const MOST_OUTPUTS = 12;

/** What is known of an extractor, as JSON holds it. */
function factsOf(extractor: FeatureExtractor) {
  const { name, digest, imageShape, latentSize, latentSpace, styleSize, base, seen } = extractor;
  const { output, outputs, labels } = extractor as Partial<BackboneExtractor>;
  return {
    name,
    about: extractor.describe(),
    imageShape,
    latentSize,
    latentSpace,
    styleSize,
    ...(base === undefined ? {} : { base: { codes: base.codes.length, classes: base.classes.length } }),
    ...(seen === undefined ? {} : { seen }),
    ...(output === undefined ? {} : { output, outputs }),
    ...(labels === undefined ? {} : { labels }),
    sha256: digest,
  };
}

/** The same as lines: what it is, then a name and a value each. */
function linesOf({
  name,
  about,
  base,
  seen,
  outputs,
  styleSize,
  sha256,
}: ReturnType<typeof factsOf>): string[] {
  const [what, ...others] = about;
  const lines = [
    ...others,
    ...(styleSize === 0 ? [] : [`style: the last ${styleSize} values`]),
    ...(base === undefined || others.some((line) => line.startsWith('base:'))
      ? []
      : [`base: ${base.codes} codes of ${base.classes} classes`]),
    ...(others.some((line) => line.startsWith('seen:')) ? [] : [`seen: ${seen?.name ?? 'unknown'}`]),
    ...(outputs === undefined ? [] : ['license: not in its files', `outputs: ${lastOf(outputs)}`]),
    `digest: ${sha256}`,
  ];
  return [
    `${name}: ${what}`,
    ...lines.map((line) => line.replace(/^(\w+): /, (_, key) => `${key.padEnd(10)}`)),
  ];
}

/** The outputs nearest to the end, which is where features are. */
function lastOf(outputs: readonly string[]): string {
  const last = outputs.slice(-MOST_OUTPUTS);
  const before = outputs.length - last.length;
  return `${before > 0 ? `${before} others, ` : ''}${last.join(', ')}`;
}

/** `fewshot info`: the backend that computes here, and why; or what a model is. */
export const command = defineCommand({
  table: {
    name: 'info',
    options: { backend: common.backend, json: { ...common.json, help: 'print JSON instead of text' } },
    recorded: [],
    always: [],
  },
  argument: {
    usage: '[model]',
    help: 'shipped model, or path of a model file (.safetensors, model.json, .onnx) or a Teachable Machine project (default: tell of the backend)',
  },
  async run({ backend, json }, { argument }) {
    const info = await selectBackend(backend);
    const print = (facts: object, lines: () => readonly string[]) =>
      stdout.write(`${json === true ? JSON.stringify(facts, null, 2) : lines().join('\n')}\n`);
    if (argument === undefined) {
      print({ 'fewshot-atnl': version, ...info }, () => [
        `fewshot-atnl ${version}`,
        ...describeBackend(info),
      ]);
      return;
    }
    const { loadExtractor } = await import('../../node/loadExtractor.js');
    const extractor = await loadExtractor(argument);
    try {
      const facts = factsOf(extractor);
      print(facts, () => linesOf(facts));
    } finally {
      extractor.dispose();
    }
  },
});
