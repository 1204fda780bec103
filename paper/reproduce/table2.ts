import { isDeepStrictEqual } from 'node:util';
import { evalText } from '../../src/cli/options/evalOptions.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { EvaluationSettings } from '../../src/evaluate/settings.js';
import { loadModel } from '../../src/node/loadModel.js';
import type { Exhibit, Piece } from './exhibit.js';
import type { Lab } from './lab.js';
import { table2Figure, table2Page } from './table2Page.js';
import {
  type ArmResult,
  type Judged,
  resultsIn,
  rowsOf,
  type Table2,
  type Table2Evaluation,
  type Table2Row,
  takesModel,
} from './table2Result.js';
import { TABLE2_SEED, table2Settings, trainedEncoders } from './table2Settings.js';

/** An encoder by file and digest. */
interface Encoder {
  /** Shipped name or path of a file. */
  readonly model: string;
  /** SHA-256 of its weights. */
  readonly digest: string;
}

/** Functions by which Table 2 is measured. */
export interface Table2Means {
  readonly evaluate: typeof evaluate;
  /** Shipped name of an encoder, or the path of its file, which may not exist yet. */
  pathOf(name: string, lab: Lab): string;
  /** The encoder of that name, shipped or one that the lab trains. */
  encoder(name: string, lab: Lab): Promise<Encoder>;
}

/**
 * Parts of an evaluation that are judged and kept one by one: single arms, so that a new arm costs its own work only. If each episode
 * trains its encoder, all arms are one part.
 */
function partsOf(settings: EvaluationSettings): EvaluationSettings[] {
  return takesModel(settings) ? settings.arms.map((arm) => ({ ...settings, arms: [arm] })) : [settings];
}

/** Name of a finished part: `table2-paper-mnist-plain-10-shots-k5-atnl`. */
function nameOf(settings: EvaluationSettings): string {
  const { protocol, model, shots, k, arms } = settings;
  const given = takesModel(settings);
  const encoder = given ? [model] : [];
  return ['table2', protocol, ...encoder, shots, 'shots', `k${k}`, ...(given ? arms : [])].join('-');
}

/** Names of an evaluation's encoders: its own, then teachers. */
const encodersOf = (settings: EvaluationSettings) =>
  takesModel(settings) ? [settings.model, ...(settings.teachers ?? [])] : [];

/** True if two evaluations draw the same episodes for the same encoder. */
const sameEpisodes = (a: EvaluationSettings, b: EvaluationSettings): boolean =>
  (['protocol', 'model', 'ways', 'shots', 'k'] as const).every((name) => a[name] === b[name]);

/** An evaluation as results record it, with its encoders in the order of `encodersOf`. */
function recordOf(command: string, [own, ...teachers]: readonly Encoder[]): Table2Evaluation {
  return {
    command,
    sha256: own?.digest ?? null,
    ...(teachers.length === 0 ? {} : { teachers: teachers.map(({ digest }) => digest) }),
  };
}

/** Judges a part of an evaluation, unless it was finished before. */
async function judge(
  part: EvaluationSettings,
  [own, ...teachers]: readonly Encoder[],
  lab: Lab,
  means: Table2Means,
): Promise<readonly ArmResult[]> {
  const { model = part.model, digest = null } = own ?? {};
  const taught = part.teachers && { teachers: teachers.map((teacher) => teacher.digest) };
  const name = nameOf(part);
  // The key holds the encoder's name, not its path, so that its file may be moved.
  const { results } = await lab.once(name, { settings: part, digest, ...taught }, () =>
    means.evaluate(
      { ...part, model },
      {
        onProgress: lab.progress(`Evaluating ${name.slice('table2-'.length)}`),
        ...(lab.signal === undefined ? {} : { signal: lab.signal }),
      },
    ),
  );
  return results;
}

