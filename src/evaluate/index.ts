export type * from './arm.js';
export { armNamed, armNames, defaultArms } from './arms.js';
export { type EvaluationData, evaluationDataNames } from './data.js';
export { evaluate } from './evaluate.js';
export * from './interpolation/index.js';
export type { EvaluateOptions } from './onWorkers.js';
export {
  type EpisodeEncoderOptions,
  type EpisodeEncoderProtocol,
  type GivenEncoderProtocol,
  type Protocol,
  type ProtocolData,
  type ProtocolName,
  type ProtocolSources,
  protocolNames,
  protocols,
} from './protocols/index.js';
export * from './quality/index.js';
export * from './result.js';
export {
  type ClassifierName,
  defaultSettings,
  type EvaluationSettings,
  type NamedPipeline,
} from './settings.js';

export { type Estimate, estimate, type Proportion, pairedDifference, proportion } from './statistics.js';
