import { assertCodeObject, assertUsableCode, type LabeledCode, type LabeledItem } from '../core/code.js';
import { DataError, UsageError } from '../core/errors.js';
import { assertObject, assertUsableImage, type LabeledImage } from '../core/image.js';
import { checkFields, checkModel, checkText, listOf, oneAmong, optional, whole } from '../core/kindChecks.js';
import type { CodeSpace } from '../models/extractor.js';
import type { Model } from '../models/model.js';
import { decodeCodes, encodePixels } from './latentCodes.js';
import { addResidual, type Encoded, encodeParents } from './residual.js';

/** Where items are hallucinated: how images or codes become points in latent space, and points become such items again. */
export interface HallucinationSpace<Item extends LabeledItem> {
  /** What an item is, in messages. */
  readonly kind: 'image' | 'code';
  /** What is known of its codes. */
  readonly codes: Model | CodeSpace;
  /** Throws a `DataError` unless a value is an item of that kind. Its content is not looked at. */
  assertKind(item: Item, position: number): void;
  /** Values that a bank remembers. Throws a `DataError` that names the item if it cannot be used. */
  valuesOf(item: Item, position: number): Float32Array;
  /** Codes of remembered values, and residuals if `detail` is above 0. */
  encode(values: readonly Float32Array[], detail: number): readonly Encoded[];
  /** Items without label at points in latent space; `parents` are the nearer ones, of which `detail` adds the residual. */
  draw(
    points: readonly Float32Array[],
    parents: readonly Encoded[],
    detail: number,
  ): readonly Omit<Item, 'label'>[];
  /** Codes of drawn items, for the check by prototypes. */
  codesOf(items: readonly Item[]): readonly Float32Array[];
}

/** Images, by the encoder and decoder of a model. */
export const imageSpace = (model: Model): HallucinationSpace<LabeledImage> => ({
  kind: 'image',
  codes: model,
  assertKind: (item, position) => assertObject(item, `image ${position}`),
  valuesOf(image, position) {
    assertUsableImage(image, position, model.imageShape);
    return image.pixels;
  },
  encode: (values, detail) => encodeParents(model, values, detail),
  draw: (points, parents, detail) =>
    decodeCodes(model, points).map((pixels, i) => ({
      pixels: addResidual(pixels, parents[i]!, detail),
      shape: model.imageShape,
    })),
  codesOf: (images) =>
    encodePixels(
      model,
      images.map(({ pixels }) => pixels),
    ),
});

/** Codes as they are: nothing is encoded or decoded. */
export const codeSpace = (space: CodeSpace): HallucinationSpace<LabeledCode> => ({
  kind: 'code',
  codes: space,
  assertKind: (item, position) => assertCodeObject(item, `code ${position}`),
  valuesOf(item, position) {
    assertUsableCode(item, position, space.latentSize);
    return space.latentSpace === 'sphere' ? onSphere(item, position, space) : item.code;
  },
  encode: (values) => values.map((code) => ({ code })),
  // A path through the inside of the sphere comes back to it, so that codes are as an encoder gives them.
  draw: (points) =>
    points.map((point) => ({ code: space.latentSpace === 'sphere' ? atLength1(point) : point })),
  codesOf: (items) => items.map(({ code }) => code),
});

/** The space of a model, or of an encoder without a decoder. Throws a `UsageError` for what is neither. */
export function spaceOf(encoder: Model): HallucinationSpace<LabeledImage>;
export function spaceOf(encoder: Model | CodeSpace): HallucinationSpace<LabeledItem>;
export function spaceOf(encoder: Model | CodeSpace): unknown {
  if (!isCodeSpace(encoder)) {
    checkModel(encoder);
    return imageSpace(encoder);
  }
  checkFields('the extractor', encoder, {
    name: checkText,
    digest: checkText,
    latentSize: whole(),
    latentSpace: oneAmong(['sphere', 'euclidean']),
    styleSize: whole(0, encoder.latentSize),
    base: optional(checkBase),
  });
  return codeSpace(encoder);
}

/** Throws a `UsageError` unless a value has the parts of base codes. Their values are not looked at. */
function checkBase(name: string, value: unknown, of?: string): void {
  checkFields(of === undefined ? name : `${of}: ${name}`, value as NonNullable<CodeSpace['base']>, {
    codes: listOf(() => {}),
    classes: listOf(listOf(whole(0))),
  });
}

/** True for what has codes, but encodes and decodes no tensors. */
const isCodeSpace = (encoder: Model | CodeSpace): encoder is CodeSpace =>
  typeof encoder === 'object' &&
  encoder !== null &&
  'latentSize' in encoder &&
  'digest' in encoder &&
  !('encode' in encoder || 'decode' in encoder);

/** Throws a `UsageError` for an option that only images have. */
export function assertNoDetail(detail: number): void {
  if (detail === 0) return;
  throw new UsageError(`detail is ${detail}, but codes have no pixels whose detail could be added`, {
    hint: 'Leave it out: it is for models with a decoder.',
    option: 'detail',
  });
}

/** Largest difference of a length from 1 that is rounding, such as that of half precision. */
const ROUNDING = 1e-3;

/** Largest difference of a length from 1 that is left as it is. */
const EXACT = 1e-6;

const lengthOf = (code: Float32Array): number => {
  let square = 0;
  for (let i = 0; i < code.length; i++) square += code[i]! * code[i]!;
  return Math.sqrt(square);
};

/** The code at length 1. Throws a `DataError` that names it unless it is so but for rounding. */
function onSphere(item: LabeledCode, position: number, { name }: CodeSpace): Float32Array {
  const length = lengthOf(item.code);
  if (Math.abs(length - 1) <= ROUNDING) return atLength1(item.code);
  throw new DataError(
    `code ${position} (class ${String(item.label)}) has the length ${length.toPrecision(4)}, but codes of ${name} have length 1`,
    { hint: 'Give codes as the extractor makes them: images$.pipe(embed(extractor)).' },
  );
}

/** The code at length 1; one without a direction stays as it is. */
function atLength1(code: Float32Array): Float32Array {
  const length = lengthOf(code);
  if (Math.abs(length - 1) <= EXACT || length < EXACT) return code;
  return code.map((value) => value / length);
}
