import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pipelineFromJSON } from '../augment/pipeline/pipeline.js';
import { at } from '../augment/pipeline/readStep.js';
import { UsageError } from '../core/errors.js';
import type { NamedPipeline } from '../evaluate/settings.js';
import { reasonOf } from '../node/files.js';

async function readJSON(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read the pipeline ${file}: ${reasonOf(cause)}`, {
      hint: 'Name a JSON file as docs/pipelines.md describes it.',
      cause,
    });
  }
  try {
    // Some editors of Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${(cause as Error).message}`, {
      hint: 'JSON has double quotes, and no comma before a closing bracket.',
      cause,
    });
  }
}

/**
 * The pipeline in a file, named as the file is without its ending.
 *
 * @throws UsageError that names the file, when it cannot be read, is not JSON, or is no pipeline
 */
export async function readPipeline(file: string): Promise<NamedPipeline> {
  const json = await readJSON(file);
  const pipeline = at(file, () => pipelineFromJSON(json).toJSON());
  return { name: basename(file, extname(file)), pipeline, file };
}
