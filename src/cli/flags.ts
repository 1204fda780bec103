import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { type DatasetName, datasetDefaults } from './produce/dataset.js';

/** The classes of some data that a comma-separated list names; `all` stands for every one. */
export function classesNamed(text: string, data: DatasetName): readonly Label[] {
  const { classes } = datasetDefaults(data);
  if (text.trim() === 'all') return classes;
  const words = [...new Set(text.split(',').map((word) => word.trim()))];
  return words.map((word) => {
    const label = classes.find((known) => String(known) === word);
    if (label !== undefined) return label;
    throw new UsageError(`${data} has no class ${word === '' ? 'without a name' : word}`, {
      hint: `Its classes: ${classes.join(', ')}.`,
    });
  });
}

/** The complaint about images of one's own without a model that could know them. */
export const noModelFor = (data: string): UsageError =>
  new UsageError(`no model is named that knows images such as those of ${data}`, {
    hint: 'Train one: fewshot train --data … --out own.safetensors; then give --model ./own.safetensors.',
  });
