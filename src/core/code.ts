import { firstNonFinite } from './checks.js';
import { DataError } from './errors.js';
import {
  assertLabel,
  assertProvenance,
  assertShares,
  assertUsableImage,
  type Label,
  type LabeledImage,
  type LabelShare,
  type Provenance,
} from './image.js';
import { isFloats, isPromise, shown } from './shown.js';

/**
 * One labeled code as plain data: what an encoder gives for an image, or a point between those of several. It holds nothing to
 * dispose, and is safe to keep and to post to a worker.
 */
export interface LabeledCode {
  /** `[latentSize]` of the encoder; of length 1 where its codes lie on the sphere. */
  readonly code: Float32Array;
  readonly label: Label;
  /** Soft label: shares of several classes that add up to 1; `label` is the heaviest of them. */
  readonly labels?: readonly LabelShare[];
  /** Origin of a hallucinated code; absent for the code of a real image. */
  readonly provenance?: Provenance;
}

/** What streams carry: images or codes. */
export type LabeledItem = LabeledImage | LabeledCode;

/** True for an object with a code and without pixels. */
export const isCode = (item: unknown): item is LabeledCode =>
  typeof item === 'object' && item !== null && 'code' in item && !('pixels' in item) && !isPromise(item);

/** Throws a `DataError` unless a value is an object with a code. */
export function assertCodeObject(item: unknown, where: string): asserts item is LabeledCode {
  if (isCode(item)) return;
  const isImage = typeof item === 'object' && item !== null && 'pixels' in item;
  const hint = isImage
    ? 'Make codes of images first: images$.pipe(embed(extractor)).'
    : 'A code is { code, label }: a Float32Array of the values that an encoder gives, and its class.';
  throw new DataError(`${where} is ${isImage ? 'an image' : shown(item)}`, {
    hint: isPromise(item) ? 'Await it.' : hint,
  });
}

/** Throws a `DataError` that names the code when its values or label cannot be used. `size` is how many values it must have. */
export function assertUsableCode(item: LabeledCode, position: number, size?: number): void {
  const where = `code ${position}`;
  assertCodeObject(item, where);
  assertLabel(item.label, where);
  const named = `${where} (class ${String(item.label)})`;
  assertShares(item.labels, where, 'a code');
  assertProvenance(item.provenance, named, 'code');
  assertValues(item.code, named, size);
}

/** Throws a `DataError` unless a value is a `Float32Array` of `size` finite numbers. */
export function assertValues(code: unknown, named: string, size?: number): asserts code is Float32Array {
  if (!isFloats(code)) {
    throw new DataError(`${named} has ${shown(code)} as its code, but a Float32Array is needed`, {
      hint: 'A code is Float32Array.from(values).',
    });
  }
  if (code.length === 0 || (size !== undefined && code.length !== size)) {
    throw new DataError(`${named} has ${code.length} values, but ${size ?? 'at least 1'} are expected`, {
      hint: 'Give codes of one and the same encoder.',
    });
  }
  const bad = firstNonFinite(code);
  if (bad < 0) return;
  throw new DataError(`${named} holds ${code[bad]} at value ${bad}`, {
    hint: 'Codes are finite numbers: check the encoder that made it.',
  });
}

/** Throws a `DataError` that names the image or code when it cannot be used. */
export function assertUsableItem(item: LabeledItem, position: number): void {
  if (isCode(item)) assertUsableCode(item, position);
  else assertUsableImage(item, position);
}
