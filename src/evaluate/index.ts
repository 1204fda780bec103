export type * from './arm.js';
export { armNamed, armNames, defaultArms } from './arms.js';
export { type EvaluateOptions, evaluate } from './evaluate.js';
export * from './interpolation/index.js';
export {
  type Protocol,
  type ProtocolData,
  type ProtocolName,
  type ProtocolSources,
  protocolNames,
  protocols,
} from './protocols/index.js';
export * from './result.js';
export {
  type ClassifierName,
  defaultSettings,
  type EvaluationSettings,
  type NamedPipeline,
} from './settings.js';

export { type Estimate, estimate, type Proportion, pairedDifference, proportion } from './statistics.js';
