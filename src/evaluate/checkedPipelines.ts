import { UsageError } from '../core/index.js';
import { at } from '../pipeline/at.js';
import { pipelineFromJSON } from '../pipeline/index.js';
import { armNames } from './arms.js';
import type { NamedPipeline } from './settings.js';

/** The pipelines with every option spelled out. Throws a `UsageError` that names one that is no arm. */
export function checkedPipelines(pipelines: readonly NamedPipeline[]): NamedPipeline[] {
  return pipelines.map((named, i) => {
    const { name, pipeline, file = name } = named;
    const earlier = pipelines.slice(0, i).some((other) => other.name === name);
    if (earlier || armNames.includes(name)) {
      throw new UsageError(`${file}: there is an arm named ${name} already`, {
        hint: 'A pipeline has the name of its file, without the ending: give it another one.',
      });
    }
    return { ...named, pipeline: at(file, () => pipelineFromJSON(pipeline).toJSON()) };
  });
}
