import { type Label, UsageError } from '../core/index.js';
import { type DatasetName, datasetDefaults } from '../produce/index.js';

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
