/** Longest text of a value in a message. */
const LONGEST = 80;

/** True for a promise, or what can be awaited like one. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** True for an `Observable`, of whatever copy of RxJS. */
export function isStream(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { subscribe?: unknown }).subscribe === 'function'
  );
}

/** True for a `Float32Array`, of whatever realm: those of a frame or of Jest are no instances of ours, which are told sooner. */
export const isFloats = (value: unknown): value is Float32Array =>
  ArrayBuffer.isView(value) &&
  (value instanceof Float32Array || Object.prototype.toString.call(value) === '[object Float32Array]');

/** Shape of a tensor, of whatever copy of TensorFlow.js; undefined for anything else. */
export function tensorShape(value: unknown): readonly number[] | undefined {
  if (typeof value !== 'object' || value === null || !('dataId' in value) || !('shape' in value))
    return undefined;
  return Array.isArray(value.shape) ? value.shape : undefined;
}

/** A value of any kind in a message: in short, and without an error of its own. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return cut(String(value));
  if (isPromise(value)) return 'a promise';
  if (isStream(value)) return 'an Observable';
  const shape = tensorShape(value);
  if (shape !== undefined) return `a tensor [${shape.join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (Array.isArray(value) && value.length > LONGEST) return `a list of ${value.length}`;
  try {
    return cut(JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? shown(part) : part)));
  } catch {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
