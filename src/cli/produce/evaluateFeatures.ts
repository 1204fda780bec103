import { UsageError } from '../../core/errors.js';
import { codeArmNamed } from '../../evaluate/codes/codeArms.js';
import { evaluateCodes } from '../../evaluate/codes/evaluateCodes.js';
import { isEvaluationData } from '../../evaluate/data.js';
import type { EvaluationResult } from '../../evaluate/result.js';
import {
  type CodeEvaluationSettings,
  codeClassifierNames,
  codeProtocolNames,
} from '../../evaluate/settings.js';
import { OMNIGLOT } from '../../node/builtInSets.js';
import { loadExtractor } from '../../node/loadExtractor.js';
import type { BackendName } from '../../node/selectBackend.js';
import type { Context } from '../command.js';
import { chanceLines, findingLines } from '../images.js';
import { ownDataOf } from '../options/common.js';
import { codesText, type evalTable, everyArm, everyClassifier } from '../options/evalOptions.js';
import type { FlagsOf } from '../options/option.js';
import { workLine } from '../photos.js';
import { laterBar, progressBar } from '../terminal.js';

type EvalFlags = FlagsOf<typeof evalTable>;

/** Format of a bar of episodes. */
export const EPISODES = 'Evaluating |{bar}| {value}/{total} episodes · {eta_formatted} left';

/** Options about images that are made, CNNs and trained encoders. */
const withoutMeaning = [
  ...(['teachers', 'pipelines', 'detail', 'mix', 'trust', 'cnn', 'cnnSteps', 'encoderSteps'] as const),
  ...(['channels', 'dataDir', 'runs', 'within'] as const),
];

/** Throws a `UsageError` that names the first option that a model of features has no use for. */
function assertMeant(flags: EvalFlags, model: string): void {
  const refuse = (what: string, hint: string, option: string): never => {
    throw new UsageError(`the model ${model} gives features of photos, ${what}`, { hint, option });
  };
  const { data, protocol, classifiers = [] } = flags;
  if (isEvaluationData(data) || data === OMNIGLOT) {
    refuse(`but ${data} has small gray images`, 'Name images of your own, or another model.', 'data');
  }
  const [option] = withoutMeaning.filter((name) => flags[name] !== undefined);
  if (option !== undefined) {
    refuse(`and takes no ${option}`, 'Leave it out: no image is made, and no network trained.', option);
  }
  if (protocol !== undefined && !isAmong(codeProtocolNames, protocol)) {
    refuse(
      `and cannot be judged by the protocol ${protocol}`,
      `Protocols: ${codeProtocolNames.join(', ')}.`,
      'protocol',
    );
  }
  if (
    classifiers.length < everyClassifier.length &&
    !classifiers.every((name) => isAmong(codeClassifierNames, name))
  ) {
    refuse('which no CNN takes', `Classifiers: ${codeClassifierNames.join(', ')}.`, 'classifiers');
  }
}

const isAmong = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  (names as readonly string[]).includes(name);

/** Settings among the flags. `all` arms are those that need no base codes; `all` classifiers those of codes. */
function settingsOf(flags: EvalFlags): CodeEvaluationSettings {
  const { data, split, protocol, ways, shots, queries, episodes, k, knnEngine, perClass, seed, unknown } =
    flags;
  const { arms = [], classifiers = [] } = flags;
  const given = {
    ...{ data, split, protocol, ways, shots, queries, episodes, k, knnEngine, perClass, seed, unknown },
    ...(arms.length > 0 && arms.length < everyArm.length ? { arms } : {}),
    ...(classifiers.length > 0 && classifiers.length < everyClassifier.length ? { classifiers } : {}),
    ...ownDataOf(flags),
    levels: flags.levels,
  };
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as unknown as CodeEvaluationSettings;
}

/** Judges a model of features on the images that flags name, and tells of the work. */
export async function evaluateFeatures(
  flags: EvalFlags,
  model: string,
  { signal, terminal, backend }: Context & { readonly backend: BackendName },
): Promise<EvaluationResult> {
  assertMeant(flags, model);
  const { size } = flags;
  for (const option of ['shard', 'queue'] as const) {
    if (flags[option] === undefined) continue;
    throw new UsageError(`the model ${model} gives features of photos, whose episodes are not cut`, {
      hint: `The work is to read the photos, once: one machine does it. Leave out --${option}.`,
      option,
    });
  }
  const extractor = await loadExtractor(model, size === undefined ? {} : { side: size });
  const reading = progressBar(terminal, 'Reading');
  const bar = laterBar(terminal, EPISODES);
  try {
    const result = await evaluateCodes(extractor, settingsOf(flags), {
      command: (settings) =>
        codesText({ ...settings, ...(size === undefined ? {} : { size }), model, backend }),
      signal,
      onImage: reading.update,
      onEmbedded: (work) => {
        reading.stop();
        terminal.note(workLine(work));
      },
      onFindings: (findings) => [...findingLines(findings), ...chanceLines(findings)].forEach(terminal.note),
      onProgress: bar.update,
    });
    bar.stop();
    for (const line of remarksOn(result)) terminal.note(line);
    return result;
  } finally {
    reading.stop();
    bar.stop();
    extractor.dispose();
  }
}

/** Arms that add nothing for want of shots. */
function remarksOn({ results, shots }: EvaluationResult): string[] {
  const arms = [...new Set(results.map(({ arm }) => arm))].map(codeArmNamed);
  const short = arms.filter(({ samples = 1 }) => samples > shots).map(({ name }) => name);
  if (short.length === 0) return [];
  const few = shots === 1 ? 'With one shot there is no pair' : `${shots} shots are too few`;
  return [`${few} to interpolate: nothing is hallucinated for ${short.join(', ')}.`];
}