/** Encoders of evaluations, each of which is looked up once. */
function encodersFor(lab: Lab, means: Table2Means) {
  const encoders = new Map<string, Encoder>();
  return async (settings: EvaluationSettings): Promise<Encoder[]> => {
    const own: Encoder[] = [];
    for (const name of encodersOf(settings)) {
      const encoder = encoders.get(name) ?? (await means.encoder(name, lab));
      encoders.set(name, encoder);
      own.push(encoder);
    }
    return own;
  };
}

/** Parts as pieces. Those of an encoder that is trained first have its name. */
function piecesOf(lab: Lab, means: Table2Means): Piece[] {
  const encoders = encodersFor(lab, means);
  return table2Settings(lab.scale, lab.backend)
    .flatMap(partsOf)
    .map((part) => ({
      name: encodersOf(part).find((name) => name in trainedEncoders) ?? nameOf(part),
      make: async () => judge(part, await encoders(part), lab, means),
    }));
}

/** An evaluation to be made, or made before. */
interface Plan {
  readonly settings: EvaluationSettings;
  readonly record: Table2Evaluation;
  /** Its encoders; empty if it was made before. */
  readonly encoders: readonly Encoder[];
  /** Earlier results. */
  readonly results?: readonly ArmResult[];
}

/** Plans all evaluations, so that a missing encoder fails before any work. */
async function planAll(lab: Lab, means: Table2Means, before?: Table2): Promise<Plan[]> {
  const encoders = encodersFor(lab, means);
  const plans: Plan[] = [];
  for (const settings of table2Settings(lab.scale, lab.backend)) {
    const command = evalText({ ...settings, model: means.pathOf(settings.model, lab) });
    const known = before?.evaluations.find((evaluation) => evaluation.command === command);
    const results = known && resultsIn(before!.rows, settings);
    if (results !== undefined && settings.model in trainedEncoders) {
      // The recipe of this encoder is part of the program, so it is known to be the same without training it.
      plans.push({ settings, record: known!, encoders: [], results });
      continue;
    }
    const own = await encoders(settings);
    const record = recordOf(command, own);
    const same = results !== undefined && isDeepStrictEqual(known, record);
    plans.push({ settings, record, encoders: own, ...(same ? { results } : {}) });
  }
  return plans;
}

async function measure(lab: Lab, means: Table2Means, before?: Table2): Promise<Table2> {
  const plans = await planAll(lab, means, before);
  const found: Judged[] = [];
  const rows: Table2Row[] = [];
  for (const { settings, encoders, results: known } of plans) {
    const results: ArmResult[] = [...(known ?? [])];
    if (known === undefined) {
      for (const part of partsOf(settings)) results.push(...(await judge(part, encoders, lab, means)));
    }
    const others = found.filter((other) => sameEpisodes(other.settings, settings));
    rows.push(...rowsOf({ settings, results }, others));
    found.push({ settings, results });
  }
  return { evaluations: plans.map(({ record }) => record), rows };
}

/** Table 2, measured by these functions. */
export const table2With = (means: Table2Means): Exhibit<Table2> => ({
  schema: 'fewshot.table2/1',
  seeds: [TABLE2_SEED],
  pieces: (lab) => piecesOf(lab, means),
  measure: (lab) => measure(lab, means),
  extend: (lab, before) => measure(lab, means, before),
  draw: async (result) => ({ md: table2Page(result), svg: table2Figure(result) }),
});

/** Table 2: accuracy of few-shot classifiers, by how their support sets are enlarged. */
export const table2 = table2With({
  evaluate: (settings, options) => evaluate(settings, { ...options, command: evalText(settings) }),
  pathOf(name, lab) {
    const kind = trainedEncoders[name];
    return kind === undefined ? name : lab.fileOf(kind);
  },
  async encoder(name, lab) {
    const kind = trainedEncoders[name];
    const model = await (kind === undefined ? loadModel(name) : lab.encoder(kind));
    try {
      return { model: this.pathOf(name, lab), digest: model.digest };
    } finally {
      model.dispose();
    }
  },
});
