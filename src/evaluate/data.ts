import { type ImageSource, loadFashionMnist, loadMnist } from '../data/index.js';

/** Data sets that episodes are drawn from. */
export type EvaluationData = 'mnist' | 'fashion-mnist';

type Load = (folder?: string) => Promise<{ readonly train: ImageSource; readonly test: ImageSource }>;

const loaders: Readonly<Record<EvaluationData, Load>> = {
  mnist: (folder) => loadMnist(folder === undefined ? {} : { directory: folder }),
  'fashion-mnist': (folder) => loadFashionMnist(folder === undefined ? {} : { folder }),
};

/** Names of those data sets, for choices. */
export const evaluationDataNames = Object.keys(loaders) as readonly EvaluationData[];

/** Whether a name is that of such a data set, rather than of a folder. */
export const isEvaluationData = (name: string): name is EvaluationData => Object.hasOwn(loaders, name);

/** The two splits of a data set, from that folder or where its loader looks by itself. */
export function loadEvaluationData(name: EvaluationData, folder?: string): ReturnType<Load> {
  return loaders[name](folder);
}
