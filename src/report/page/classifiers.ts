import type { ArmResult } from '../../evaluate/index.js';
import { count, counted } from '../figures.js';
import type { ShownEvaluation } from './parts.js';

/** The rows of one classifier, in the order of the evaluation. */
export interface ClassifierRows {
  /** `KNN (k = 1)` */
  readonly name: string;
  readonly rows: readonly ArmResult[];
}

/** The results of an evaluation, classifier by classifier. */
export function classifiersOf({ results, cnn, cnnSteps }: ShownEvaluation): ClassifierRows[] {
  return [...new Set(results.map(({ classifier }) => classifier))].map((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier);
    const name =
      classifier === 'knn'
        ? `KNN (k = ${rows[0]!.k})`
        : `CNN (${cnn}, ${counted(cnnSteps, 'batch', 'batches')})`;
    return { name, rows };
  });
}

/** Episodes of an evaluation. */
export const episodesOf = ({ results }: ShownEvaluation): number => results[0]!.episodes.length;

/** What figures of an evaluation hold for, in a line. */
export function settingOf(evaluation: ShownEvaluation): string {
  const { data, split, protocol, ways, shots, queries, model, encoders, backend, seed } = evaluation;
  const encoder =
    model === undefined
      ? `an encoder an episode, ${count(encoders?.steps ?? 0)} steps`
      : `encoder ${model.name}`;
  return [
    `${data}, ${split} images`,
    `${ways}-way ${shots}-shot`,
    `${count(queries)} queries`,
    counted(episodesOf(evaluation), 'episode'),
    `protocol ${protocol}`,
    encoder,
    ...(evaluation.teachers ?? []).map(({ name }) => `teacher ${name}`),
    `backend ${backend}`,
    `seed ${seed}`,
  ].join(' · ');
}
