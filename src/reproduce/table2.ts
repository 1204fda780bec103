import { commandOf } from '../evaluate/command.js';
import { type EvaluationResult, type EvaluationSettings, evaluate } from '../evaluate/index.js';
import { protocols, trainsEncoder } from '../evaluate/protocols/index.js';
import { loadModel } from '../files/index.js';
import type { Exhibit } from './exhibit.js';
import type { Lab } from './lab.js';
import { table2Figure } from './table2Figure.js';
import { table2Page } from './table2Page.js';
import { type Judged, rowsOf, type Table2, type Table2Row } from './table2Result.js';
import { TABLE2_SEED, table2Settings, trainedEncoders } from './table2Settings.js';

/** Where an encoder is. */
interface Encoder {
  /** Shipped name or path of a file. */
  readonly model: string;
  /** SHA-256 of its weights. */
  readonly digest: string;
}

/** What Table 2 is measured with. */
export interface Table2Means {
  readonly evaluate: typeof evaluate;
  /** The encoder of that name, shipped or one that the lab trains. */
  encoder(name: string, lab: Lab): Promise<Encoder>;
}

/** Whether an encoder is given, rather than trained in each episode. */
const takesModel = ({ protocol }: EvaluationSettings) => !trainsEncoder(protocols[protocol]);

/**
 * What is judged and kept at a time: one arm, so that another arm costs no more than its own work. Where each episode
 * trains its encoder, all arms together.
 */
function partsOf(settings: EvaluationSettings): EvaluationSettings[] {
  return takesModel(settings) ? settings.arms.map((arm) => ({ ...settings, arms: [arm] })) : [settings];
}

/** Name of a finished part: `table2-paper-mnist-10-shots-k5-restyle`. */
function nameOf(settings: EvaluationSettings): string {
  const { protocol, model, shots, k, arms } = settings;
  const given = takesModel(settings);
  const encoder = given ? [model] : [];
  return ['table2', protocol, ...encoder, shots, 'shots', `k${k}`, ...(given ? arms : [])].join('-');
}

/** Every encoder by its name, before any evaluation: one that is missing is found out at once. */
async function encodersOf(evaluations: readonly EvaluationSettings[], lab: Lab, means: Table2Means) {
  const encoders = new Map<string, Encoder>();
  const needed = evaluations.filter(takesModel).flatMap(({ model, teachers = [] }) => [model, ...teachers]);
  for (const name of needed) {
    if (!encoders.has(name)) encoders.set(name, await means.encoder(name, lab));
  }
  return encoders;
}

/** Whether two evaluations draw the same episodes for the same encoder. */
const sameEpisodes = (a: EvaluationSettings, b: EvaluationSettings): boolean =>
  (['protocol', 'model', 'ways', 'shots', 'k'] as const).every((name) => a[name] === b[name]);

async function measure(lab: Lab, means: Table2Means): Promise<Table2> {
  const evaluations = table2Settings(lab.scale, lab.backend);
  const encoders = await encodersOf(evaluations, lab, means);
  const rows: Table2Row[] = [];
  const found: Judged[] = [];
  const made: Table2['evaluations'][number][] = [];
  for (const settings of evaluations) {
    const encoder = takesModel(settings) ? encoders.get(settings.model) : undefined;
    const { digest = null, model = settings.model } = encoder ?? {};
    const taught = settings.teachers && {
      teachers: settings.teachers.map((name) => encoders.get(name)!.digest),
    };
    const judge = (part: EvaluationSettings): Promise<EvaluationResult> => {
      const name = nameOf(part);
      // Parts are kept by the encoder's name, so that they are found again wherever its file lies.
      return lab.once(name, { settings: part, digest, ...taught }, () =>
        means.evaluate(
          { ...part, model },
          {
            onProgress: lab.progress(`Evaluating ${name.slice('table2-'.length)}`),
            ...(lab.signal === undefined ? {} : { signal: lab.signal }),
          },
        ),
      );
    };
    const results: EvaluationResult[] = [];
    for (const part of partsOf(settings)) results.push(await judge(part));
    const others = found.filter((before) => sameEpisodes(before.settings, settings));
    const own = { settings, results };
    rows.push(...rowsOf(own, others));
    found.push(own);
    made.push({ command: commandOf({ ...settings, model }), sha256: digest });
  }
  return { seeds: [TABLE2_SEED], evaluations: made, rows };
}

/** Table 2, measured with these means. */
export const table2With = (means: Table2Means): Exhibit<Table2> => ({
  schema: 'fewshot.table2/1',
  measure: (lab) => measure(lab, means),
  draw: async (result) => ({ md: table2Page(result), svg: table2Figure(result) }),
});

/** Table 2: accuracy of few-shot classifiers, by how their support sets are enlarged. */
export const table2 = table2With({
  evaluate,
  async encoder(name, lab) {
    const kind = trainedEncoders[name];
    const model = await (kind === undefined ? loadModel(name) : lab.encoder(kind));
    try {
      return { model: kind === undefined ? name : lab.fileOf(kind), digest: model.digest };
    } finally {
      model.dispose();
    }
  },
});
