export {
  PIPELINE_SCHEMA,
  type Pipeline,
  type PipelineJSON,
  type PipelineOptions,
  pipeline,
} from './pipeline.js';
export { pipelineFromJSON } from './pipelineFromJSON.js';
export type * from './step.js';
