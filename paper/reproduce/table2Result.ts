import { isDeepStrictEqual } from 'node:util';
import { type ProtocolName, protocols, trainsEncoder } from '../../src/evaluate/protocols.js';
import type { EvaluationResult } from '../../src/evaluate/result.js';
import type { ClassifierName, EvaluationSettings } from '../../src/evaluate/settings.js';
import { pairedDifference } from '../../src/evaluate/statistics.js';
import { posterSetting } from './table2Settings.js';

/** Paired by episode. */
export interface Difference {
  readonly difference: number;
  /** Half the 95 % interval; `null` for one episode. */
  readonly ci95: number | null;
}

/** An arm judged by a classifier. */
export interface Table2Row {
  readonly data: string;
  readonly protocol: ProtocolName;
  /** Name of the encoder; `null` where each episode has its own. */
  readonly model: string | null;
  /** Teachers beside it. Absent if there were none. */
  readonly teachers?: readonly string[];
  readonly ways: number;
  readonly shots: number;
  /** Neighbours of the KNN; `null` for the CNN. */
  readonly k: number | null;
  readonly arm: string;
  readonly classifier: ClassifierName;
  /** Accuracy in [0, 1], mean over episodes. */
  readonly mean: number;
  /** Half the 95 % interval over episodes; `null` for one. */
  readonly ci95: number | null;
  /** Accuracy of each episode. */
  readonly episodes: readonly number[];
  /** Difference of this arm from a reference, if that was judged on the same episodes. */
  readonly against: { readonly geometric?: Difference; readonly none?: Difference };
  /** The poster's figure; absent where it has none. */
  readonly poster?: number;
}

/** Source of rows. */
export interface Table2Evaluation {
  /** The command that makes these rows. */
  readonly command: string;
  /** SHA-256 of the encoder's weights; `null` where each episode has its own. */
  readonly sha256: string | null;
  /** SHA-256 of the teachers' weights. Absent if there were none. */
  readonly teachers?: readonly string[];
}

export interface Table2 {
  readonly evaluations: readonly Table2Evaluation[];
  readonly rows: readonly Table2Row[];
}

const poster: Readonly<Record<string, Readonly<Partial<Record<ClassifierName, number>>>>> = {
  none: { knn: 0.615, cnn: 0.863 },
  variants: { knn: 0.624, cnn: 0.868 },
  atnl: { knn: 0.787, cnn: 0.944 },
};

/** Accuracy of an arm by a classifier. */
export type ArmResult = Pick<
  EvaluationResult['results'][number],
  'arm' | 'classifier' | 'k' | 'mean' | 'ci95' | 'episodes'
>;

/** An evaluation with its results. */
export interface Judged {
  readonly settings: EvaluationSettings;
  readonly results: readonly ArmResult[];
}

/** True if the encoder is given, rather than trained in each episode. */
export const takesModel = ({ protocol }: EvaluationSettings): boolean => !trainsEncoder(protocols[protocol]);

/** Results of an evaluation among rows; `undefined` unless all are there. */
export function resultsIn(rows: readonly Table2Row[], settings: EvaluationSettings): ArmResult[] | undefined {
  const { data, protocol, teachers, ways, shots } = settings;
  const model = takesModel(settings) ? settings.model : null;
  const wanted = settings.arms.flatMap((arm) =>
    settings.classifiers.map((classifier) =>
      rows.find(
        (row) =>
          isDeepStrictEqual(
            [row.data, row.protocol, row.model, row.teachers, row.ways, row.shots, row.arm, row.classifier],
            [data, protocol, model, teachers, ways, shots, arm, classifier],
          ) && row.k === (classifier === 'knn' ? settings.k : null),
      ),
    ),
  );
  return wanted.every((row) => row !== undefined) ? wanted : undefined;
}

/** Rows of an evaluation, compared with each other and with `others` of the same episodes. */
export function rowsOf(judged: Judged, others: readonly Judged[]): Table2Row[] {
  const { data, protocol, model, teachers, ways, shots } = judged.settings;
  const comparable = [judged, ...others].flatMap(({ results }) => results);
  const given = takesModel(judged.settings);
  return judged.results.map(({ arm, classifier, k, mean, ci95, episodes }) => {
    const against = (reference: string): Difference | undefined => {
      const other = comparable.find((row) => row.arm === reference && row.classifier === classifier);
      if (other === undefined || arm === reference) return undefined;
      const { mean: difference, ci95 } = pairedDifference(episodes, other.episodes);
      return { difference, ci95 };
    };
    const [geometric, none] = [against('geometric'), against('none')];
    const atPoster =
      protocol === posterSetting.protocol &&
      shots === posterSetting.shots &&
      (k === null || k === posterSetting.k);
    const figure = atPoster ? poster[arm]?.[classifier] : undefined;
    return {
      ...{ data, protocol, model: given ? model : null },
      ...(teachers === undefined ? {} : { teachers }),
      ...{ ways, shots, k },
      ...{ arm, classifier, mean, ci95, episodes },
      against: {
        ...(geometric === undefined ? {} : { geometric }),
        ...(none === undefined ? {} : { none }),
      },
      ...(figure === undefined ? {} : { poster: figure }),
    };
  });
}
