import { UsageError } from '../../core/errors.js';
import { armNamed, armNames, defaultArms, oneShotArms } from '../../evaluate/arms/arms.js';
import { type ArmsFor, armsFor } from '../../evaluate/arms/armsFor.js';
import { classFolders, waysWithin } from '../../evaluate/classFolders.js';
import { evaluationCatalog, isEvaluationData } from '../../evaluate/data.js';
import { waysBesideUnknown } from '../../evaluate/openSet.js';
import { protocols, trainsEncoder } from '../../evaluate/protocols.js';
import { defaultSettings, type EvaluationSettings, type NamedPipeline } from '../../evaluate/settings.js';
import { survey } from '../../node/images/survey.js';
import { loadModel } from '../../node/loadModel.js';
import type { BackendName } from '../../node/selectBackend.js';
import { type evalTable, everyArm, everyClassifier } from '../options/evalOptions.js';
import type { FlagsOf } from '../options/option.js';
import { chooseShape } from './chosenDefaults.js';
import { type ChosenEncoder, chosenEncoder } from './chosenEncoder.js';

type EvalFlags = FlagsOf<typeof evalTable>;

/** Flags that say how and where an evaluation runs, or are settings under other names. */
const besideSettings = [
  ...(['workers', 'shard', 'queue', 'store', 'json', 'out', 'quiet'] as const),
  ...(['backend', 'size', 'channels'] as const),
];

/**
 * The settings of an evaluation of images that flags ask for, with what they leave open, and notes on them.
 *
 * @throws UsageError for flags that cannot go together
 */
export async function evaluationSettings(
  flags: EvalFlags,
  pipelines: readonly NamedPipeline[],
  backend: BackendName,
): Promise<{ readonly settings: EvaluationSettings; readonly notes: readonly string[] }> {
  const beside: readonly string[] = besideSettings;
  const rest = Object.fromEntries(Object.entries(flags).filter(([name]) => !beside.includes(name))) as Omit<
    EvalFlags,
    (typeof besideSettings)[number]
  >;
  const chosen = await chosenEncoder(flags);
  assertNoSizes(flags, chosen);
  const { teachers = [], classifiers = defaultSettings.classifiers } = flags;
  const { arms, notes } =
    flags.arms === undefined ? await usualArms(chosen) : { arms: flags.arms, notes: [] };
  const { shots, queries, episodes, cnn, mix, trust } = defaultSettings;
  const settings: EvaluationSettings = {
    ...{ shots, queries, episodes, cnn, mix, trust },
    ...rest,
    ...chosen,
    ...(await settingsFor(flags, chosen)),
    arms: arms.length === everyArm.length ? armNames : arms,
    // What is no classifier of images is refused.
    classifiers: (classifiers.length === everyClassifier.length
      ? defaultSettings.classifiers
      : classifiers) as EvaluationSettings['classifiers'],
    ...{ pipelines, teachers, backend },
  };
  const unnamed = flags.model === undefined && chosen.model !== defaultSettings.model;
  return {
    settings,
    notes: [
      ...(unnamed ? [`Model ${chosen.model}, as none is named, and protocol ${chosen.protocol}.`] : []),
      ...notes,
      ...remarksOn(settings),
    ],
  };
}

/** Settings that differ between a data set by name and one's own images. */
async function settingsFor(
  flags: EvalFlags,
  { protocol }: ChosenEncoder,
): Promise<Pick<EvaluationSettings, 'ways'> & Partial<Pick<EvaluationSettings, 'shape' | 'fit'>>> {
  const { data, ways, size, channels, within = false } = flags;
  const trains = trainsEncoder(protocols[protocol]);
  const waysOf = (all: number) => (flags.unknown === true ? waysBesideUnknown(all) : all);
  const shaped = size !== undefined || channels !== undefined;
  if (isEvaluationData(data) || !trains) {
    if (shaped) {
      throw new UsageError('--size and --channels go with images of your own under --protocol shots-only', {
        hint: 'Otherwise the data or the model have their size. Leave out the flags.',
      });
    }
    if (isEvaluationData(data) || flags.runs !== undefined || protocol === 'one-shot')
      return { ways: ways ?? waysOf(defaultSettings.ways) };
  }
  const catalog = await evaluationCatalog(flags);
  const classes = [...new Set(Array.from(catalog.images, ({ label }) => label))];
  const most = within ? waysWithin(classFolders(classes, data)) : classes.length;
  const about = { ways: ways ?? waysOf(most) };
  if (!trains) return about;
  const found = chooseShape(await survey(catalog, { skipBad: flags.skipBad === true }));
  const side = size ?? found.size;
  return { ...about, shape: [side, side, channels ?? found.channels], fit: flags.fit ?? 'letterbox' };
}

/** Arms where none are named: those that the encoder can go. */
async function usualArms({ protocol, model: name }: ChosenEncoder): Promise<ArmsFor> {
  if (trainsEncoder(protocols[protocol])) return armsFor(defaultArms);
  const model = await loadModel(name);
  model.dispose();
  return armsFor(protocol === 'one-shot' ? oneShotArms : defaultArms, model);
}

/** Throws a `UsageError` for sizes of episodes under a protocol whose episodes are given. */
function assertNoSizes(flags: EvalFlags, { protocol }: ChosenEncoder): void {
  if (protocol !== 'one-shot') return;
  for (const option of ['ways', 'shots', 'queries', 'episodes'] as const) {
    if (flags[option] === undefined) continue;
    throw new UsageError(`the protocol one-shot takes all images of its runs, and no ${option}`, {
      hint: 'Leave it out.',
      option,
    });
  }
}

/** Notes on settings that can be carried out, but are probably not meant. */
export function remarksOn({ arms, pipelines = [], teachers = [], shots }: EvaluationSettings): string[] {
  const chosen = [...arms, ...pipelines.map(({ name }) => name)].map((name) => armNamed(name, pipelines));
  const short = chosen.filter(({ samplesNeeded }) => samplesNeeded > shots).map(({ name }) => name);
  const why =
    shots === 1
      ? 'With one shot there is no pair to interpolate'
      : `${shots} shots are too few to interpolate`;
  return [
    ...(short.length === 0 ? [] : [`${why}: nothing is hallucinated for ${short.join(', ')}.`]),
    ...(teachers.length === 0 || chosen.some(({ asksTeachers }) => asksTeachers)
      ? []
      : [`No arm asks ${teachers.join(', ')} for labels: that is what arms on +labels, and codes, do.`]),
  ];
}
