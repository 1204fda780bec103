import { checkCount, checkRange, refuse } from './checks.js';
import { isFloats, isPromise, isStream } from './shown.js';

/** A check of a value of any kind: throws a `UsageError` that names it. `of` is what has it, such as an operator. */
export type Check = (name: string, value: unknown, of?: string) => void;

/** A check of a value that may be left out. */
export const optional =
  (check: Check): Check =>
  (name, value, of) => {
    if (value !== undefined) check(name, value, of);
  };

/** The check for a whole number in a range. */
export const whole =
  (least = 1, most = Number.MAX_SAFE_INTEGER): Check =>
  (name, value, of) =>
    checkCount(name, value as number, { least, most, ...(of === undefined ? {} : { of }) });

/** The check for a finite number in a range. */
export const numberFrom =
  (least: number, most?: number): Check =>
  (name, value, of) =>
    checkRange(name, value as number, {
      least,
      ...(most === undefined ? {} : { most }),
      ...(of === undefined ? {} : { of }),
    });

/** The check for one of several values. */
export const oneAmong =
  (choices: readonly unknown[]): Check =>
  (name, value, of) => {
    if (!choices.includes(value)) refuse(name, value, `one of ${choices.join(', ')}`, of);
  };

/** The check for a list whose items pass another check. */
export const listOf =
  (check: Check, least = 0): Check =>
  (name, value, of) => {
    checkList(name, value, of);
    if (value.length < least) refuse(name, value, `a list of at least ${least}`, of);
    for (let i = 0; i < value.length; i++) check(`${name}[${i}]`, value[i], of);
  };

/**
 * Throws a `UsageError` unless a value is an object whose fields pass their checks. Returns it. Fields without a check are not
 * looked at.
 */
export function checkFields<Value>(
  of: string,
  value: Value,
  fields: { readonly [Field in keyof Value]?: Check },
): Value {
  checkOptionBag(of, value);
  for (const [field, check] of Object.entries(fields)) {
    (check as Check)(field, value[field as keyof Value], of);
  }
  return value;
}

/** The check for an object whose fields pass their checks. */
export const fieldsOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (name, value, of) =>
    void checkFields(of === undefined ? name : `${of}: ${name}`, value, fields);

/** Throws a `UsageError` unless options are an object. Returns them. `of` is what has them, such as an operator. */
export function checkOptionBag<Options>(of: string, options: Options): Options {
  const isBag = typeof options === 'object' && options !== null && !Array.isArray(options);
  if (!isBag || isPromise(options)) refuse('the options', options, 'an object', of);
  return options;
}

/** Throws a `UsageError` unless a value is a function. */
export function checkFunction(name: string, value: unknown, of?: string): void {
  if (typeof value !== 'function')
    refuse(name, value, 'a function', of, isPromise(value) ? AWAIT : undefined);
}

/** Throws a `UsageError` unless a value is true or false. */
export function checkFlag(name: string, value: unknown, of?: string): void {
  if (typeof value !== 'boolean') refuse(name, value, 'true or false', of);
}

/** Throws a `UsageError` unless a value is a text of at least one letter. */
export function checkText(name: string, value: unknown, of?: string): void {
  if (typeof value !== 'string' || value === '') refuse(name, value, 'a text', of);
}

/** Throws a `UsageError` unless a value is an array. */
export function checkList(name: string, value: unknown, of?: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value))
    refuse(name, value, 'a list', of, hintFor(value, 'Collect it first: [...images].'));
}

/** Throws a `UsageError` unless a value can be read by `for … of`. */
export function checkIterable(name: string, value: unknown, of?: string): void {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) return;
  refuse(name, value, 'a list or another iterable', of, hintFor(value, 'Read it by toAsyncIterable first.'));
}

/** Throws a `UsageError` unless a value is an `Observable`. */
export function checkStream(name: string, value: unknown, of?: string): void {
  if (!isStream(value)) {
    refuse(name, value, 'an Observable', of, isPromise(value) ? AWAIT : 'Make one by from or fromPull.');
  }
}

/** Throws a `UsageError` unless a value is a `Float32Array`. */
export function checkFloats(name: string, value: unknown, of?: string): asserts value is Float32Array {
  if (!isFloats(value)) refuse(name, value, 'a Float32Array', of, isPromise(value) ? AWAIT : undefined);
}

/** Throws a `UsageError` unless a value is a model or another autoencoder. */
export function checkModel(value: unknown, name = 'the model'): void {
  const { encode, decode, imageShape } = (value ?? {}) as Record<string, unknown>;
  if (typeof encode === 'function' && typeof decode === 'function' && Array.isArray(imageShape)) return;
  const hint = isPromise(value)
    ? "Await it: await loadModel('mnist')."
    : "Load one: await loadModel('mnist').";
  refuse(name, value, 'a model', undefined, hint);
}

/** Throws a `UsageError` unless a value is an extractor of features. */
export function checkExtractor(value: unknown, name = 'the extractor', of?: string): void {
  const { embed, latentSize, digest } = (value ?? {}) as Record<string, unknown>;
  if (typeof embed === 'function' && Number.isInteger(latentSize) && typeof digest === 'string') return;
  const load = "loadExtractor('photos')";
  refuse(
    name,
    value,
    'an extractor',
    of,
    isPromise(value) ? `Await it: await ${load}.` : `Load one: await ${load}.`,
  );
}

const AWAIT = 'Await it.';

/** A hint for what holds several values, but not as a list. */
function hintFor(value: unknown, forStream: string): string | undefined {
  if (isPromise(value)) return AWAIT;
  return isStream(value) ? forStream : undefined;
}

/** Throws a `UsageError` unless a value is an `AbortSignal`. */
export function checkSignal(name: string, value: unknown, of?: string): void {
  const { aborted, throwIfAborted } = (value ?? {}) as Record<string, unknown>;
  if (typeof aborted !== 'boolean' || typeof throwIfAborted !== 'function') {
    refuse(name, value, 'the signal of an AbortController', of);
  }
}

/** Throws a `UsageError` unless a value is an array or typed array. Its items are not looked at. */
export function checkArray(name: string, value: unknown, of?: string): asserts value is ArrayLike<unknown> {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return;
  refuse(name, value, 'a list of numbers', of, isPromise(value) ? AWAIT : undefined);
}

/** Throws a `UsageError` unless a value is an array or typed array of finite numbers. */
export function checkNumbers(name: string, value: unknown, of?: string): asserts value is ArrayLike<number> {
  checkArray(name, value, of);
  for (let i = 0; i < value.length; i++) {
    if (!Number.isFinite(value[i])) refuse(`${name}[${i}]`, value[i], 'a finite number', of);
  }
}

/** Throws a `UsageError` unless a value is a `Uint8Array`. */
export function checkBytes(name: string, value: unknown, of?: string): asserts value is Uint8Array {
  if (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]') return;
  refuse(name, value, 'bytes in a Uint8Array', of, isPromise(value) ? AWAIT : undefined);
}
