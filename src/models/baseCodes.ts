import { firstNonFinite, refuse } from '../core/checks.js';
import { ModelError, UsageError } from '../core/errors.js';
import { isLabel } from '../core/image.js';
import { checkArray, checkFields, checkFloats, listOf, whole } from '../core/kindChecks.js';
import type { StoredTensor } from './safetensors.js';

/**
 * Codes of samples that the model was trained on, kept with its weights. They show differences within
 * classes, which the path `transport` applies to other classes.
 */
export interface BaseCodes {
  /** `[latentSize]` each. */
  readonly codes: readonly Float32Array[];
  /** For each class that has two or more codes, their indices in `codes`. */
  readonly classes: readonly (readonly number[])[];
}

/** Throws a `UsageError` for what are no base codes. */
export function checkBaseCodes(base: BaseCodes): void {
  checkFields('the base codes', base, { codes: listOf(checkFloats), classes: listOf(listOf(whole(0))) });
}

const [CODES, LABELS] = ['base/codes', 'base/labels'];

/** Base codes as a model file holds them. Class numbers are whole and small, so that half precision has them exactly. */
export function baseTensors({ codes, classes }: BaseCodes): Map<string, StoredTensor> {
  const indices = classes.flat();
  const size = codes[0]?.length ?? 0;
  const values = new Float32Array(indices.length * size);
  for (const [row, index] of indices.entries()) values.set(codes[index]!, row * size);
  const labels = classes.flatMap((members, number) => members.map(() => number));
  return new Map([
    [CODES, { shape: [indices.length, size], values }],
    [LABELS, { shape: [indices.length], values: Float32Array.from(labels) }],
  ]);
}

/** Codes `[latentSize]` with a class number each; classes of a single code are left out, since they show no difference. */
export function baseCodes(codes: readonly Float32Array[], labels: ArrayLike<number>): BaseCodes {
  listOf(checkFloats)('codes', codes, 'baseCodes');
  checkArray('labels', labels, 'baseCodes');
  if (labels.length !== codes.length) {
    throw new UsageError(`baseCodes: ${labels.length} labels for ${codes.length} codes`, {
      hint: 'Give one a code.',
    });
  }
  const odd = codes.findIndex((code) => code.length !== codes[0]!.length || firstNonFinite(code) >= 0);
  if (odd >= 0) refuse(`codes[${odd}]`, codes[odd], `${codes[0]!.length} finite numbers`, 'baseCodes');
  const unusable = Array.from(labels).findIndex((label) => !isLabel(label));
  if (unusable >= 0) refuse(`labels[${unusable}]`, labels[unusable], 'a number', 'baseCodes');
  return grouped(codes, labels);
}

function grouped(codes: readonly Float32Array[], labels: ArrayLike<number>): BaseCodes {
  const members = new Map<number, number[]>();
  for (let index = 0; index < codes.length; index++) {
    const own = members.get(labels[index]!) ?? [];
    members.set(labels[index]!, own);
    own.push(index);
  }
  return { codes, classes: [...members.values()].filter(({ length }) => length >= 2) };
}

/**
 * Takes the base codes out of the tensors of a model file; undefined where it holds none. Throws a `ModelError` when they
 * do not fit a model of that latent size.
 */
export function takeBaseCodes(
  tensors: Map<string, StoredTensor>,
  latentSize: number,
  name: string,
): BaseCodes | undefined {
  const [codes, labels] = [tensors.get(CODES), tensors.get(LABELS)];
  tensors.delete(CODES);
  tensors.delete(LABELS);
  if (codes === undefined && labels === undefined) return undefined;
  const [count, size] = codes?.shape ?? [];
  if (
    codes === undefined ||
    codes.shape.length !== 2 ||
    size !== latentSize ||
    labels?.shape.join() !== `${count}`
  ) {
    throw new ModelError(
      `${name}: its base codes are [${codes?.shape}] with labels [${labels?.shape}], but codes of ${latentSize} values are needed`,
      { hint: 'Copy or train the model again.' },
    );
  }
  if (!codes.values.every(Number.isFinite)) throw new ModelError(`${name}: its base codes are not finite`);
  const rows = Array.from({ length: count! }, (_, i) =>
    codes.values.slice(i * latentSize, (i + 1) * latentSize),
  );
  return grouped(rows, labels.values);
}
