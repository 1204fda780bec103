import { latentPath, type PathName } from '../../augment/index.js';
import { UsageError } from '../../core/index.js';
import type { Model } from '../../models/index.js';
import type { QualityRow } from './result.js';

/** A model under the name that rows have. */
export interface NamedModel {
  readonly name: string;
  readonly model: Model;
}

/** A row whose images a model makes. */
export interface MadeRow extends QualityRow {
  readonly path: PathName;
  readonly source: NamedModel;
}

export interface QualityRows {
  readonly rows: readonly MadeRow[];
  readonly skipped: readonly (QualityRow & { readonly why: string })[];
}

/** Why a model cannot make images along a path of so many shots; undefined when it can. */
function whyNot(name: PathName, { model }: NamedModel, shots: number): string | undefined {
  const path = latentPath(name);
  if (path.spherical && model.latentSpace !== 'sphere') return 'its codes are on no sphere';
  if (path.styled && model.styleSize === 0) return 'its codes have no style part';
  if (path.baseNeeded > 0 && (model.base?.classes.length ?? 0) === 0) return 'it holds no base codes';
  if (shots < path.samplesNeeded) return `it takes ${path.samplesNeeded} shots, not ${shots}`;
  return;
}

/**
 * A row for each model and path that go together, and what was left out.
 *
 * @throws UsageError when a model is left without any, or two have one name
 */
export function rowsOf(
  models: readonly NamedModel[],
  paths: readonly PathName[],
  shots: number,
): QualityRows {
  const rows: MadeRow[] = [];
  const skipped: (QualityRow & { why: string })[] = [];
  for (const [i, source] of models.entries()) {
    const { name } = source;
    if (models.findIndex((other) => other.name === name) < i) {
      throw new UsageError(`two models are named ${name}`, { hint: 'Give their files different names.' });
    }
    const before = rows.length;
    for (const path of paths) {
      const why = whyNot(path, source, shots);
      if (why === undefined) rows.push({ model: name, path, source });
      else skipped.push({ model: name, path, why });
    }
    if (rows.length === before) {
      const reasons = skipped.filter(({ model }) => model === name).map(({ path, why }) => `${path}: ${why}`);
      throw new UsageError(`the model ${name} can make no images (${reasons.join('; ')})`, {
        hint: 'Choose other paths (lerp needs two shots alone, transport one), or leave the model out.',
      });
    }
  }
  return { rows, skipped };
}
