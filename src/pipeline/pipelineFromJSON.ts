import * as v from 'valibot';
import { checkOptions } from '../augment/geometric/options.js';
import { UsageError } from '../core/index.js';
import { PIPELINE_SCHEMA, type Pipeline, type PipelineOptions, pipeline } from './pipeline.js';
import type { PipelineStep } from './step.js';
import { seed } from './stepKinds.js';

/** Levels of lists and objects in a file. Transforms as deep as they may be take 28. */
const DEEPEST = 32;

const pipelineSchema = v.strictObject({
  schema: v.literal(PIPELINE_SCHEMA),
  seed,
  steps: v.array(v.unknown(), 'must be a list of steps'),
});

/**
 * The pipeline that was saved by `JSON.stringify`, or written by hand (docs/pipelines.md): it makes the same images.
 *
 * ```ts
 * const augmentation = pipelineFromJSON(JSON.parse(await readFile('pipeline.json', 'utf8')), { model });
 * images$.pipe(augmentation.operator);
 * ```
 *
 * @param json what `JSON.parse` gave
 * @param options `seed` takes the place of the file's
 * @throws UsageError for another version, and for anything that a pipeline cannot have: it names the step and the option
 */
export function pipelineFromJSON(json: unknown, options: PipelineOptions = {}): Pipeline {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`a pipeline is an object with schema and steps, not ${kindOf(json)}`, {
      hint: typeof json === 'string' ? 'Give what JSON.parse makes of the text.' : 'See docs/pipelines.md.',
    });
  }
  const found = (json as { readonly schema?: unknown }).schema;
  if (found !== PIPELINE_SCHEMA) {
    const version = typeof found === 'string' ? `of version ${found}` : 'of no version';
    throw new UsageError(`the pipeline is ${version}, but this release reads ${PIPELINE_SCHEMA}`, {
      hint:
        found === undefined
          ? `Begin with "schema": "${PIPELINE_SCHEMA}".`
          : `Write it for ${PIPELINE_SCHEMA}, or use the release that saved it.`,
    });
  }
  if (deeperThan(json, DEEPEST)) {
    throw new UsageError(`the pipeline has more than ${DEEPEST} levels of lists and objects`, {
      hint: 'Take some of the outer transforms (compose, oneOf, sometimes) away.',
    });
  }
  const { steps, ...saved } = checkOptions('the pipeline', pipelineSchema, json);
  // What the steps hold is checked there.
  const { seed: asked = saved.seed ?? 0 } = options;
  return pipeline(steps as readonly PipelineStep[], { ...options, seed: asked });
}

function kindOf(json: unknown): string {
  if (typeof json === 'string') return 'text';
  return Array.isArray(json) ? 'a list' : String(json);
}

/** Whether a value holds more levels than that; it looks no deeper. */
function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1));
}
