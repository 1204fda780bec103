import { evaluationDataNames } from '../../evaluate/data.js';
import { protocolNames } from '../../evaluate/protocols.js';
import { defaultCodeSettings, defaultSettings } from '../../evaluate/settings.js';
import { common, dataOr, ownDataNames, ownDataOptions } from './common.js';
import { oneOf, text, whole } from './kinds.js';
import type { Options, Table } from './option.js';

const options = {
  data: { ...common.data, help: dataOr(evaluationDataNames), default: defaultSettings.data },
  model: {
    ...common.model,
    fallback: defaultSettings.model,
    otherwise: `${defaultSettings.model}; for photos of your own photos`,
  },
  ...ownDataOptions,
  evaluation: {
    kind: text,
    placeholder: 'file',
    help: 'result of fewshot eval --out to show',
    otherwise: 'a small one is made, by a KNN alone; of photos a full one',
    conflicts: ['protocol', 'ways', 'shots', 'episodes', 'detail', 'workers'],
  },
  protocol: {
    kind: oneOf(protocolNames.filter((name) => !['one-shot', 'shots-only'].includes(name))),
    placeholder: 'name',
    help: 'of the small evaluation: what the encoder may have seen',
    fallback: defaultSettings.protocol,
    otherwise: `${defaultSettings.protocol}; of photos ${defaultCodeSettings.protocol}`,
  },
  ways: {
    kind: whole(2),
    placeholder: 'n',
    help: 'its classes of an episode',
    otherwise: '10; of your own all',
  },
  shots: {
    ...common.shots,
    help: 'its labeled images per class',
    otherwise: '5, or as many as there are',
  },
  episodes: {
    kind: whole(1),
    placeholder: 'n',
    help: 'its episodes to average over',
    fallback: defaultSettings.episodes,
    otherwise: `${defaultSettings.episodes}; of photos ${defaultCodeSettings.episodes}`,
  },
  detail: common.detail,
  workers: { ...common.workers, help: 'its threads' },
  seed: common.seed,
  out: { ...common.out, help: 'page to write', default: 'report.html' },
  force: { ...common.force, help: 'replace a page that is there' },
  backend: common.backend,
  quiet: common.quiet,
} satisfies Options;

/** Options of `fewshot report`. */
export const reportTable: Table<typeof options> = {
  name: 'report',
  options,
  recorded: [
    ...(['data', 'model', 'protocol', 'ways', 'shots', 'episodes', 'evaluation', 'detail'] as const),
    ...ownDataNames,
    ...(['seed', 'backend'] as const),
  ],
  always: ['data', 'model', 'protocol', 'episodes', 'seed', 'backend'],
  part: 'eval',
};
